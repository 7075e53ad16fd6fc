"""The refresh: on time whatever its work takes, one encoding for all, nothing where nothing changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import orjson
import pytest

from beeplace.board.board import Board
from beeplace.board.changes.change import next_state
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.changes.moderation.zone import Zone
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.reset import Reset
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.in_force import End
from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.board.state import BoardState, LiveSettings
from beeplace.gateway.fanout.broadcaster import Broadcaster
from beeplace.gateway.fanout.senders import TransportSender
from beeplace.gateway.fanout.snapshots import Snapshots
from beeplace.gateway.fanout.subscribers import LateSubscriber, Subscribers
from beeplace.gateway.metrics import Metrics
from beeplace.gateway.participants import Participant
from beeplace.people.presence import Presence
from tests.gateway.fanout.leaping import Clock, at_leaping_time
from tests.gateway.peers import Peer, peer

INTERVAL_MS = 40
STATE = BoardState("e", 0, 64, 64, Palette(THESIS_COLORS), settings=LiveSettings(refresh_rate_ms=INTERVAL_MS))


class Canvas:
    """A board, and all that follows it."""

    def __init__(self, kind: Callable[..., Broadcaster] = Broadcaster, state: BoardState = STATE) -> None:
        self.board, self.saving, self.now_ms = Board(state), True, 0
        self.fanout, self.snapshots = (
            Subscribers(asyncio.get_running_loop().time, TransportSender()),
            Snapshots(self.board),
        )
        self.people: Presence[object] = Presence()
        self.metrics = Metrics()
        self.refresh = kind(
            board=self.board,
            fanout=self.fanout,
            snapshots=self.snapshots,
            people=self.people,
            metrics=self.metrics,
            saving=lambda: self.saving,
            now_ms=lambda: self.now_ms,
        )

    def commit(self, *entries: Entry) -> None:
        last, now = entries[-1], self.board.state
        state = next_state(last.change, now, last.epoch, last.seq)
        self.board.apply(entries, state)
        self.refresh.follow(entries, state)


def placed(seq: int, x: int, y: int, color: int, epoch: str = "e") -> Entry:
    return Entry(seq, epoch, 0, bytes(16), None, Placement(x, y, color))


class Laborious(Broadcaster):
    """Its ticks take a fifth of the interval, and always have something to send."""

    clock: Clock
    times: list[float]
    enough: asyncio.Event
    change: Callable[[int], None]

    def tick(self, now: float) -> None:
        self.times.append(now)
        Laborious.change(len(self.times))
        Laborious.clock.now += INTERVAL_MS / 5000
        super().tick(now)
        if len(self.times) > 20:
            self.enough.set()


async def seconds_of_twenty_ticks(clock: Clock) -> float:
    Laborious.clock, Laborious.times, Laborious.enough = clock, [], asyncio.Event()
    canvas = Canvas(Laborious)
    Laborious.change = lambda seq: canvas.commit(placed(seq, seq, 0, 1))
    async with peer() as one:
        canvas.fanout.add(one.session)
        running = asyncio.create_task(canvas.refresh.run())
        await asyncio.wait_for(Laborious.enough.wait(), 10)
        running.cancel()
    return Laborious.times[20] - Laborious.times[0]


def test_the_work_of_a_tick_does_not_shift_the_next() -> None:
    took = at_leaping_time(seconds_of_twenty_ticks)
    assert took == pytest.approx(20 * INTERVAL_MS / 1000)  # one that drifts takes a fifth longer


class Counted(Broadcaster):
    """Knows how often it ticked."""

    ticks = 0

    def tick(self, now: float) -> None:
        self.ticks += 1
        super().tick(now)


def test_it_rests_while_nothing_happens_and_a_change_wakes_it() -> None:
    at_leaping_time(rested)


async def rested(_: Clock) -> None:
    canvas = Canvas(Counted)
    assert isinstance(canvas.refresh, Counted)
    async with peer() as one:
        canvas.fanout.add(one.session)
        canvas.refresh.tick(0)  # tells what there is to tell at first
        running = asyncio.create_task(canvas.refresh.run())
        for seq in range(1, 4):
            before = canvas.refresh.ticks
            await asyncio.sleep(20 * INTERVAL_MS / 1000)  # one that does not rest ticks 20 times
            assert canvas.refresh.ticks - before < 10
            canvas.commit(placed(seq, seq, 2, 3))
            expected = f'42["u","{seq},2,3","e:{seq - 1}:{seq}"]'
            assert await text(one, len(expected) + 2) == expected
        running.cancel()


async def text(one: Peer, size: int) -> str:
    return (await one.read(size))[2:].decode()


async def test_a_tick_sends_the_last_colour_of_each_position_with_its_range() -> None:
    canvas = Canvas()
    async with peer() as one:
        canvas.fanout.add(one.session)
        canvas.commit(placed(1, 1, 2, 3), placed(2, 5, 6, 7))
        canvas.commit(placed(3, 1, 2, 4))
        canvas.refresh.tick(0)
        expected = '42["u","1,2,4,5,6,7","e:0:3"]'
        assert await text(one, len(expected) + 2) == expected


async def test_a_tick_without_a_change_sends_nothing() -> None:
    canvas = Canvas()
    async with peer() as one:
        canvas.fanout.add(one.session)
        for now in range(5):
            canvas.refresh.tick(now)
        assert canvas.fanout.frames == 0


async def test_a_pause_is_told_repeated_and_its_end_told_once() -> None:
    canvas = Canvas()
    async with peer() as one:
        canvas.fanout.add(one.session)
        for now, saving in enumerate((True, False, False, False, False, True, True)):
            canvas.saving = saving
            canvas.refresh.tick(now)
        paused, over = '42["settings",{"saving":false}]', '42["settings",{"saving":true}]'
        assert [await text(one, len(said) + 2) for said in (paused, paused, over)] == [paused, paused, over]
        assert canvas.fanout.frames == 3


async def test_ranges_touch_each_other() -> None:
    canvas = Canvas()
    async with peer() as one:
        canvas.fanout.add(one.session)
        for seq in (1, 2):
            canvas.commit(placed(seq, seq, 0, 1))
            canvas.refresh.tick(0)
        expected = ['42["u","1,0,1","e:0:1"]', '42["u","2,0,1","e:1:2"]']
        assert [await text(one, len(said) + 2) for said in expected] == expected


async def test_a_reset_comes_before_the_pixels_after_it() -> None:
    canvas = Canvas()
    async with peer() as one:
        canvas.fanout.add(one.session)
        canvas.commit(placed(1, 1, 1, 1))
        canvas.commit(Entry(2, "f", 0, bytes(16), None, Reset(Area(0, 0, 64, 64))))
        canvas.commit(placed(3, 2, 2, 2, "f"))
        canvas.refresh.tick(0)
        expected = ['42["resetBoard",null,"f:2"]', '42["u","2,2,2","f:2:3"]']
        assert [await text(one, len(said) + 2) for said in expected] == expected


def overfill(one: Peer) -> int:
    """How many bytes the peer has to read before the next."""
    sent = 0
    while one.session.backlog() < 65_536:
        one.session.say("x" * 30_000)
        sent += 30_001 + 4
    return sent


async def test_who_is_full_when_a_reset_is_told_hears_of_it_later() -> None:
    canvas = Canvas()
    async with peer() as one:
        canvas.fanout.add(one.session)
        sent = overfill(one)
        canvas.commit(Entry(1, "f", 0, bytes(16), None, Reset(Area(0, 0, 64, 64))))
        canvas.refresh.tick(0)
        await one.read(sent)
        canvas.refresh.tick(0)
        expected = '42["resetBoard",null,"f:0"]'
        assert await text(one, len(expected) + 2) == expected


async def test_read_only_is_told_when_it_changes() -> None:
    canvas = Canvas()
    async with peer() as one:
        canvas.fanout.add(one.session)
        for seq, closed in ((1, True), (2, True), (3, False)):
            canvas.commit(Entry(seq, "e", 0, bytes(16), None, ReadOnly(closed)))
            canvas.refresh.tick(0)
        expected = ['42["readOnly",true]', '42["readOnly",false]']
        assert [await text(one, len(said) + 2) for said in expected] == expected


async def test_who_is_full_when_read_only_changes_hears_of_it_later() -> None:
    canvas = Canvas()
    async with peer() as one:
        canvas.fanout.add(one.session)
        sent = overfill(one)
        canvas.commit(Entry(1, "e", 0, bytes(16), None, ReadOnly(True)))
        canvas.refresh.tick(0)
        await one.read(sent)
        canvas.refresh.tick(0)
        expected = ['42["u","","e:1:1"]', '42["readOnly",true]']
        assert [await text(one, len(said) + 2) for said in expected] == expected


async def test_people_are_told_at_most_once_a_second() -> None:
    canvas = Canvas()
    async with peer() as one:
        canvas.fanout.add(one.session)
        for tenth in range(21):
            canvas.people.come(tenth.to_bytes(16, "big"), object())
            canvas.refresh.tick(1000 + tenth / 10)
        assert canvas.fanout.frames == 3


async def test_a_few_late_clients_are_caught_up_in_one_turn_with_the_same_bytes() -> None:
    canvas = Canvas()
    async with AsyncExitStack() as stack:
        late = [await stack.enter_async_context(peer()) for _ in range(40)]
        for one in late:
            canvas.fanout.add(one.session, LateSubscriber("e", 0))
        canvas.commit(placed(1, 1, 2, 3))
        canvas.refresh.tick(0)
        assert len(canvas.fanout.behind) == 40 - 32
        canvas.refresh.tick(0)
        expected = '42["u","1,2,3","e:0:1"]'
        assert [await text(one, len(expected) + 2) for one in late] == 40 * [expected]


async def test_who_missed_more_than_a_delta_says_is_told_to_ask() -> None:
    canvas = Canvas(state=replace(STATE, width=256, height=256))
    async with peer() as ours, peer() as original:
        ours.session.owner, original.session.owner = Participant(), Participant(original=True)
        for one in (ours, original):
            canvas.fanout.add(one.session, LateSubscriber("e", 0))
        canvas.commit(Entry(1, "e", 0, bytes(16), None, Fill(Area(0, 0, 256, 256), 5)))
        canvas.refresh.tick(0)
        expected = '42["u","","e:1:1"]'
        assert await text(ours, len(expected) + 2) == expected
        assert (original.session.closed, original.host.codes) == (True, [4503])


async def test_panic_is_told_in_the_step_of_its_commit_and_not_lost_on_who_is_full() -> None:
    canvas = Canvas()
    async with peer() as one, peer() as full:
        for each in (one, full):
            canvas.fanout.add(each.session)
        overfill(full)
        canvas.commit(Entry(1, "e", 0, bytes(16), 1, Panic(begun=True)))
        expected = ['42["settings",{"panic":true}]', '42["readOnly",true]']
        assert [await text(one, len(said) + 2) for said in expected] == expected
        assert full.session in canvas.fanout.behind


async def test_what_ends_is_told_with_the_next_tick_and_once() -> None:
    canvas = Canvas()
    async with peer() as one:
        canvas.fanout.add(one.session)
        zone = Zone(Span(End(50, 0)), Area(0, 0, 8, 8), closed=True, reason="so long that the frame has a long head")
        canvas.commit(Entry(1, "e", 0, bytes(16), 1, zone))
        told = f'42["settings",{{"zones":[{orjson.dumps(zone.item(1).public_json()).decode()}]}}]'
        assert (await one.read(len(told) + 4))[4:].decode() == told  # a longer frame has a longer head
        sent = canvas.fanout.frames
        for canvas.now_ms in (49, 50, 51):
            canvas.refresh.tick(0)
        ended = '42["settings",{"zones":[]}]'
        assert await text(one, len(ended) + 2) == ended
        assert canvas.fanout.frames == sent + 1

"""The refresh: every `BOARD_REFRESH_RATE` milliseconds one batch, encoded once, framed once, to everyone."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import perf_counter
from typing import Any

from beeplace.board.batch import Batch, Changes
from beeplace.board.board import Board
from beeplace.board.entries import Entry
from beeplace.board.state import BoardState, LiveSettings
from beeplace.gateway.connection.session import DRAINING, Session, SharedMessage
from beeplace.gateway.fanout.snapshot import batch
from beeplace.gateway.fanout.snapshots import Snapshots
from beeplace.gateway.fanout.subscribers import LateSubscriber, Subscribers
from beeplace.gateway.initial_state import size_fields, told
from beeplace.gateway.metrics import Metrics
from beeplace.gateway.wire.plain_json import dumps
from beeplace.gateway.wire.protocol import encode_pixels
from beeplace.log.crash_points import passing
from beeplace.people.presence import Presence

_PEOPLE_SECONDS = 1.0
_PAUSED_SECONDS = 3.0  # a pause is told again while it lasts; clients forget one that is not
_MAX_STRETCH = 4.0
_REST_SECONDS = 0.5
_AT_ONCE = 32  # clients that are looked after one by one in one turn of the loop


class Broadcaster:
    """Follows the replica, and writes to the subscribers on an absolute schedule: no tick shifts the next one."""

    def __init__(
        self,
        *,
        board: Board,
        fanout: Subscribers,
        snapshots: Snapshots,
        people: Presence[Session],
        metrics: Metrics,
        saving: Callable[[], bool],
        now_ms: Callable[[], int],
    ) -> None:
        self._board, self._fanout, self._snapshots = board, fanout, snapshots
        self._people, self._metrics = people, metrics
        self._batch = Batch(board.state)
        self._reset: int | None = None  # the seq of a reset that is not told yet
        self._resized_seq, self._size_told = 0, True  # of the last resize: who has less than that needs the whole board
        self._closed, self._settings = board.state.closed, board.state.settings
        self._now_ms = now_ms  # board time
        self._moderation, self._told = board.state.moderation, board.state.moderation.client_fields(now_ms())
        self._next_end_ms = self._moderation.next_end_ms(now_ms())
        self._all_settings: SharedMessage | None = None  # for those who are caught up; None: to be made anew
        self._people_due = 0.0
        self._saving, self._told_saving, self._saving_due = saving, True, 0.0
        self._stretch = 1.0
        self._changed = asyncio.Event()
        self._waiting: deque[Session] = deque()  # those who have read what they had, and are to be caught up
        self._leaving: deque[Session] = deque()  # those who are to join again
        fanout.late = self._changed.set

    def follow(self, entries: Sequence[Entry], state: BoardState) -> None:
        """Takes a commit in, for the next tick."""
        another = self._batch.add(entries, state)
        self._changed.set()
        if entries[0].change.EMPTIES:
            self._reset = entries[0].seq
            self._snapshots.renew()  # the old epoch's must not be joined any more
        elif entries[0].change.RESIZES:
            self._resized_seq, self._size_told = entries[0].seq, False
            self._snapshots.renew()
        elif another:
            self._invite()
        if state.moderation is not self._moderation:
            self._say_moderation(state)

    def reloaded(self) -> None:
        """The board is another: what was collected is nobody's, and whoever is here joins again."""
        self._batch, self._reset = Batch(self._board.state), None
        self._invite()
        self._say_moderation(self._board.state)

    def _invite(self) -> None:
        """What a gateway beside this one was started with, other colours say, is learned by joining again."""
        self._snapshots.renew()
        self._leaving.extend(self._fanout)

    async def run(self) -> None:
        """Ticks until its owner cancels it."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + self._interval * self._stretch, loop.time())
            await asyncio.sleep(due - loop.time())
            began, frames = loop.time(), self._fanout.frames
            self.tick(began)
            while self._waiting or self._leaving:  # thousands may be late together: others have their turns in between
                await asyncio.sleep(0)
                self._look_after_some()
            self._stretch = stretched(self._stretch, (loop.time() - began) / self._interval)
            self._metrics.stretch.set(self._stretch)
            if self._fanout.frames == frames and not self._fanout.behind:
                await self._rest()
                due += self._interval * int((loop.time() - due) / self._interval)  # as if it had not

    async def _rest(self) -> None:
        """Nothing happens: waits for the next change, or until it is time to look at what does not announce itself."""
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_REST_SECONDS):
                await self._changed.wait()

    def tick(self, now: float) -> None:
        """Sends what changed since the last tick; nothing where nothing did."""
        began = perf_counter()
        if self._reset is not None:
            self._say_reset(self._reset)
        if not self._size_told:
            self._say_size()
        if changes := self._batch.take():
            self._send(changes)
            self._snapshots.renew()
        if self._closed != self._board.state.closed:
            self._say_closed(self._board.state.closed, self._board.state.epoch, self._board.state.seq)
        if self._settings is not self._board.state.settings:
            self._say_settings(self._board.state.settings)
        if self._next_end_ms is not None and self._now_ms() >= self._next_end_ms:
            self._say_moderation(self._board.state)
        if now >= self._people_due:
            self._say_people(now)
        if not (saving := self._saving()) or not self._told_saving:
            self._say_saving(saving, now)
        self._waiting = deque(self._fanout.drained() if self._fanout.behind else ())
        self._look_after_some()
        self._metrics.refresh_seconds.inc(perf_counter() - began)

    def _say_moderation(self, state: BoardState) -> None:
        """What came, went or ended, at once: panic does not wait for a refresh. Who is full is passed over, and caught
        up from what it has."""
        now_ms, position = self._now_ms(), self._batch.position
        before, self._told, self._moderation = self._told, state.moderation.client_fields(now_ms), state.moderation
        self._next_end_ms, self._all_settings = state.moderation.next_end_ms(now_ms), None
        if changed := {name: value for name, value in self._told.items() if before[name] != value}:
            self._send_shared(_live(changed), *position)
        if self._closed != state.closed:
            self._say_closed(state.closed, *position)

    def _say_closed(self, closed: bool, epoch: str, seq: int) -> None:
        """Not lost on who is full, either: it is passed over, and told when it has caught up."""
        self._closed = closed
        self._send_shared(_read_only(closed), epoch, seq)

    def _say_reset(self, seq: int) -> None:
        self._reset = None
        name = self._board.state.name
        # Who is passed over now has nothing of the new epoch, so it hears of the reset when it reads again.
        self._send_shared(SharedMessage(f'2["resetBoard",null,"{name}:{seq}"]'), "", 0)

    def _say_size(self) -> None:
        """Clients then ask for the whole board; the batch that comes next has those join again that know no ranges."""
        self._size_told = True
        self._send_shared(_live(size_fields(self._board.state)), "", 0)

    def _send(self, changes: Changes) -> None:
        if changes.offsets is None:
            self._send_gap(changes)
            return
        pixels = encode_pixels(self._board.pixels, self._board.state.width, changes.offsets)
        self._metrics.batches.inc()
        self._metrics.batch_pixels.inc(len(changes.offsets))
        shared = batch(pixels, changes.name, changes.from_seq, changes.to_seq)
        passing("sending")
        self._send_shared(shared, changes.epoch, changes.from_seq)
        passing("sent")

    def _send_gap(self, changes: Changes) -> None:
        """More pixels changed than a batch is good for: who knows ranges asks for the rest, others join again."""
        for socket in self._fanout:
            if socket.owner.original:
                self._fanout.remove(socket)  # an empty batch would be a pixel of no place to it
                self._leaving.append(socket)
        gap = batch("", changes.name, changes.to_seq, changes.to_seq)
        self._send_shared(gap, changes.epoch, changes.from_seq)

    def _send_shared(self, shared: SharedMessage, epoch: str, from_seq: int) -> None:
        before = self._fanout.frames
        self._fanout.send(shared, epoch, from_seq)
        self._metrics.frames.inc(self._fanout.frames - before)

    def _say_people(self, now: float) -> None:
        self._people_due = now + _PEOPLE_SECONDS
        count = self._people.news()
        if count is not None:
            self._fanout.tell(SharedMessage(f'2["userCount",{count}]'))

    @property
    def _interval(self) -> float:
        """Seconds between two refreshes, as the log has it."""
        return self._board.state.settings.refresh_rate_ms / 1000

    def _say_settings(self, settings: LiveSettings) -> None:
        """Not lost on who is full, as `readOnly` is not."""
        before, self._settings, self._all_settings = told(self._settings), settings, None
        if changed := {name: value for name, value in told(settings).items() if before[name] != value}:
            state = self._board.state
            self._send_shared(_live(changed), state.epoch, state.seq)

    def _say_saving(self, saving: bool, now: float) -> None:
        if saving != self._told_saving or now >= self._saving_due:
            self._told_saving, self._saving_due = saving, now + _PAUSED_SECONDS
            self._fanout.tell(SharedMessage(f'2["settings",{{"saving":{"true" if saving else "false"}}}]'))

    def _look_after_some(self) -> None:
        """A few of those who are late, and of those who are to join again."""
        for _ in range(min(_AT_ONCE, len(self._leaving))):
            self._leaving.popleft().kick(DRAINING)
        for _ in range(min(_AT_ONCE, len(self._waiting))):
            socket = self._waiting.popleft()
            if behind := self._fanout.behind.pop(socket, None):
                self._catch_up(socket, behind)

    def _catch_up(self, socket: Session, behind: LateSubscriber) -> None:
        """One delta of all that a slow client missed, the same for all who missed about as much; or what tells it to
        ask for the snapshot, where that is shorter."""
        state = self._board.state
        seq = behind.seq
        if behind.epoch != state.epoch and behind.seq < self._resized_seq:
            self._tell_whole(socket)
            return
        if behind.epoch != state.epoch:
            seq = 0
            socket.share(SharedMessage(f'2["resetBoard",null,"{state.name}:0"]'))
        if delta := self._snapshots.delta(seq):
            socket.share(delta.shared())
        elif socket.owner.original:
            socket.kick(DRAINING)  # it knows no ranges, and joins again
            return
        else:
            socket.share(batch("", state.name, state.seq, state.seq))
        socket.share(_read_only(state.closed))
        if self._all_settings is None:
            self._all_settings = _live(told(state.settings) | self._told)
        socket.share(self._all_settings)

    def _tell_whole(self, socket: Session) -> None:
        """The board has another size than a late client knows: it asks for it as a whole, or joins again."""
        if socket.owner.original:
            socket.kick(DRAINING)
            return
        state = self._board.state
        socket.share(_live(size_fields(state) | told(state.settings) | self._told | {"readOnly": state.closed}))
        socket.share(batch("", state.name, state.seq, state.seq))


def stretched(stretch: float, load: float) -> float:
    """How far apart refreshes stand after one that took `load` times the set interval; 1 is as set, 4 the most.

    A refresh that fills its interval leaves no time to anyone else; it returns once it needs a quarter of it.
    """
    if load > 0.8 * stretch:
        return min(_MAX_STRETCH, stretch * 2)
    return max(1.0, stretch / 2) if load < 0.25 * stretch else stretch


def _read_only(value: bool) -> SharedMessage:  # the message is the value
    return SharedMessage(f'2["readOnly",{"true" if value else "false"}]')


def _live(settings: dict[str, Any]) -> SharedMessage:
    return SharedMessage(f'2["settings",{dumps(settings)}]')

"""The commit loop: commit first, then the board, the answers and the bus."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from beeplace.board.changes.placement import Placement
from beeplace.board.changes.reset import Reset
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.rules import Answer
from beeplace.board.state import BoardState
from beeplace.errors import Busy, Restarting, StoreUnavailable
from beeplace.log import commit_loop
from beeplace.log.commit_loop import MANY_ROWS, MAX_ROWS
from beeplace.log.fair_queue import MAX_WAITING
from tests.log.desk import DEADLINE_SECONDS, Desk
from tests.log.samples import (
    ANN,
    NO_LIMIT,
    WHOLE,
    Session,
    fill,
    placement,
    read_only,
    reset,
    rid,
    sqlite,
)
from tests.log.stores import file_limit, rows


def on_disk(desk: Desk) -> int:
    """How many entries another reader of the file sees: those that are committed."""
    return len(rows(desk.session.folder / "board.db", "SELECT 1 FROM log"))


async def test_a_placement_is_answered_and_on_the_board(desk: Desk) -> None:
    assert await desk.place(placement(4, 5, 2)) == [Answer(None, 1, 2, 10_000)]
    assert desk.session.board.pixels[5 * 9 + 4] == 2


async def test_nothing_is_told_before_it_is_committed(desk: Desk) -> None:
    seen: list[tuple[int, int, int]] = []

    def look(answer: Answer) -> None:
        seen.append((on_disk(desk), desk.session.board.state.seq, answer.seq or 0))

    def follow(entries: Sequence[Entry], state: BoardState) -> None:
        seen.append((on_disk(desk), desk.session.board.state.seq, entries[-1].seq))

    desk.replica.follow(follow)
    desk.loop.place(placement(), look)
    await desk.place(placement(2))
    assert seen == [(2, 2, 2), (2, 2, 1)]


async def test_the_one_who_placed_hears_in_the_step_in_which_the_batch_is_told(desk: Desk) -> None:
    """So before everyone: the batch is sent by a later step, the next refresh."""
    told: list[list[tuple[str, int | str | None]]] = []

    def follow(_: Sequence[Entry], __: BoardState) -> None:
        asyncio.get_running_loop().call_soon(lambda: told.append(list(desk.told)))

    desk.replica.follow(follow)
    await desk.place(placement(), placement(2))
    assert told == [[("feed", 2), ("answer", 1), ("answer", 2)]]


async def test_what_waits_together_is_committed_together(desk: Desk) -> None:
    await desk.place(*[placement(by=rid(n)) for n in range(40)])
    assert desk.measured == [40]


async def test_who_places_alone_does_not_wait_and_a_crowd_shares_its_commits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_loop, "PACE_SECONDS", 1.0)
    await desk.place(placement())
    first = desk.ask(placement(by=rid(1)))
    await asyncio.sleep(0.2)  # turns of the loop, in which it is not committed alone
    await asyncio.gather(first, desk.ask(placement(by=rid(2))))
    assert desk.measured == [1, 2]


async def test_after_a_commit_of_many_the_next_comes_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_loop, "PACE_SECONDS", 0.0)
    monkeypatch.setattr(commit_loop, "MANY_PACE_SECONDS", 1.0)
    await desk.place(*[placement(by=rid(n)) for n in range(MANY_ROWS)])
    first = desk.ask(placement(by=rid(1)))
    await asyncio.sleep(0.2)  # turns of the loop, in which it is not committed alone
    await asyncio.gather(first, desk.ask(placement(by=rid(2))))
    await desk.place(placement(by=rid(3)))
    await desk.place(placement(by=rid(4)))
    assert desk.measured == [MANY_ROWS, 2, 1, 1]


async def test_a_queue_that_fills_a_commit_does_not_wait_for_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_loop, "PACE_SECONDS", 3600.0)
    await desk.place(placement())
    await desk.place(*[placement(by=rid(n)) for n in range(MAX_ROWS)])
    assert desk.measured == [1, MAX_ROWS]


async def test_a_commit_takes_no_more_than_its_rows(desk: Desk) -> None:
    await desk.place(*[placement(by=rid(n)) for n in range(MAX_ROWS + 5)])
    assert desk.measured == [MAX_ROWS, 5]


async def test_a_full_queue_refuses_and_loses_nothing(desk: Desk) -> None:
    waiting = [desk.ask(placement(by=rid(n))) for n in range(MAX_WAITING)]
    with pytest.raises(Busy):
        await desk.ask(placement())
    with pytest.raises(Busy):
        await desk.loop.act(fill())
    assert desk.loop.waiting == MAX_WAITING
    async with asyncio.timeout(DEADLINE_SECONDS):
        answers = await asyncio.gather(*waiting)
    assert [answer.seq for answer in answers] == list(range(1, MAX_WAITING + 1))


async def test_refusals_are_answered_and_not_announced(desk: Desk) -> None:
    await desk.place(placement(-1), placement(color=9))
    assert desk.told == [("answer", "out_of_board"), ("answer", "bad_color")]


async def test_a_repeated_request_is_answered_and_not_announced(desk: Desk) -> None:
    first = await desk.place(placement(rid=rid(1)))
    assert await desk.place(placement(rid=rid(1))) == first
    assert desk.told == [("feed", 1), ("answer", 1), ("answer", 1)]


async def test_what_is_left_is_known_from_memory(desk: Desk) -> None:
    assert desk.loop.left(ANN) == (3, 0)
    await desk.place(placement(), placement(2))
    assert desk.loop.left(ANN) == (1, 10_000)
    desk.session.ticks.now_ms += 10_000
    assert desk.loop.left(ANN) == (3, 0)


async def test_placements_and_actions_keep_their_order(desk: Desk) -> None:
    before = desk.ask(placement(1, 1, 1))
    acting = asyncio.ensure_future(desk.loop.act(fill(WHOLE, 2)))
    await asyncio.sleep(0)  # lets the action take its place in the queue
    after = desk.ask(placement(2, 2, 3))
    async with asyncio.timeout(DEADLINE_SECONDS):
        entry = await acting
        assert [(await before).seq, entry and entry.seq, (await after).seq] == [1, 2, 3]
    assert bytes(desk.session.board.pixels).count(2) == 71


async def test_an_action_keeps_what_was_there_before(desk: Desk) -> None:
    await desk.place(placement(1, 1, 3))
    await desk.loop.act(fill(Area(1, 1, 2, 1), 2))
    assert desk.session.board.copy(Area(1, 1, 2, 1)) == b"\x02\x02"
    [(before,)] = rows(desk.session.folder / "board.db", "SELECT before FROM action")
    assert zlib.decompress(before) == b"\x03\x00"


async def test_an_action_that_does_not_fit_has_no_entry(desk: Desk) -> None:
    assert await desk.loop.act(fill(Area(8, 7, 2, 1))) is None
    assert desk.told == []


async def test_a_placement_after_a_reset_stands_on_the_empty_board(desk: Desk) -> None:
    await desk.place(placement(1, 1, 3))
    entry = await desk.loop.act(reset())
    assert entry is not None
    assert type(entry.change) is Reset
    await desk.place(placement(2, 1, 1))
    assert bytes(desk.session.board.pixels) == bytes(11) + b"\x01" + bytes(60)


async def test_what_was_drawn_before_a_reset_is_refused_after_it(desk: Desk) -> None:
    epoch = desk.session.board.state.epoch
    await desk.loop.act(reset())
    assert [a.code for a in await desk.place(placement(epoch=epoch))] == ["epoch"]


async def test_read_only_holds_for_what_waits_behind_it(desk: Desk) -> None:
    acting = asyncio.ensure_future(desk.loop.act(read_only()))
    await asyncio.sleep(0)  # lets the action take its place in the queue
    assert [a.code for a in await desk.place(placement())] == ["read_only"]
    await acting


async def test_an_action_nobody_waits_for_any_more_does_not_happen(desk: Desk) -> None:
    acting = asyncio.ensure_future(desk.loop.act(fill(WHOLE, 1)))
    await asyncio.sleep(0)  # lets the action take its place in the queue
    acting.cancel()
    assert [a.seq for a in await desk.place(placement())] == [1]


async def test_after_stop_nothing_is_taken_and_all_that_was_is_answered(tmp_path: Path) -> None:
    session = Session(tmp_path, sqlite, NO_LIMIT)
    await session.open()
    desk = Desk(session)
    waiting = [desk.ask(placement(n % 9)) for n in range(MAX_ROWS + 10)]
    desk.loop.stop()
    with pytest.raises(Restarting):
        await desk.ask(placement())
    async with asyncio.timeout(DEADLINE_SECONDS):
        await desk.loop.run()
        await desk.loop.keep()
    assert [waited.result().seq for waited in waiting] == list(range(1, MAX_ROWS + 11))
    await session.restart()
    assert session.board.checkpoint_seq == MAX_ROWS + 10
    await session.store.close()


async def test_a_full_disk_refuses_and_placing_resumes(desk: Desk) -> None:
    await desk.place(placement(1, 1, 1, rid=rid(1)))
    with file_limit(0):
        refused = await desk.place(placement(2, 2, 2, by=rid(7), rid=rid(2)))
        with pytest.raises(StoreUnavailable):
            await desk.loop.act(fill())
        assert desk.loop.failing
    assert refused[0].code in ("store_unavailable", "unknown")
    assert 1_000 <= refused[0].retry_in_ms <= 5_000
    again = await desk.place(placement(2, 2, 2, by=rid(7), rid=rid(2)))
    assert again[0].code is None
    assert desk.loop.failing is None
    log = [e.change.area for e in await desk.session.log() if type(e.change) is Placement]
    assert log == [Area(1, 1, 1, 1), Area(2, 2, 1, 1)]

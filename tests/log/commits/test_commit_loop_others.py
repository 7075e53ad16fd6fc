"""The commit loop beside others that write to the same log, and a log that is not as it was."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from beeplace.board.geometry import Area
from tests.log.desk import DEADLINE_SECONDS, Desk
from tests.log.samples import Session, entry, fill, placement, postgres, rid
from tests.log.stores import change, file_limit, of, rows
from tests.waiting import until


def behind(desk: Desk) -> Session:
    """Somebody who writes to the same log, of which the loop's board hears nothing."""
    other = Session(desk.session.folder)
    other.store, other.board = desk.session.store, type(desk.session.board)(desk.session.board.state)
    return other


@asynccontextmanager
async def running(session: Session) -> AsyncIterator[Desk]:
    """A loop on a store that is opened for it, and closed."""
    await session.open()
    desk = Desk(session)
    task = asyncio.create_task(desk.loop.run())
    try:
        yield desk
    finally:
        desk.loop.stop()
        async with asyncio.timeout(DEADLINE_SECONDS):
            await task
        await session.store.close()


async def test_what_the_log_has_and_the_board_has_not_is_caught_up(desk: Desk) -> None:
    """A commit whose outcome was not known turns out to have happened."""
    await behind(desk).place(placement(1, 1, 1), placement(2, 2, 2))
    assert desk.session.board.state.seq == 0
    await desk.place(placement(3, 3, 3, by=rid(9)))
    assert [desk.session.board.pixels[i * 9 + i] for i in (1, 2, 3)] == [1, 2, 3]
    assert desk.told == [("feed", 2), ("feed", 3), ("answer", 3)]


async def test_an_action_keeps_also_what_others_had_drawn_before_it(desk: Desk) -> None:
    await behind(desk).place(placement(1, 1, 3))
    await desk.loop.act(fill(Area(1, 1, 2, 1), 2))
    [(before,)] = rows(desk.session.folder / "board.db", "SELECT before FROM action")
    assert zlib.decompress(before) == b"\x03\x00"
    assert desk.told == [("feed", 1), ("feed", 2)]


async def test_nothing_is_placed_on_a_log_that_the_board_cannot_follow(desk: Desk) -> None:
    await behind(desk).place(placement(1, 1, 3), placement(2, 2, 2))
    change(desk.session.folder / "board.db", "DELETE FROM log WHERE seq = 1")
    assert [answer.code for answer in await desk.place(placement(3, 3, 3, by=rid(9)))] == ["store_unavailable"]
    assert (desk.told, desk.loop.failing) == ([("answer", "store_unavailable")], "the log has a hole")
    assert [entry.seq for entry in await desk.session.log()] == [2]


async def test_a_commit_stands_also_where_the_board_cannot_follow(tmp_path: Path) -> None:
    """Many gateways write to PostgreSQL: a placement needs nothing of what others placed before."""
    async with running(Session(tmp_path, postgres)) as desk:
        await behind(desk).place(placement(1, 1, 3), placement(2, 2, 2))
        of(desk.session, "DELETE FROM {}.log WHERE seq = 1 RETURNING seq")
        assert [answer.seq for answer in await desk.place(placement(3, 3, 3, by=rid(9)))] == [3]
        assert (desk.told, desk.loop.failing) == ([("answer", 3)], "the log has a hole")


async def test_on_a_log_that_went_back_placing_goes_on_with_the_log_s_own_board(desk: Desk) -> None:
    await desk.place(placement(1, 1, 3))
    desk.session.board.apply([entry(2)], replace(desk.session.board.state, seq=2))
    assert [answer.seq for answer in await desk.place(placement(2, 2, 2))] == [2]
    assert (len(await desk.session.log()), desk.loop.failing, desk.replica.reloads) == (2, None, 1)
    assert [desk.session.board.pixels[i] for i in (1 * 9 + 1, 2 * 9 + 1, 2 * 9 + 2)] == [3, 0, 2]


async def test_an_action_on_a_log_that_went_back_keeps_what_the_log_had(desk: Desk) -> None:
    await desk.place(placement(1, 1, 3))
    other = behind(desk)
    desk.session.board.apply([entry(2, 1, 1, 1)], replace(desk.session.board.state, seq=2))
    await other.place(placement(2, 1, 2))
    desk.session.board.state = replace(desk.session.board.state, term="lost")
    await desk.loop.act(fill(Area(1, 1, 2, 1), 2))
    [(before,)] = rows(desk.session.folder / "board.db", "SELECT before FROM action")
    assert zlib.decompress(before) == b"\x03\x02"


async def test_a_pause_ends_without_a_placement(desk: Desk) -> None:
    with file_limit(0):
        await desk.place(placement(1, 1, 1))
        assert desk.loop.failing
    await until(lambda: not desk.loop.failing)
    assert await desk.session.log() == []

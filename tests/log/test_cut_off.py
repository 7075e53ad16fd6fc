"""The history of a place that was cut off and came back: with the undo of that size, or with another, larger one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from beeplace.board.changes import Change
from beeplace.board.changes.reset import Reset
from beeplace.board.changes.resize import Resize, Size
from beeplace.board.geometry import Area
from beeplace.board.rules import Action
from beeplace.history.backup import backup, restore
from tests.closed_store import archive
from tests.log.samples import HEIGHT, NO_LIMIT, ORGANISER, STORES, WIDTH, Session, fill, placement

WHOLE, SMALL = Size(WIDTH, HEIGHT), Size(8, 8)
LARGE = Size(12, 10)
CORNER, BESIDE, KEPT = (8, 7), (8, 3), (1, 1)


@pytest.fixture(params=sorted(STORES))
async def session(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Session]:
    session = Session(tmp_path / "drawn", STORES[request.param], NO_LIMIT)
    await session.open()
    yield session
    await session.store.close()


async def act(session: Session, change: Change, epoch: str) -> bytes:
    """Carries it out; the colours that it cut off."""
    board = session.board
    rows = (row for area in change.replaces() for row in area.rows(board.state.width))
    cut = b"".join(bytes(board.pixels[row.start : row.stop]) for row in rows)
    await session.act(Action(change, ORGANISER, epoch=epoch, before=cut))
    return cut


async def draw(session: Session, *places: tuple[int, int]) -> None:
    for place in places:
        await session.place(placement(*place, 2))


async def seqs(session: Session, place: tuple[int, int], most: int = 20) -> list[int]:
    return [entry.seq for entry in await session.store.history(*place, most)]


async def test_a_place_has_its_whole_history_after_the_undo_of_what_cut_it_off(session: Session) -> None:
    await draw(session, CORNER, CORNER, KEPT)
    await session.act(fill(Area(7, 6, 2, 2), 1, before=bytes(4)))
    cut = await act(session, Resize.to(SMALL, WHOLE), "small")
    await draw(session, KEPT)
    await act(session, Resize.to(WHOLE, SMALL, cut, 5), "whole")
    assert await seqs(session, CORNER) == [7, 4, 2, 1]
    await draw(session, CORNER, BESIDE)
    for again in range(2):
        assert await seqs(session, CORNER) == [8, 7, 4, 2, 1]
        assert await seqs(session, CORNER, 3) == [8, 7, 4]
        assert await seqs(session, BESIDE) == [9, 7]
        assert await seqs(session, KEPT) == [6, 3]
        if not again:
            await session.store.close()
            await session.open()


async def test_a_place_that_came_with_a_larger_size_has_what_was_there_before_it_was_cut_off(session: Session) -> None:
    await act(session, Resize.to(LARGE, WHOLE), "large")
    await draw(session, CORNER, BESIDE)
    for name in ("one", "two"):
        await act(session, Resize.to(SMALL, LARGE), f"{name} small")
        await act(session, Resize.to(LARGE, SMALL), f"{name} large")
        await draw(session, CORNER)
    assert await seqs(session, CORNER) == [9, 8, 6, 5, 2]
    assert await seqs(session, BESIDE) == [8, 5, 3]
    assert await seqs(session, (11, 9)) == [8, 5, 1]


async def test_it_ends_with_the_last_reset(session: Session) -> None:
    await draw(session, CORNER)
    await act(session, Resize.to(SMALL, WHOLE), "small")
    await act(session, Reset(Area(0, 0, *SMALL)), "empty")
    await act(session, Resize.to(WHOLE, SMALL), "whole")
    await draw(session, CORNER)
    assert await seqs(session, CORNER) == [5, 4, 3]


async def test_a_restored_board_has_it_too(session: Session, tmp_path: Path) -> None:
    await draw(session, CORNER)
    cut = await act(session, Resize.to(SMALL, WHOLE), "small")
    await act(session, Resize.to(WHOLE, SMALL, cut, 2), "whole")
    await session.store.close()
    await backup(archive(session), tmp_path / "backup")
    other = Session(tmp_path / "other", session.make, NO_LIMIT)
    other.folder.mkdir()
    await restore(archive(other), tmp_path / "backup")
    await other.open()
    assert await seqs(other, CORNER) == [3, 1]
    await other.store.close()
    await session.open()

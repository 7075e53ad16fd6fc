"""The history of a pixel is read once for all who ask, and anew once the pixel has changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from beeplace.board.geometry import Area
from beeplace.errors import Busy
from beeplace.history.pixel_history import MAX_KEPT, PixelHistoryMemory
from beeplace.log.reads import MAX_WAITING, Reads
from tests.log.commits.test_reads import dear_read
from tests.log.samples import NO_LIMIT, Session, fill, placement, sqlite
from tests.waiting import until


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    session = Session(tmp_path, sqlite, NO_LIMIT)
    await session.open()
    yield session
    await session.store.close()


async def test_many_who_ask_about_a_pixel_are_one_reader_and_none_is_refused(session: Session) -> None:
    await session.place(placement(1, 2, 3))
    reads = Reads(session.store)
    histories = PixelHistoryMemory(reads, session.board)
    async with dear_read(session):
        asked = [asyncio.create_task(histories.of(1, 2, 10)) for _ in range(3 * MAX_WAITING)]
        await until(lambda: reads.waiting > 0)
        assert reads.waiting == 1
        for task in asked[::2]:
            task.cancel()  # who leaves takes nothing from the others
    found = await asyncio.gather(*asked[1::2])
    assert {tuple(entry.seq for entry in entries) for entries in found} == {(1,)}
    async with dear_read(session):
        assert await histories.of(1, 2, 10) == found[0]  # which needs no reader


async def test_each_change_of_a_pixel_is_there_at_once_whatever_made_it(session: Session) -> None:
    histories = PixelHistoryMemory(Reads(session.store), session.board)

    async def seqs(x: int, y: int, most: int = 10) -> list[int]:
        return [entry.seq for entry in await histories.of(x, y, most)]

    assert await seqs(1, 2) == await seqs(0, 0) == []
    await session.place(placement(1, 2, 3))
    assert (await seqs(1, 2), await seqs(0, 0)) == ([1], [])
    await session.act(fill(Area(0, 0, 4, 4), 2))
    assert (await seqs(1, 2), await seqs(0, 0), await seqs(1, 2, 1)) == ([2, 1], [2], [2])
    await session.place(placement(0, 0, 2))
    assert (await seqs(1, 2), await seqs(0, 0)) == ([2, 1], [3, 2])


async def test_what_is_kept_is_bounded_and_a_refusal_is_not_kept(session: Session) -> None:
    reads = Reads(session.store)
    histories = PixelHistoryMemory(reads, session.board)
    for number in range(MAX_KEPT + 20):
        assert await histories.of(number % 8, 0, 1 + number // 8) == []
    assert len(histories._kept) == MAX_KEPT
    async with dear_read(session):
        asked = [asyncio.create_task(histories.of(8, 0, 1 + number)) for number in range(MAX_WAITING)]
        await until(lambda: reads.waiting == MAX_WAITING)
        with pytest.raises(Busy):
            await histories.of(8, 1, 1)
    assert await asyncio.gather(*asked) == [[]] * MAX_WAITING
    assert await histories.of(8, 1, 1) == []

"""Reads for people and commits do not wait for each other; too many are refused, and one is bounded."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import apsw
import pytest

from beeplace.board.changes.fill import Fill
from beeplace.board.geometry import Area
from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.errors import Busy, StoreUnavailable
from beeplace.log.postgres.store import PostgresStore
from beeplace.log.reads import MAX_WAITING, Reads
from beeplace.log.sqlite import reads
from beeplace.log.sqlite.store import SqliteStore
from beeplace.log.store import BoardSpec
from tests.log.commits.test_commit_loop_actions import held
from tests.log.samples import NO_LIMIT, Session, fill, placement, sqlite
from tests.waiting import until


async def questions(reads: Reads) -> list[object]:
    """All that is asked of the past."""
    return [await reads.history(1, 2, 10), await reads.excerpt(0, 10), await reads.seqs_before([2**52])]


@asynccontextmanager
async def dear_read(session: Session) -> AsyncIterator[None]:
    """The store's reads are at one that lasts."""
    store, over = session.store, threading.Event()
    if isinstance(store, SqliteStore):
        reading = asyncio.create_task(store._read(over.wait, 30.0))
        try:
            yield
        finally:
            over.set()
            await reading
        return
    assert isinstance(store, PostgresStore)
    answered = asyncio.Event()
    reading_too = asyncio.create_task(store._past.run(lambda _: answered.wait()))
    try:
        yield
    finally:
        answered.set()
        await reading_too


async def test_reads_do_not_wait_for_a_commit_that_waits(session: Session) -> None:
    await session.place(placement())
    async with held(session):
        committing = asyncio.create_task(session.place(placement()))
        await asyncio.sleep(0)
        history, excerpt, seqs = await questions(Reads(session.store))
        assert not committing.done()
    assert (len(history), len(excerpt), seqs) == (1, 1, [1])  # type: ignore[arg-type]
    await asyncio.wait([committing])
    assert committing.exception() is None or isinstance(committing.exception(), StoreUnavailable)


async def test_a_commit_does_not_wait_for_reads(session: Session) -> None:
    async with dear_read(session):
        assert [a.seq for a in await session.place(placement())] == [1]
        assert len(await session.store.entries_after(0, 10)) == 1
        assert (await session.store.state()).seq == 1


async def test_reads_see_what_was_committed_before_they_were_asked(session: Session) -> None:
    for seq in range(1, 30):
        await session.place(placement(by=seq.to_bytes(16, "big")))
        assert [e.seq for e in await session.store.excerpt(0, 100)] == list(range(1, seq + 1))
        assert [e.seq for e in await session.store.history(1, 2, 2)] == [*range(seq, max(0, seq - 2), -1)]


async def test_more_questions_than_can_wait_are_refused_and_the_others_answered(session: Session) -> None:
    reads = Reads(session.store)
    async with dear_read(session):
        asked = [asyncio.create_task(reads.history(1, 2, 10)) for _ in range(MAX_WAITING)]
        await until(lambda: reads.waiting == MAX_WAITING)
        for question in (reads.history(1, 2, 10), reads.excerpt(0, 10), reads.seqs_before([0])):
            with pytest.raises(Busy):
                await question
    assert await asyncio.gather(*asked) == [[]] * MAX_WAITING
    assert reads.waiting == 0
    assert await reads.history(1, 2, 10) == []


async def test_a_reader_that_leaves_gives_its_place_back(session: Session) -> None:
    reads = Reads(session.store)
    async with dear_read(session):
        asked = [asyncio.create_task(reads.history(1, 2, 10)) for _ in range(MAX_WAITING)]
        await until(lambda: reads.waiting == MAX_WAITING)
        for task in asked:
            task.cancel()
        await asyncio.wait(asked)
        assert reads.waiting == 0


# The chain of a pixel through fills, on SQLite

SIDE = 128


@pytest.fixture
async def filled(tmp_path: Path) -> AsyncIterator[Session]:
    """A board on which people drew between fills of different areas; `history` is compared with the log."""
    session = Session(tmp_path, sqlite, NO_LIMIT)
    await session.open(BoardSpec(SIDE, SIDE, Palette(THESIS_COLORS)))
    chance = random.Random(5)
    for number in range(12):
        for _ in range(20):
            drawn = [placement(chance.randrange(SIDE), chance.randrange(SIDE), chance.randrange(16)) for _ in range(25)]
            await session.place(*drawn)
        x, y = chance.randrange(SIDE // 2), chance.randrange(SIDE // 2)
        area = Area(0, 0, SIDE, SIDE) if number % 3 == 0 else Area(x, y, SIDE // 2 - number, SIDE // 2)
        await session.act(fill(area, number, bytes(area.width * area.height)))
    yield session
    await session.store.close()


async def test_a_pixels_history_is_what_the_log_says_of_it(filled: Session) -> None:
    log = await filled.log()
    chance = random.Random(6)
    for _ in range(200):
        x, y = chance.randrange(SIDE), chance.randrange(SIDE)
        wanted = [
            entry.seq
            for entry in reversed(log)
            if entry.change.color_of(x, y) is not None
        ]  # fmt: skip
        assert [entry.seq for entry in await filled.store.history(x, y, 100)] == wanted


async def test_the_seqs_of_an_action_are_unpacked_once_for_all_of_its_pixels(
    filled: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked: list[int] = []
    unpack = reads._UnpackedSeqs.unpack

    def counted(self: reads._UnpackedSeqs, action: int, packed: bytes) -> int:
        unpacked.append(action)
        return unpack(self, action, packed)

    monkeypatch.setattr(reads._UnpackedSeqs, "unpack", counted)
    for x in range(SIDE):
        await filled.store.history(x, x, 100)
    actions = {entry.seq for entry in await filled.log() if type(entry.change) is Fill}
    assert sorted(unpacked) == sorted(set(unpacked) & actions)


async def test_one_answer_unpacks_no_more_than_its_share(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = await filled.store.history(0, 0, 100)
    monkeypatch.setattr(reads, "MAX_UNPACKED", 1)
    await filled.restart(BoardSpec(SIDE, SIDE, Palette(THESIS_COLORS)))
    short = await filled.store.history(0, 0, 100)
    assert 0 < len(short) < len(whole)
    assert short == whole[: len(short)]


async def test_what_stays_unpacked_is_bounded(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "MAX_KEPT", 200_000)
    for x in range(SIDE):
        await filled.store.history(x, x, 100)
    assert isinstance(filled.store, SqliteStore)
    kept = filled.store._reads._seqs
    assert kept._bytes <= 200_000
    assert kept._bytes == sum(reads._size(blocks) for blocks in kept._actions.values())


async def test_reads_cannot_write(tmp_path: Path) -> None:
    session = Session(tmp_path, sqlite)
    await session.open()
    await session.store.excerpt(0, 1)
    assert isinstance(session.store, SqliteStore)
    reads = session.store._reads
    with pytest.raises(StoreUnavailable):
        await session.store._read(lambda: reads._db.execute("DELETE FROM log"))
    await session.store.close()
    assert not (tmp_path / "board.db-wal").exists(), "the last connection tidies up"
    assert apsw.Connection(str(tmp_path / "board.db")).pragma("integrity_check") == "ok"

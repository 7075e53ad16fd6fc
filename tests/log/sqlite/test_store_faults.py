"""The embedded store on a disk that fails: refused whole, never half done, and honest about what is not known."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from beeplace.board.bitmap import Block
from beeplace.errors import StoreUnavailable
from beeplace.log.store import OutcomeUnknown
from tests.log.samples import BOB, Session, placement, rid
from tests.log.stores import change, file_limit, rows

ROOMS = [0, 100, 4_120, 8_240, 12_360, 24_720, 41_200]  # bytes that still fit; a page of the WAL has 4,120


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Session]:
    session = Session(tmp_path)
    await session.open()
    await session.place(placement(1, 1, 1, rid=rid(1)))
    yield session
    await session.store.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "board.db"


def full(file: Path, room: int) -> int:
    return file.with_name("board.db-wal").stat().st_size + room


@pytest.mark.parametrize("room", ROOMS)
async def test_on_a_full_disk_a_placement_is_done_wholly_or_not_at_all(opened: Session, file: Path, room: int) -> None:
    many = [placement(x % 9, 3, 2, by=bytes([x]) * 16, rid=rid(x)) for x in range(200)]
    with file_limit(full(file, room)), pytest.raises(StoreUnavailable):
        await opened.place(*many)
    entries, answers, windows = len(await opened.log()), *counts(file)
    assert (entries, answers, windows) in ((1, 1, 1), (201, 201, 201))


def counts(file: Path) -> tuple[int, int]:
    """How many answers are remembered and how many identities are charged."""
    [found] = rows(file, "SELECT (SELECT count(*) FROM request), (SELECT count(*) FROM allowance)")
    return found[0], found[1]


@pytest.mark.parametrize("room", ROOMS)
async def test_a_refusal_on_a_full_disk_means_that_nothing_happened(opened: Session, file: Path, room: int) -> None:
    with file_limit(full(file, room)):
        try:
            answers = await opened.place(placement(2, 2, by=BOB))
        except OutcomeUnknown:
            pass  # either may be true, and it was said so
        except StoreUnavailable:
            assert len(await opened.log()) == 1
        else:
            assert [answer.seq for answer in answers] == [2]
            assert len(await opened.log()) == 2


@pytest.mark.parametrize("room", ROOMS)
async def test_placing_resumes_when_there_is_room_again(opened: Session, file: Path, room: int) -> None:
    many = [placement(x % 9, 3, 2, by=bytes([x]) * 16, rid=rid(x)) for x in range(200)]
    for _ in range(3):
        with file_limit(full(file, room)), pytest.raises(StoreUnavailable):
            await opened.place(*many)
    answers = await opened.place(*many)
    assert {answer.code for answer in answers} == {None}
    assert [entry.seq for entry in await opened.log()] == list(range(1, 202))


async def test_after_a_full_disk_a_restart_finds_what_was_answered(opened: Session, file: Path) -> None:
    with file_limit(full(file, 0)), pytest.raises(StoreUnavailable):
        await opened.place(placement(2, 2, 2, by=BOB))
    await opened.place(placement(3, 3, 3, by=BOB))
    log = await opened.log()
    await opened.restart()
    assert await opened.log() == log
    assert [opened.board.pixels[i * 9 + i] for i in (1, 3)] == [1, 3]


async def test_blocks_that_cannot_be_stored_are_no_harm(opened: Session, file: Path) -> None:
    blocks = [Block(number, bytes(1024), bytes(8 * 1024)) for number in range(50)]
    with file_limit(full(file, 0)), pytest.raises(StoreUnavailable):
        await opened.store.keep(blocks, 1)
    assert (await opened.place(placement(2, 2, 2)))[0].seq == 2
    await opened.restart()
    assert (opened.board.checkpoint_seq, opened.board.pixels[9 + 1]) == (0, 1)


async def test_a_failed_sweep_does_not_take_back_an_answer(opened: Session, file: Path) -> None:
    """Room for the placement, none for forgetting twenty thousand ended windows right after it."""
    await opened.store.close()
    change(
        file,
        """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO allowance SELECT randomblob(16), 1, 1 FROM n;
        UPDATE board SET clock_board_ms = 1000000;
        """,
    )
    await opened.open()
    with file_limit(20 * 4_120):
        assert [answer.seq for answer in await opened.place(placement(2, 2, 2, by=BOB))] == [2]
    assert rows(file, "SELECT count(*) FROM allowance WHERE ends_ms = 1") == [(20_000,)]
    assert [answer.seq for answer in await opened.place(placement(3, 3, 3, by=BOB))] == [3]


async def test_the_limit_of_these_tests_is_one(tmp_path: Path) -> None:
    with file_limit(10), pytest.raises(OSError, match="File too large"):
        (tmp_path / "large").write_bytes(bytes(11))
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY

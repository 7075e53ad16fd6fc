"""The embedded store, where it is more than the port says: one file, one process, SQLite's settings, migrations."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from beeplace.board.bitmap import Bitmap
from beeplace.board.rules import REMEMBERED_MS, decide
from beeplace.errors import SettingError, StoreLocked
from beeplace.log.sql_files import migrations
from beeplace.log.sqlite.store import SqliteStore
from beeplace.log.store import BoardBehind, FactsNeeded
from tests.log.samples import BOB, WANTED, Session, entry, fill, placement, reset, rid
from tests.log.stores import change, rows

OPEN = """
import asyncio, sys
from pathlib import Path
from beeplace.log.sqlite.store import SqliteStore
from tests.log.samples import WANTED
asyncio.run(SqliteStore(Path(sys.argv[1])).open(WANTED))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Session]:
    session = Session(tmp_path)
    await session.open()
    yield session
    await session.store.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "board.db"


async def test_a_commit_is_on_stable_storage_before_it_returns(opened: Session, file: Path) -> None:
    """WAL and a sync at each commit: what the pragmas of the store's own connection say."""
    assert isinstance(opened.store, SqliteStore)
    db = opened.store._db
    pragma = "journal_mode", "synchronous", "foreign_keys"
    assert [db.pragma(name) for name in pragma] == ["wal", 2, 1]
    assert file.with_name("board.db-wal").stat().st_size > 0


async def test_a_second_store_on_the_file_is_refused(opened: Session, tmp_path: Path) -> None:
    second = Session(tmp_path)
    with pytest.raises(StoreLocked, match=r"another BeePlace uses board\.db"):
        await second.open()
    await second.store.close()
    assert (await opened.place(placement()))[0].seq == 1


async def test_a_second_process_is_refused_until_the_first_has_ended(tmp_path: Path, file: Path) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", OPEN, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout
    assert first.stdout.readline() == "open\n"
    second = Session(tmp_path)
    with pytest.raises(StoreLocked):
        await second.open()
    await second.store.close()
    first.kill()
    first.communicate()
    await second.open()
    await second.store.close()


async def test_a_store_that_could_not_be_opened_can_be_closed(tmp_path: Path, file: Path) -> None:
    file.write_bytes(b"this is not a database" * 100)
    session = Session(tmp_path)
    with pytest.raises(SettingError, match="no SQLite database"):
        await session.open()
    await session.store.close()
    gc.collect()
    file.unlink()
    await session.open()
    await session.store.close()


async def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    session = Session(tmp_path / "data" / "deeper")
    await session.open()
    await session.store.close()
    assert (tmp_path / "data" / "deeper" / "board.db").exists()


async def test_close_ends_the_store_s_thread(tmp_path: Path) -> None:
    session = Session(tmp_path)
    await session.open()
    await session.store.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("store")]


async def test_the_schema_is_as_far_as_the_migrations(opened: Session, file: Path) -> None:
    assert rows(file, "PRAGMA user_version") == [(migrations("sqlite")[-1][0],)]


async def test_migrations_run_once(opened: Session, file: Path) -> None:
    await opened.place(placement())
    before = rows(file, "SELECT name, sql FROM sqlite_master ORDER BY name")
    await opened.restart()
    assert rows(file, "SELECT name, sql FROM sqlite_master ORDER BY name") == before
    assert rows(file, "SELECT count(*) FROM epoch") == [(1,)]


async def test_a_file_of_the_first_version_goes_on(tmp_path: Path, file: Path) -> None:
    """The first schema, filled as the first version filled it, is opened by this version."""
    change(
        file,
        f"""
        PRAGMA journal_mode = WAL;
        {migrations("sqlite")[0][1]}
        INSERT INTO epoch VALUES (1, 'old', 1, 9, 8, '["#FFFFFF","#E50000","#02BE01","#0000EA"]', 0);
        INSERT INTO board VALUES (1, 1, 1, 1, 0, 777, 5, 'an old boot');
        INSERT INTO log VALUES (1, 1, 1, 4, 5, NULL, NULL, 2, '#02BE01', 0, x'00', NULL, 0);
        PRAGMA user_version = 1;
        """,
    )
    session = Session(tmp_path)
    await session.open()
    state = session.board.state
    assert (state.epoch, state.seq, state.read_only, session.board.pixels[5 * 9 + 4]) == ("old", 1, True, 2)
    assert session.store.now_ms() == 777
    await session.store.close()


async def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path, file: Path) -> None:
    change(file, "CREATE TABLE log (something_else TEXT)")
    session = Session(tmp_path)
    with pytest.raises(SettingError, match="something else"):
        await session.open()
    await session.store.close()
    assert rows(file, "SELECT name FROM sqlite_master") == [("log",)]
    assert rows(file, "PRAGMA user_version") == [(0,)]


async def test_the_log_keeps_the_colour_itself(opened: Session, file: Path) -> None:
    await opened.place(placement(color=1))
    await opened.act(fill(color=3))
    assert rows(file, "SELECT color, hex FROM log ORDER BY seq") == [(1, "#E50000"), (3, "#0000EA")]


async def test_a_refusal_without_a_request_id_writes_nothing(opened: Session, file: Path) -> None:
    await opened.place(placement())
    before = rows(file, "SELECT * FROM board")
    opened.ticks.now_ms += 5
    await opened.place(placement(-1))
    assert rows(file, "SELECT * FROM board") == before


async def test_ended_windows_and_old_answers_are_swept(opened: Session, file: Path) -> None:
    await opened.place(placement(rid=rid(1)))
    opened.ticks.now_ms += REMEMBERED_MS
    await opened.place(placement(by=BOB, rid=rid(2)))
    assert rows(file, "SELECT identity FROM allowance") == [(BOB,)]
    assert rows(file, "SELECT rid FROM request") == [(rid(2),)]


async def test_the_state_before_an_action_is_kept(opened: Session, file: Path) -> None:
    await opened.act(fill(before=b"\x01" * 72))
    await opened.act(reset(before=b"\x02" * 72))
    assert rows(file, "SELECT seq, reason FROM action ORDER BY seq") == [(1, ""), (2, "")]
    assert rows(file, "SELECT seq, action FROM log ORDER BY seq") == [(1, 1), (2, 2)]


async def test_the_wanted_board_counts_for_a_new_file_only(opened: Session) -> None:
    await opened.place(placement())
    await opened.restart(wanted=type(WANTED)(100, 100, WANTED.palette))
    assert (opened.board.state.width, opened.board.state.height) == (9, 8)


async def test_a_board_has_one_bitmap(tmp_path: Path) -> None:
    """The store reads from the board that it gave when each pixel changed last, and keeps none of its own."""
    gc.collect()
    before = sum(isinstance(thing, Bitmap) for thing in gc.get_objects())
    session = Session(tmp_path)
    await session.open()
    await session.place(placement())
    gc.collect()
    assert sum(isinstance(thing, Bitmap) for thing in gc.get_objects()) == before + 1
    await session.store.close()


async def test_a_board_that_lacks_what_is_committed_is_not_committed_upon(opened: Session, file: Path) -> None:
    """Nothing is written with a wrong `previous`: who asks catches up first."""
    question = FactsNeeded(board=opened.board)
    await opened.store.commit(question, partial(decide, [placement()]))
    with pytest.raises(BoardBehind):
        await opened.store.commit(question, partial(decide, [placement()]))
    await opened.replica.catch_up()
    await opened.store.commit(question, partial(decide, [placement(by=BOB), placement(by=BOB)]))
    assert rows(file, "SELECT seq, previous FROM log ORDER BY seq") == [(1, 0), (2, 1), (3, 2)]


async def test_the_history_of_a_log_that_went_back_ends(opened: Session) -> None:
    """Until it is read anew, the board names changes that the log has not."""
    await opened.place(placement())
    opened.board.apply([entry(2)], replace(opened.board.state, seq=2))
    assert await opened.store.history(1, 2, 10) == []

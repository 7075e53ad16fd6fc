"""The embedded store's file: whose it is, by which name, and what happens when it is changed under a running store."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from beeplace.errors import SettingError, StoreLocked, StoreUnavailable
from beeplace.log import commit_loop
from beeplace.log.sqlite.health import check, private
from beeplace.log.sqlite.store import SqliteStore
from tests.log.desk import DEADLINE_SECONDS, Desk
from tests.log.samples import NO_LIMIT, WANTED, Session, placement, sqlite
from tests.log.stores import change
from tests.waiting import until


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "board.db"


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Session]:
    """A store with five entries, some of them in the WAL alone."""
    session = Session(tmp_path, sqlite, NO_LIMIT)
    await session.open()
    for n in range(5):
        await session.place(placement(n, 1, 1))
    yield session
    if not getattr(session, "closed", False):
        await session.store.close()


async def close(session: Session) -> None:
    """Before its fixture does."""
    await session.store.close()
    session.closed = True  # type: ignore[attr-defined]


def beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)


def rename(file: Path) -> None:
    file.rename(beside(file, ".away"))


def replace(file: Path) -> None:
    copy = beside(file, ".copy")
    shutil.copyfile(file, copy)
    copy.replace(file)


def overwrite(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data)


def truncate(file: Path) -> None:
    os.truncate(file, 0)


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 4096)


def move_folder(file: Path) -> None:
    file.parent.rename(file.parent.with_name("away"))


def of_wal(work: Callable[[Path], None]) -> Callable[[Path], None]:
    def named(file: Path) -> None:
        work(beside(file, "-wal"))

    named.__name__ = f"wal_{work.__name__}"
    return named


CHANGES = [
    Path.unlink, rename, replace, overwrite, truncate, cut, move_folder, of_wal(Path.unlink), of_wal(rename),
    of_wal(replace), of_wal(truncate),
]  # fmt: skip
every_change = pytest.mark.parametrize("alter", CHANGES, ids=lambda work: work.__name__)


@every_change
async def test_nothing_is_confirmed_once_the_files_are_not_what_they_were(
    opened: Session, file: Path, alter: Callable[[Path], None]
) -> None:
    alter(file)
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            await opened.place(placement(8, 7, 2))
    with pytest.raises(StoreUnavailable):
        await opened.store.look()
    with pytest.raises(StoreUnavailable):
        await opened.store.keep([opened.board.bitmap.block(0)], 5)


def touch(file: Path) -> None:
    os.utime(file)


def set_back(file: Path) -> None:
    """As a backup program does that leaves no trace of its reading."""
    os.utime(file, (1_000_000_000, 1_000_000_000))


def narrow(file: Path) -> None:
    file.chmod(0o400)
    file.chmod(0o600)


def link_beside(file: Path) -> None:
    beside(file, ".link").hardlink_to(file)


def copy_away(file: Path) -> None:
    shutil.copy2(file, beside(file, ".copy"))


@pytest.mark.parametrize("alter", [touch, set_back, narrow, link_beside, copy_away, of_wal(touch), of_wal(copy_away)],
                         ids=lambda work: work.__name__)  # fmt: skip
async def test_what_writes_no_byte_pauses_nothing(opened: Session, file: Path, alter: Callable[[Path], None]) -> None:
    for n in range(3):
        alter(file)
        await opened.store.look()
        assert [a.seq for a in await opened.place(placement(8, n, 2))] == [6 + n]
        beside(file, ".link").unlink(missing_ok=True)
    overwrite(file)
    with pytest.raises(StoreUnavailable):
        await opened.place(placement(8, 7, 2))


@pytest.mark.parametrize("alter", [rename, of_wal(rename)], ids=["file", "wal"])
async def test_what_comes_back_is_gone_on_with(opened: Session, file: Path, alter: Callable[[Path], None]) -> None:
    alter(file)
    with pytest.raises(StoreUnavailable):
        await opened.place(placement(8, 7, 2))
    for away in file.parent.glob("*.away"):
        away.rename(away.with_name(away.name.removesuffix(".away")))
    assert [a.seq for a in await opened.place(placement(8, 7, 2))] == [6]
    await opened.restart()
    assert [e.seq for e in await opened.log()] == [1, 2, 3, 4, 5, 6]


async def test_what_a_deleted_wal_had_is_not_lost(opened: Session, file: Path) -> None:
    """What another process finds in the database alone, as after kill -9."""
    beside(file, "-wal").unlink()
    with pytest.raises(StoreUnavailable, match="-wal file was deleted"):
        await opened.store.look()
    copy = beside(file, ".copy")
    shutil.copyfile(file, copy)
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT seq FROM board").fetchone() == (5,)
        assert db.execute("SELECT count(*) FROM log").fetchone() == (5,)


async def test_another_file_of_that_name_is_left_alone_by_the_end(opened: Session, file: Path) -> None:
    """A store that ends deletes its WAL by name: not that of the file that somebody put in its place."""
    rename(file)
    for path in (file, beside(file, "-wal")):
        path.unlink(missing_ok=True)
        path.write_bytes(b"another's")
    await close(opened)
    assert [path.read_bytes() for path in (file, beside(file, "-wal"))] == 2 * [b"another's"]


async def test_an_idle_loop_notices_and_says_why(opened: Session, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_loop, "LOOK_SECONDS", 0.01)
    desk = Desk(opened)
    task = asyncio.create_task(desk.loop.run())
    beside(file, "-wal").unlink()
    await until(lambda: desk.loop.failing is not None)
    assert "-wal" in (desk.loop.failing or "")
    assert [a.code for a in await desk.place(placement(8, 7, 2))] == ["store_unavailable"]
    desk.loop.stop()
    async with asyncio.timeout(DEADLINE_SECONDS):
        await task


@pytest.mark.parametrize("name", ["symbolic", "hard", "folder", "dotted"])
async def test_a_second_store_on_the_file_is_refused_by_whatever_name(opened: Session, file: Path, name: str) -> None:
    link = file.with_name("other.db")
    if name == "symbolic":
        link.symlink_to(file)
    elif name == "hard":
        link.hardlink_to(file)
    elif name == "folder":
        folder = file.parent.with_name("other-folder")
        folder.symlink_to(file.parent)
        link = folder / file.name
    else:
        link = file.parent / ".." / file.parent.name / file.name
    second = SqliteStore(link)
    with pytest.raises(StoreLocked):
        await second.open(WANTED)
    await second.close()
    assert [a.seq for a in await opened.place(placement(8, 7, 2))] == [6]


async def test_a_file_may_be_a_link_whose_target_is_made(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real" / "board.db")
    (tmp_path / "real").mkdir()
    store = SqliteStore(tmp_path / "link.db")
    await store.open(WANTED)
    await store.close()
    assert (tmp_path / "real" / "board.db").exists()


@pytest.mark.parametrize("umask", [0o000, 0o022])
async def test_files_and_folders_are_the_owner_s_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        session = Session(tmp_path / "data" / "deeper")
        await session.open()
        await session.place(placement())
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").rglob("*")}
    assert modes == {"deeper": 0o700, **{f"board.db{end}": 0o600 for end in ("", "-wal", "-shm", ".lock")}}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    await session.store.close()


async def test_wide_files_of_an_earlier_start_stay_as_their_owner_has_them(opened: Session, file: Path) -> None:
    """The organiser may have given them to a group; only what SQLite made beside a private file is narrowed."""
    await opened.store.close()
    file.chmod(0o640)
    await opened.open()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    await opened.store.close()
    file.chmod(0o600)
    beside(file, "-wal").touch(0o644)
    await opened.open()
    assert stat.S_IMODE(beside(file, "-wal").stat().st_mode) == 0o600


FOREIGN = {
    "tables": "CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine')",
    "version": "PRAGMA user_version = 7",
    "ours by version": "CREATE TABLE notes (text); PRAGMA user_version = 1",
    "application": "PRAGMA application_id = 1234567; CREATE TABLE notes (text)",
    "same names": "CREATE TABLE board (x); CREATE TABLE log (x); CREATE TABLE epoch (x); CREATE TABLE secret (x)",
    "wal": "PRAGMA journal_mode = WAL; CREATE TABLE notes (text)",
    "view": "CREATE VIEW board AS SELECT 1",
}


@pytest.mark.parametrize("sql", FOREIGN.values(), ids=FOREIGN.keys())
async def test_a_database_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path, file: Path, sql: str) -> None:
    change(file, sql)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    session = Session(tmp_path)
    with pytest.raises(SettingError, match="something else"):
        await session.open()
    await session.store.close()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


async def test_one_that_was_not_closed_is_refused_and_left_as_it_is(tmp_path: Path, file: Path) -> None:
    """Its tables are in the WAL alone, and nobody has it open."""
    live = tmp_path / "live"
    live.mkdir()
    with closing(sqlite3.connect(live / "board.db")) as db:
        db.executescript("PRAGMA journal_mode = WAL; CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine')")
        shutil.copyfile(live / "board.db", file)
        shutil.copyfile(live / "board.db-wal", beside(file, "-wal"))
    shutil.rmtree(live)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    session = Session(tmp_path)
    with pytest.raises(SettingError, match="something else"):
        await session.open()
    await session.store.close()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


async def test_a_newer_schema_is_refused_and_left_as_it_is(opened: Session, tmp_path: Path, file: Path) -> None:
    await opened.store.close()
    change(file, "PRAGMA user_version = 999")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(SettingError, match="a newer BeePlace has changed"):
        await opened.open()
    await close(opened)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("made", ["folder", "circle"])
async def test_what_is_no_file_is_refused(tmp_path: Path, file: Path, made: str) -> None:
    file.mkdir() if made == "folder" else file.symlink_to(file)
    session = Session(tmp_path)
    with pytest.raises(SettingError):
        await session.open()
    await session.store.close()


async def test_the_doctor_says_which_files_others_may_read(tmp_path: Path) -> None:
    session = Session(tmp_path / "data")
    await session.open()
    path = tmp_path / "data" / "board.db"
    assert private(path).level == "ok"
    path.chmod(0o644)
    path.parent.chmod(0o755)
    found = private(path)
    assert (found.level, "board.db 0644, data 0755" in str(found)) == ("warning", True)
    assert f"chmod 600 {path} and chmod 700 {path.parent}" in str(found)
    await session.store.close()


@pytest.mark.parametrize(
    ("sql", "told"), [("CREATE TABLE notes (text)", "something else"), ("PRAGMA user_version = 999", "something else")]
)
def test_the_doctor_says_what_a_start_would_refuse(tmp_path: Path, file: Path, sql: str, told: str) -> None:
    change(file, sql)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    [found] = [finding for finding in check(file).findings if finding.name == "database"]
    assert (found.level, told in str(found)) == ("failure", True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before

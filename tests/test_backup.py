"""`beeplace backup` and `beeplace restore`: a board in one file, as of one moment, and back into an empty database."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import secrets
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from beeplace.backup import backup, restore
from beeplace.backup_file import MAGIC, BackupReader
from beeplace.board.archive import Archive, Undo
from beeplace.board.entries import Kind
from beeplace.board.pixel import Area
from beeplace.board.rules import Answer
from beeplace.board.store_postgres_archive import PostgresArchive
from beeplace.board.store_sqlite_archive import SqliteArchive
from beeplace.errors import BackupDamaged
from tests.board.samples import ANN, BOB, NO_LIMIT, STORES, Session, fill, placement, read_only, reset, rid
from tests.board.stores import rows
from tests.conftest import StartServer
from tests.e2e.process import run_beeplace
from tests.placing import FREELY, placing, until
from tests.postgres import schema_url

Kinds = tuple[str, str]  # of the database that is backed up, and of the one that is restored into
SAME: Kinds = ("sqlite", "sqlite")
ALL_KINDS: list[Kinds] = [SAME, ("sqlite", "postgres"), ("postgres", "sqlite"), ("postgres", "postgres")]
every_move = pytest.mark.parametrize("kinds", ALL_KINDS, ids="-to-".join)


@pytest.fixture
def kinds() -> Kinds:
    return SAME


def archive(session: Session) -> Archive:
    if session.make is STORES["postgres"]:
        return PostgresArchive(schema_url(str(session.folder)), session.ticks)
    return SqliteArchive(session.folder / "board.db", session.ticks)


@pytest.fixture
async def drawn(tmp_path: Path, kinds: Kinds) -> Session:
    """A closed store with a bit of everything: two epochs, actions, an open window, answers, read-only."""
    session = Session(tmp_path / "drawn", STORES[kinds[0]])
    await session.open()
    await session.place(placement(0, 0, 1, by=BOB), placement(1, 2, 2, by=BOB))
    await session.act(reset(before=bytes(72)))
    await session.place(placement(4, 5, 3, rid=rid(1)), placement(4, 5, 1), placement(-1, 0, rid=rid(2)))
    await session.act(fill(Area(3, 4, 3, 3), 2, before=bytes(9)))
    await session.place(placement(4, 5, 3))
    await session.act(read_only())
    for name in ("tokens", "identities"):
        await session.store.secret(name)
    await session.store.close()
    return session


@pytest.fixture
async def kept(drawn: Session, tmp_path: Path) -> Path:
    """Its backup."""
    file = tmp_path / "board.backup"
    await backup(archive(drawn), file)
    return file


async def restored(drawn: Session, kept: Path, kind: str = "sqlite", name: str = "restored") -> Session:
    """Another store, open, with what the backup says."""
    session = Session(drawn.folder.parent / name, STORES[kind])
    session.ticks = drawn.ticks
    await restore(archive(session), kept)
    await session.open()
    return session


async def seen(session: Session) -> tuple[object, ...]:
    """All of a store that its port tells, but for the entry of the restore."""
    store, state = session.store, session.board.state
    log = [entry for entry in await store.entries_after(0, 1_000) if entry.kind is not Kind.RESTORE]
    histories = [await store.history(x, y, 20) for x in range(state.width) for y in range(state.height)]
    secrets = [await store.secret(name) for name in ("tokens", "identities")]
    board = session.board
    return (
        log, histories, secrets, bytes(board.pixels), board.changed_since(0, 100), state.read_only, state.palette,
        await store.windows(),
    )  # fmt: skip


@every_move
async def test_nothing_is_missing_after_a_restore(drawn: Session, kept: Path, kinds: Kinds) -> None:
    await drawn.open()
    before = await seen(drawn)
    await drawn.store.close()
    session = await restored(drawn, kept, kinds[1])
    assert await seen(session) == before
    await session.store.close()


@every_move
async def test_a_restored_board_has_an_epoch_of_its_own_which_the_log_explains(
    drawn: Session, kept: Path, kinds: Kinds
) -> None:
    session = await restored(drawn, kept, kinds[1])
    *log, last = await session.log()
    state = session.board.state
    assert (last.kind, last.seq, last.epoch, last.area) == (Kind.RESTORE, len(log) + 1, state.epoch, None)
    assert (state.seq, last.action) == (last.seq, last.seq)
    assert state.epoch not in [entry.epoch for entry in log]
    await session.store.close()
    undone = [part async for part in archive(session).entries(0, last.seq) if isinstance(part, Undo)]
    assert [undo.seq for undo in undone] == [3, 6, 8, 9]
    assert re.fullmatch(r"restored from a backup made at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", undone[-1].reason)


@every_move
async def test_a_restore_gives_nobody_extra_pixels(drawn: Session, kept: Path, kinds: Kinds) -> None:
    """Ann has used her three; board time goes on, also on a machine that was started just now."""
    drawn.ticks.now_ms = 7
    session = await restored(drawn, kept, kinds[1])
    await session.act(read_only(0))
    [answer] = await session.place(placement(by=ANN))
    assert (answer.code, answer.remaining) == ("cooldown", 0)
    session.ticks.now_ms += answer.retry_in_ms
    assert (await session.place(placement(by=ANN)))[0].code is None
    await session.store.close()


@every_move
async def test_a_request_is_answered_as_before_the_restore(drawn: Session, kept: Path, kinds: Kinds) -> None:
    session = await restored(drawn, kept, kinds[1])
    answers = await session.place(placement(4, 5, 3, rid=rid(1)), placement(-1, 0, rid=rid(2)))
    assert answers == [Answer(None, 4, 2, 10_000), Answer("out_of_board", None, 1, 10_000)]
    await session.store.close()


@every_move
async def test_a_restored_board_starts_from_its_blocks(drawn: Session, kept: Path, kinds: Kinds) -> None:
    session = await restored(drawn, kept, kinds[1])
    assert session.board.kept_seq == session.board.state.seq
    await session.store.close()


@every_move
async def test_a_backup_of_a_restored_board_is_the_same_and_the_restore(
    drawn: Session, kept: Path, kinds: Kinds
) -> None:
    session = await restored(drawn, kept, kinds[1])
    once = await seen(session)
    await session.store.close()
    again = kept.with_name("again.backup")
    await backup(archive(session), again)
    second = await restored(drawn, again, kinds[0], "second")
    assert await seen(second) == once
    assert [entry.kind for entry in await second.log()][-2:] == [Kind.RESTORE, Kind.RESTORE]
    await second.store.close()


async def test_an_empty_board_can_be_backed_up(tmp_path: Path) -> None:
    session = Session(tmp_path / "empty")
    await session.open()
    await session.store.close()
    await backup(archive(session), tmp_path / "file")
    other = await restored(session, tmp_path / "file")
    assert (other.board.state.seq, bytes(other.board.pixels)) == (1, bytes(72))
    await other.store.close()


def test_only_its_owner_can_read_a_backup(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


async def test_a_file_that_is_there_is_never_overwritten(drawn: Session, kept: Path) -> None:
    before = kept.read_bytes()
    with pytest.raises(FileExistsError):
        await backup(archive(drawn), kept)
    assert kept.read_bytes() == before


def test_a_backup_says_what_it_is(kept: Path) -> None:
    with gzip.open(kept) as file:
        assert file.readline() == MAGIC


async def test_a_backup_that_was_cut_off_is_refused_wherever(drawn: Session, kept: Path) -> None:
    whole = kept.read_bytes()
    for length in range(len(whole)):
        kept.write_bytes(whole[:length])
        with pytest.raises(BackupDamaged):
            list(read(kept))


async def test_a_backup_with_one_changed_byte_is_refused_or_means_the_same(drawn: Session, kept: Path) -> None:
    """gzip has bits that mean nothing, and ways to say the same in other words; nothing else goes unnoticed."""
    whole, content, same = kept.read_bytes(), read(kept), 0
    for position in range(len(whole)):
        kept.write_bytes(whole[:position] + bytes([whole[position] ^ 0x10]) + whole[position + 1 :])
        try:
            assert read(kept) == content
            same += 1
        except BackupDamaged:
            pass
    assert same < len(whole) / 20


async def test_a_backup_with_other_content_but_a_right_gzip_is_refused(drawn: Session, kept: Path) -> None:
    content = gzip.decompress(kept.read_bytes())
    for position in range(0, len(content), 7):
        changed = content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]
        kept.write_bytes(gzip.compress(changed, 1))
        with pytest.raises(BackupDamaged):
            list(read(kept))


def read(path: Path) -> list[object]:
    with path.open("rb") as file:
        return list(BackupReader(file))


@pytest.mark.parametrize("content", [b"", b"no backup", gzip.compress(b"something else"), gzip.compress(MAGIC)])
async def test_another_file_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    ended = run_beeplace(tmp_path, "restore", "file")
    assert (ended.returncode, ended.stdout) == (65, "")
    assert ended.stderr == "beeplace: This is no backup of BeePlace, or a damaged one.\n"
    assert not (tmp_path / "data" / "beeplace.db").exists()


async def test_a_damaged_end_leaves_an_empty_database_as_it_was(tmp_path: Path, kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[:-1])
    ended = run_beeplace(tmp_path, "restore", kept.name, DATABASE_URL="sqlite:///new/board.db")
    assert ended.returncode == 65
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["board.db.lock"]


async def test_a_database_with_a_board_is_refused(drawn: Session, kept: Path) -> None:
    file = drawn.folder / "board.db"
    before = file.read_bytes()
    ended = run_beeplace(drawn.folder, "restore", f"../{kept.name}", DATABASE_URL="sqlite:///board.db")
    assert (ended.returncode, ended.stdout) == (78, "")
    assert re.fullmatch(r"beeplace: DATABASE_URL: board\.db has a board with 8 entries; [^\n]+\n", ended.stderr)
    assert file.read_bytes() == before


async def test_a_file_of_something_else_is_not_overwritten(tmp_path: Path, kept: Path) -> None:
    (tmp_path / "board.db").write_text("a letter" * 100)
    ended = run_beeplace(tmp_path, "restore", kept.name, DATABASE_URL="sqlite:///board.db")
    assert ended.returncode == 78
    assert (tmp_path / "board.db").read_text() == "a letter" * 100


@pytest.mark.parametrize("command", ["backup", "verify"])
def test_a_database_that_is_not_there_is_named_and_not_made(tmp_path: Path, command: str) -> None:
    ended = run_beeplace(tmp_path, command, *(["file"] if command == "backup" else []))
    assert (ended.returncode, ended.stdout) == (78, "")
    assert ended.stderr == "beeplace: DATABASE_URL: there is no file data/beeplace.db\n"
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    ended = run_beeplace(tmp_path, "restore", "nothing")
    assert (ended.returncode, ended.stderr) == (66, "beeplace: No such file or directory: nothing\n")


async def test_a_restore_that_is_killed_leaves_no_board(drawn: Session, tmp_path: Path) -> None:
    """It waits for the end of its file when it is killed; the next one finds an empty database."""
    drawn.limits = NO_LIMIT
    await drawn.open()
    await drawn.act(read_only(0))
    await drawn.place(*(placement(by=secrets.token_bytes(16)) for _ in range(3_000)))
    await drawn.store.close()
    await backup(archive(drawn), tmp_path / "long.backup")
    pipe, url = tmp_path / "pipe", f"sqlite:///{tmp_path / 'new.db'}"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "beeplace", "restore", str(pipe)]
    with (
        subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url}) as process,
        pipe.open("wb", buffering=0) as most,
    ):
        most.write((tmp_path / "long.backup").read_bytes()[:40_000])
        await until((tmp_path / "new.db.restoring").exists)
        process.kill()
    assert not (tmp_path / "new.db").exists()
    assert run_beeplace(tmp_path, "restore", "long.backup", DATABASE_URL=url).returncode == 0
    assert not (tmp_path / "new.db.restoring").exists()
    assert rows(tmp_path / "new.db", "SELECT seq FROM board") == [(3_010,)]


async def test_a_restore_is_the_board_at_the_backup_s_seq(start_server: StartServer, tmp_path: Path) -> None:
    """Backups of a server under placements; each is what those who placed had been told up to its seq."""
    server = start_server(**FREELY)
    settings = {"DATABASE_URL": f"sqlite:///{server.folder}/data/beeplace.db"}
    seqs = []
    async with placing(server.url) as placed:
        for number in range(3):
            await placed.more(50)
            ended = await asyncio.to_thread(run_beeplace, tmp_path, "backup", f"{number}.backup", **settings)
            assert (ended.returncode, ended.stderr) == (0, "")
            seqs.append(int(re.findall(r":(\d+)\. ", ended.stdout)[0]))
        await placed.more(50)
    server.stop()
    assert 50 < seqs[0] < seqs[1] < seqs[2] < max(placed.by_seq)
    for number, seq in enumerate(seqs):
        settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/{number}.db", "BOARD_SIZE": "32"}
        assert run_beeplace(tmp_path, "restore", f"{number}.backup", **settings).returncode == 0
        other = start_server(**settings)
        assert board(other.url) == (seq + 1, placed.board(seq))
        other.stop()


def board(url: str) -> tuple[int, bytes]:
    """The seq and the pixels that a gateway shows."""
    with urllib.request.urlopen(f"{url}/api/board") as answer:
        return int(answer.headers["ETag"].strip('"').split(":")[1]), answer.read()


async def test_a_server_keeps_a_restore_away(start_server: StartServer, kept: Path, tmp_path: Path) -> None:
    server = start_server()
    ended = run_beeplace(tmp_path, "restore", kept.name, DATABASE_URL=f"sqlite:///{server.folder}/data/beeplace.db")
    assert (ended.returncode, ended.stderr) == (75, "beeplace: another BeePlace uses beeplace.db\n")


def test_a_board_of_another_size_says_what_to_set(kept: Path, tmp_path: Path) -> None:
    ended = run_beeplace(tmp_path, "restore", kept.name)
    assert "set BOARD_WIDTH=9 and BOARD_HEIGHT=8" in ended.stdout

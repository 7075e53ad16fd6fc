"""`beeplace backup` and `beeplace restore`: a board in one file, as of one moment, and back into an empty database."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import secrets
import urllib.request
from pathlib import Path

import asyncpg
import pytest

from beeplace.board.changes.restore import Restore
from beeplace.board.rules import Answer
from beeplace.history.backup import backup, restore
from beeplace.history.backup_file import MAGIC
from beeplace.log.archive import Undo
from tests.closed_store import archive, closed_store
from tests.conftest import StartServer
from tests.e2e.process import begin_beeplace, run_beeplace
from tests.log.samples import ANN, NO_LIMIT, STORES, Session, placement, read_only, rid
from tests.placing import FREELY, placing
from tests.postgres import schema_url
from tests.waiting import until

Kinds = tuple[str, str]  # of the database that is backed up, and of the one that is restored into
SAME: Kinds = ("sqlite", "sqlite")
ALL_KINDS: list[Kinds] = [SAME, ("sqlite", "postgres"), ("postgres", "sqlite"), ("postgres", "postgres")]
every_move = pytest.mark.parametrize("kinds", ALL_KINDS, ids="-to-".join)


@pytest.fixture
def kinds() -> Kinds:
    return SAME


@pytest.fixture
async def drawn(tmp_path: Path, kinds: Kinds) -> Session:
    return await closed_store(tmp_path / "drawn", kinds[0])


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
    log = [entry for entry in await store.entries_after(0, 1_000) if type(entry.change) is not Restore]
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
    assert (type(last.change), last.seq, last.epoch, last.change.area) == (Restore, len(log) + 1, state.epoch, None)
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
    assert session.board.checkpoint_seq == session.board.state.seq
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
    assert [type(entry.change) for entry in await second.log()][-2:] == [Restore, Restore]
    await second.store.close()


async def test_an_empty_board_can_be_backed_up(tmp_path: Path) -> None:
    session = Session(tmp_path / "empty")
    await session.open()
    await session.store.close()
    await backup(archive(session), tmp_path / "file")
    other = await restored(session, tmp_path / "file")
    assert (other.board.state.seq, bytes(other.board.pixels)) == (1, bytes(72))
    await other.store.close()


async def test_a_file_that_is_there_is_never_overwritten(drawn: Session, kept: Path) -> None:
    before = kept.read_bytes()
    with pytest.raises(FileExistsError):
        await backup(archive(drawn), kept)
    assert kept.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"none", gzip.compress(b"another", mtime=0), gzip.compress(MAGIC, mtime=0)])
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


@pytest.fixture
async def many(drawn: Session, tmp_path: Path) -> bytes:
    """A backup of 3,010 entries, which is read in many pieces."""
    drawn.settings = NO_LIMIT
    await drawn.open()
    await drawn.act(read_only(0))
    await drawn.place(*(placement(by=secrets.token_bytes(16)) for _ in range(3_000)))
    await drawn.store.close()
    await backup(archive(drawn), tmp_path / "many.backup")
    return (tmp_path / "many.backup").read_bytes()


@pytest.mark.parametrize("kind", sorted(STORES))
async def test_a_restore_that_is_killed_leaves_no_board(many: bytes, tmp_path: Path, kind: str) -> None:
    """It waits for the end of its file when it is killed; the next one finds an empty database."""
    file, pipe = tmp_path / "new.db", tmp_path / "pipe"
    url = f"sqlite:///{file}" if kind == "sqlite" else schema_url(str(tmp_path))
    os.mkfifo(pipe)
    with (
        begin_beeplace(tmp_path, "restore", str(pipe), DATABASE_URL=url) as process,
        pipe.open("wb", buffering=0) as most,
    ):
        most.write(many[:40_000])
        await (until(Path(f"{file}.restoring").exists) if kind == "sqlite" else filling(url))
        process.kill()
    ended = run_beeplace(tmp_path, "verify", DATABASE_URL=url)
    assert (ended.returncode, ended.stderr[:29]) == (78, "beeplace: DATABASE_URL: there")
    ended = run_beeplace(tmp_path, "restore", "many.backup", DATABASE_URL=url)
    assert (ended.returncode, ended.stderr) == (0, "")
    ended = run_beeplace(tmp_path, "verify", DATABASE_URL=url, COOLDOWN=0)
    assert (ended.returncode, "3,010 entries without a hole" in ended.stdout) == (0, True)


async def filling(url: str) -> None:
    """Returns once a restore has written entries that it has not committed, and waits for more."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'beeplace archive' "
        "AND state = 'idle in transaction' AND query LIKE 'COPY%log%'"
    )
    db: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(30):
            while not await db.fetchval(waiting):  # noqa: ASYNC110  # the server tells no event
                await asyncio.sleep(0.01)
    finally:
        await db.close()


@pytest.mark.parametrize("kinds", [("sqlite", "postgres"), ("postgres", "sqlite")], ids="-to-".join)
async def test_a_restore_is_the_board_at_the_backup_s_seq(
    start_server: StartServer, tmp_path: Path, kinds: Kinds
) -> None:
    """Backups of a server under placements; each is what those who placed had been told up to its seq."""
    server = start_server(**FREELY, DATABASE_URL=database(tmp_path, kinds[0], "source"))
    seqs = []
    async with placing(server.url) as placed:
        for number in range(2):
            await placed.more(50)
            url = database(tmp_path, kinds[0], "source")
            ended = await asyncio.to_thread(run_beeplace, tmp_path, "backup", f"{number}.backup", DATABASE_URL=url)
            assert (ended.returncode, ended.stderr) == (0, "")
            seqs.append(int(re.findall(r":(\d+)\. ", ended.stdout)[0]))
        await placed.more(50)
    server.stop()
    assert 50 <= seqs[0] < seqs[1] < max(placed.by_seq)
    for number, seq in enumerate(seqs):
        settings = {**FREELY, "DATABASE_URL": database(tmp_path, kinds[1], f"target{number}"), "BOARD_SIZE": "32"}
        assert run_beeplace(tmp_path, "restore", f"{number}.backup", **settings).returncode == 0
        other = start_server(**settings)
        assert board(other.url) == (seq + 1, placed.board(seq))
        other.stop()


def database(folder: Path, kind: str, name: str) -> str:
    return f"sqlite:///{folder / name}.db" if kind == "sqlite" else schema_url(str(folder / name))


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

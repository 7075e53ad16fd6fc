"""`beeplace export`: the log for other tools, the same in every form and of every store."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import apsw
import orjson
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it brings no types
import pytest

from beeplace.board.changes.paste import Paste
from beeplace.board.geometry import Area
from beeplace.board.rules import Action
from beeplace.errors import StoreUnavailable
from beeplace.history.export.export import FORMS, export
from tests.closed_store import archive, closed_store
from tests.conftest import StartServer
from tests.e2e.process import begin_beeplace, pipe_beeplace, run_beeplace
from tests.history.export.exports import drawn, export_names, rows_of
from tests.log.samples import BOB, HEIGHT, NO_LIMIT, ORGANISER, PALETTE, STORES, WIDTH, Session
from tests.log.test_unknown_kinds import append
from tests.placing import FREELY, placing
from tests.postgres import schema_url
from tests.waiting import until

every_form = pytest.mark.parametrize("form", FORMS)
every_table = pytest.mark.parametrize("form", ["parquet", "csv", "ndjson"])
MANY = 25_000  # entries


@pytest.fixture(params=sorted(STORES))
async def session(request: pytest.FixtureRequest, tmp_path: Path) -> Session:
    """A closed store with a bit of everything in it, and an organiser's picture that leaves some pixels as they are."""
    session = await closed_store(tmp_path / "drawn", request.param)
    await session.open()
    paste = Paste.over(Area(2, 3, 2, 2), bytes((1, 0, 3, 2)), bytes((1, 0, 1, 1)))
    assert paste
    await session.act(Action(paste, ORGANISER, before=bytes(4)))
    await session.store.close()
    return session


@pytest.fixture
def long_log(tmp_path: Path) -> Path:
    """A board's file with many placements."""
    file = tmp_path / "board.db"
    asyncio.run(_begin(tmp_path))
    db = apsw.Connection(str(file))
    db.execute(
        f"""WITH RECURSIVE n (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < {MANY})
        INSERT INTO log (seq, epoch, kind, x, y, color, hex, at_ms, identity, previous)
        SELECT seq, 1, 1, seq % {WIDTH}, seq % {HEIGHT}, 2, '{PALETTE[2]}', seq, x'00', 0 FROM n"""
    )
    db.execute("UPDATE board SET seq = ?", (MANY,))
    db.close()
    return file


async def _begin(folder: Path) -> None:
    session = Session(folder, settings=NO_LIMIT)
    await session.open()
    await session.store.close()


@every_table
async def test_an_export_has_every_entry(session: Session, tmp_path: Path, form: str) -> None:
    done = await export(archive(session), tmp_path / "out", form)
    await session.open()
    log = await session.log()
    await session.store.close()
    rows, people = rows_of(tmp_path / "out", form), await export_names(session)
    assert (done.entries, done.seq, done.epoch) == (len(rows), log[-1].seq, log[-1].epoch)
    assert len(log) == len(rows) == 9
    for entry, row in zip(log, rows, strict=True):
        area, moment = entry.change.area, datetime.fromtimestamp(entry.at_ms / 1000, UTC)
        assert (row["seq"], row["epoch"], row["kind"]) == (entry.seq, entry.epoch, entry.change.NAME.replace("_", "-"))
        assert datetime.fromisoformat(row["time"]) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        place = tuple(area) if area else (None, None, None, None)
        assert (row["x"], row["y"], row["width"], row["height"]) == place
        assert row["person"] == (people.written(entry.identity) if entry.action is None else "organiser")
        assert row["action"] == entry.action
    assert [row["kind"] for row in rows[:3]] == ["placement", "placement", "reset"]


@every_table
async def test_the_picture_can_be_played_from_an_export(session: Session, tmp_path: Path, form: str) -> None:
    await export(archive(session), tmp_path / "out", form)
    await session.open()
    board = bytes(session.board.pixels)
    await session.store.close()
    assert any(board)
    assert drawn(rows_of(tmp_path / "out", form), WIDTH, HEIGHT) == board


@every_table
async def test_a_colour_is_told_where_all_pixels_have_the_same(session: Session, tmp_path: Path, form: str) -> None:
    await export(archive(session), tmp_path / "out", form)
    rows = rows_of(tmp_path / "out", form)
    told = {row["kind"]: (row["color"], row["hex"]) for row in rows}
    assert told["fill"] == (2, PALETTE[2])
    assert (told["read-only"], told["paste"]) == ((None, None), (None, None))
    assert (rows[1]["color"], rows[1]["hex"]) == (2, PALETTE[2])


@every_table
async def test_a_change_of_a_newer_version_is_told_by_its_area_and_colour(
    session: Session, tmp_path: Path, form: str
) -> None:
    append(session, (1, 1, 2, 1))
    append(session, None)
    await export(archive(session), tmp_path / "out", form)
    *_, painted, silent = rows_of(tmp_path / "out", form)
    assert (painted["kind"], painted["change"], silent["kind"], silent["change"]) == (
        "other", "f,1,1,2,1,2,0", "other", "-,0",
    )  # fmt: skip


@every_table
async def test_a_board_on_which_nobody_drew_has_no_entries(tmp_path: Path, form: str) -> None:
    await _begin(tmp_path)
    done = await export(archive(Session(tmp_path)), tmp_path / "out", form)
    assert (done.entries, rows_of(tmp_path / "out", form)) == (0, [])


async def test_a_parquet_file_says_how_large_the_board_was_and_with_which_colours(
    session: Session, tmp_path: Path
) -> None:
    await export(archive(session), tmp_path / "out", "parquet")
    told = orjson.loads(pq.read_schema(tmp_path / "out").metadata[b"beeplace"])
    assert [(e["first"], e["width"], e["height"], e["colors"]) for e in told["epochs"]] == [
        (1, WIDTH, HEIGHT, list(PALETTE.colors)), (3, WIDTH, HEIGHT, list(PALETTE.colors)),
    ]  # fmt: skip


@every_form
async def test_two_exports_of_one_log_are_the_same_bytes(session: Session, tmp_path: Path, form: str) -> None:
    first = await export(archive(session), tmp_path / "first", form)
    second = await export(archive(session), tmp_path / "second", form)
    assert first == second
    assert first.sha256 == hashlib.sha256((tmp_path / "first").read_bytes()).hexdigest()


@every_table
async def test_a_person_has_one_name_in_all_of_it(session: Session, tmp_path: Path, form: str) -> None:
    await export(archive(session), tmp_path / "out", form)
    people = [row["person"] for row in rows_of(tmp_path / "out", form) if row["kind"] == "placement"]
    assert people[:2] == 2 * [(await export_names(session)).written(BOB)]
    assert len(set(people)) == 2


@every_form
async def test_nothing_in_it_is_what_pages_and_the_log_call_somebody(
    session: Session, tmp_path: Path, form: str
) -> None:
    await session.open()
    identities = {entry.identity for entry in await session.log() if entry.action is None}
    await session.store.close()
    await export(archive(session), tmp_path / "out", form)
    written = (tmp_path / "out").read_bytes()
    assert len(identities) == 2
    assert [name for name in identities if name.hex()[:8].encode() in written or name in written] == []


@every_form
async def test_a_log_with_a_hole_is_refused_and_leaves_nothing(long_log: Path, form: str) -> None:
    db = apsw.Connection(str(long_log))
    db.execute("DELETE FROM log WHERE seq = ?", (MANY - 7,))
    db.close()
    before = names(long_log.parent)
    with pytest.raises(StoreUnavailable, match=f"damaged after entry {MANY - 8}"):
        await export(archive(Session(long_log.parent)), long_log.parent / "out", form)
    assert names(long_log.parent) == before


async def test_a_log_that_no_board_can_have_is_refused_by_parquet(long_log: Path) -> None:
    db = apsw.Connection(str(long_log))
    db.execute("UPDATE log SET x = 70000 WHERE seq = 3")
    db.close()
    with pytest.raises(StoreUnavailable, match="damaged between 1 and 16384"):
        await export(archive(Session(long_log.parent)), long_log.parent / "out", "parquet")


@every_form
def test_a_stopped_export_leaves_nothing(long_log: Path, form: str) -> None:
    before = names(long_log.parent)

    async def stopped() -> None:
        task = asyncio.create_task(export(archive(Session(long_log.parent)), long_log.parent / "out", form))
        await until(lambda: bool(names(long_log.parent) - before))
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(stopped())
    assert names(long_log.parent) == before


def names(folder: Path) -> set[str]:
    """Of the files in it, but for those that SQLite makes while it reads."""
    return {path.name for path in folder.iterdir() if not path.name.endswith(("-shm", "-wal"))}


@pytest.mark.parametrize(
    ("name", "form"),
    [("out.parquet", "parquet"), ("out.csv", "csv"), ("out.ndjson", "ndjson"), ("out.JSONL", "ndjson")],
)
async def test_a_server_is_exported_while_people_place(
    start_server: StartServer, tmp_path: Path, name: str, form: str
) -> None:
    """Each export is what those who placed had been told up to its seq."""
    server = start_server(**FREELY)
    url = f"sqlite:///{server.folder}/data/beeplace.db"
    async with placing(server.url) as placed:
        await placed.more(50)
        ended = await asyncio.to_thread(run_beeplace, tmp_path, "export", "--to", name, DATABASE_URL=url)
        assert (ended.returncode, ended.stderr) == (0, "")
        await placed.more(50)
    [(entries, seq, sha256)] = re.findall(r"([\d,]+) entries as of \w+:(\d+), sha256 (\w{64})$", ended.stdout.strip())
    rows = rows_of(tmp_path / name, form)
    assert len(rows) == int(seq) == int(entries.replace(",", "")) >= 50
    assert drawn(rows, 32, 32) == placed.board(int(seq))
    assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == sha256


@every_form
def test_standard_output_has_the_same_bytes_as_a_file(long_log: Path, form: str) -> None:
    url = f"sqlite:///{long_log}"
    assert (
        run_beeplace(long_log.parent, "export", "--as", form, "--to", f"out.{form}", DATABASE_URL=url).returncode == 0
    )
    ended = pipe_beeplace(long_log.parent, "export", "--as", form, "--to", "-", DATABASE_URL=url)
    assert ended.returncode == 0
    assert ended.stdout == (long_log.parent / f"out.{form}").read_bytes()
    assert ended.stderr.startswith(b"-: 25,000 entries as of ")


def test_a_file_that_is_there_already_stays(long_log: Path) -> None:
    (long_log.parent / "out.csv").write_text("mine")
    ended = run_beeplace(long_log.parent, "export", "--to", "out.csv", DATABASE_URL=f"sqlite:///{long_log}")
    assert (ended.returncode, ended.stderr) == (74, "beeplace: there is a file of that name already: out.csv\n")
    assert (long_log.parent / "out.csv").read_text() == "mine"


@pytest.mark.parametrize("given", [["--to", "out"], ["--to", "-"], ["--as", "csv"], ["--to", "out", "--as", "xls"]])
def test_a_form_that_is_not_known_is_a_usage_error(tmp_path: Path, given: list[str]) -> None:
    ended = run_beeplace(tmp_path, "export", *given)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (64, "", 1)


def test_an_export_of_no_board_says_so(tmp_path: Path) -> None:
    ended = run_beeplace(tmp_path, "export", "--to", "out.csv")
    assert (ended.returncode, names(tmp_path)) == (78, set())
    assert ended.stderr.startswith("beeplace: DATABASE_URL: there is no file ")


@every_form
def test_a_full_disk_is_one_line(long_log: Path, form: str) -> None:
    database = f"sqlite:///{long_log}"
    with (
        Path("/dev/full").open("wb") as full,
        begin_beeplace(
            long_log.parent, "export", "--as", form, "--to", "-", stdout=full, DATABASE_URL=database
        ) as process,
    ):
        assert process.stderr
        assert (process.stderr.read(), process.wait()) == (b"beeplace: No space left on device\n", 74)


@every_form
def test_a_reader_that_leaves_ends_it_in_one_line(long_log: Path, form: str) -> None:
    database = f"sqlite:///{long_log}"
    with begin_beeplace(long_log.parent, "export", "--as", form, "--to", "-", DATABASE_URL=database) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"beeplace: Broken pipe\n", 74)


async def test_a_standby_is_read_where_one_is_named(tmp_path: Path) -> None:
    session = await closed_store(tmp_path / "drawn", "postgres")
    standby = schema_url(str(session.folder))
    ended = await asyncio.to_thread(
        run_beeplace,
        tmp_path,
        "export",
        "--to",
        "out.csv",
        HISTORY_DATABASE_URL=standby,
        DATABASE_URL="sqlite:///none.db",
    )
    assert (ended.returncode, ended.stderr, len(rows_of(tmp_path / "out.csv", "csv"))) == (0, "", 8)


def test_a_new_file_has_the_rights_that_the_process_gives(long_log: Path) -> None:
    """It has no secrets; a web server may serve it."""
    before = os.umask(0o027)
    try:
        run_beeplace(long_log.parent, "export", "--to", "out.csv", DATABASE_URL=f"sqlite:///{long_log}")
    finally:
        os.umask(before)
    assert (long_log.parent / "out.csv").stat().st_mode & 0o777 == 0o640

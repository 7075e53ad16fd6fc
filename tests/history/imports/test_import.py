"""`beeplace import`: files of other canvases, with all their oddities, as boards that verify finds right."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from beeplace.board.palette import Palette
from beeplace.board.state import LiveSettings
from beeplace.errors import ImportRefused, StoreNotEmpty
from beeplace.history.export.export import export
from beeplace.history.imports.import_log import ImportSummary, import_log
from beeplace.history.verify.check import Check
from beeplace.log.archive import Archive
from tests.closed_store import archive
from tests.conftest import StartServer
from tests.e2e.process import run_beeplace
from tests.history.export.exports import Rows, rows_of
from tests.log.samples import STORES, Session
from tests.waiting import until

PALETTE = Palette(("#FFFFFF", "#FF0000", "#00FF00", "#0000FF"))
REDDIT_2022 = """timestamp,user_id,pixel_color,coordinate
2022-04-04 00:53:51.577 UTC,ann,#FF0000,"12,5"
2022-04-04 00:53:50.5 UTC,bob,#00ff00,"3,1"
2022-04-04 00:53:52 UTC,ann,#0000FF,"3,1"
"""
REDDIT_2023 = """timestamp,user,coordinate,pixel_color
2022-04-04 00:53:50.5 UTC,bob,"3,1",#00FF00
2022-04-04 00:53:52 UTC,ann,"3,1",#0000FF
2022-04-04 00:53:51.577 UTC,ann,"12,5",#FF0000
"""
PXLS = (
    "2022-04-04 00:53:50,500\tb0b\t3\t1\t2\tuser place\n"
    "2022-04-04 00:53:51,577\ta11\t12\t5\t1\tuser place\n"
    "2022-04-04 00:53:52,000\ta12\t3\t1\t3\tuser place\n"
)
DRAWN = [("2022-04-04T00:53:50.500Z", 3, 1, "#00FF00"), ("2022-04-04T00:53:51.577Z", 12, 5, "#FF0000"),
         ("2022-04-04T00:53:52.000Z", 3, 1, "#0000FF")]  # fmt: skip


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """An empty database of either kind."""
    folder = tmp_path / "new"
    folder.mkdir()
    return archive(Session(folder, STORES[request.param]))


async def imported(
    store: Archive, path: Path, form: str, content: str | bytes, told: Callable[[str], Any] = print
) -> ImportSummary:
    await asyncio.to_thread(path.write_bytes, content.encode() if isinstance(content, str) else content)
    return await import_log(store, path, form, settings=LiveSettings(), colors=PALETTE, told=told)


async def log_of(store: Archive, tmp_path: Path) -> Rows:
    """All entries, once verify has found nothing wrong with them."""
    check = Check(store, [])
    await check.run()
    assert {one.word for one in check.checks} <= {"ok", "note"}, check.checks
    await export(store, tmp_path / "out.ndjson", "ndjson")
    return rows_of(tmp_path / "out.ndjson", "ndjson")


@pytest.mark.parametrize(
    ("form", "content"), [("reddit-2022", REDDIT_2022), ("reddit-2023", REDDIT_2023), ("pxls", PXLS)]
)
async def test_pixels_come_in_their_order_with_moments_and_colours(
    store: Archive, tmp_path: Path, form: str, content: str
) -> None:
    done = await imported(store, tmp_path / "file", form, content)
    rows = await log_of(store, tmp_path)
    assert [(row["time"], row["x"], row["y"], row["hex"]) for row in rows] == DRAWN
    assert (done.state.width, done.state.height, done.wrong) == (13, 8, 0)
    assert {row["kind"] for row in rows} == {"placement"}


async def test_a_person_is_the_same_in_all_rows_and_nobody_outside(store: Archive, tmp_path: Path) -> None:
    await imported(store, tmp_path / "file", "reddit-2022", REDDIT_2022)
    bob, ann, again = (row["person"] for row in await log_of(store, tmp_path))
    assert ann == again != bob
    assert "ann" not in ann


async def test_the_2017_files_have_indices_of_that_years_colours(store: Archive, tmp_path: Path) -> None:
    content = (
        "ts,user_hash,x_coordinate,y_coordinate,color\n"
        "1491238734000,AAA=,1,2,3\n2017-04-03 17:38:54.5 UTC,BBB=,4,5,15\n1491238735000,AAA=,,,\n"
        "1491238736000,AAA=,1,2,16\n"
    )
    told: list[str] = []
    done = await imported(store, tmp_path / "file", "reddit-2017", content, told.append)
    rows = await log_of(store, tmp_path)
    assert [(row["time"], row["x"], row["y"], row["hex"]) for row in rows] == [
        ("2017-04-03T16:58:54.000Z", 1, 2, "#222222"), ("2017-04-03T17:38:54.500Z", 4, 5, "#820080"),
    ]  # fmt: skip
    assert (done.wrong, [line.split(":")[:2] for line in told]) == (
        2, [["line 4", " no such place"], ["line 5", " no such colour"]],
    )  # fmt: skip


async def test_rectangles_circles_and_coordinates_below_0(store: Archive, tmp_path: Path) -> None:
    content = (
        "timestamp,user,coordinate,pixel_color\n"
        '2023-07-20 13:00:26 UTC,ann,"-3,-2",#FF0000\n'
        '2023-07-20 13:00:27 UTC,ann,"9,9",#FF0000\n'
        '2023-07-20 13:00:28 UTC,mod,"4,0,2,-1",#000000\n'
        '2023-07-20 13:00:29 UTC,mod,"{X: 5, Y: 5, R: 1}",#00FF00\n'
        '2023-07-20 13:00:30 UTC,mod,"{X: 10, Y: 10, R: 2}",#00FF00\n'
        '2023-07-20 13:00:31 UTC,mod,"500,500,600,600",#00FF00\n'
    )
    done = await imported(store, tmp_path / "file", "reddit-2023", content)
    rows = await log_of(store, tmp_path)
    assert (done.state.width, done.state.height, done.shift) == (13, 12, (3, 2))
    assert [(row["kind"], row["x"], row["y"], row["change"]) for row in rows] == [
        ("placement", 0, 0, None),
        ("placement", 12, 11, None),
        ("fill", 5, 1, "f,5,1,3,2,2,0"),
        ("paste", 7, 6, "p,7,6,3,3,-;3;-;3*3;-;3;-,0"),
        ("paste", 11, 10, "p,11,10,2,2,3*-;3,0"),
    ]
    assert [row["person"] for row in rows[2:]] == 3 * ["organiser"]


async def test_what_moderators_of_pxls_did_is_an_action(store: Archive, tmp_path: Path) -> None:
    content = (
        PXLS + "2022-04-04 00:53:53,000\tc0c\t3\t1\t0\trollback\n2022-04-04 00:53:54,000\td0d\t3\t1\t2\tuser undo\n"
    )
    await imported(store, tmp_path / "file", "pxls", content)
    *_, rolled_back, undone = await log_of(store, tmp_path)
    assert (rolled_back["kind"], rolled_back["person"], rolled_back["x"], rolled_back["hex"]) == (
        "fill", "organiser", 3, "#FFFFFF",
    )  # fmt: skip
    assert (undone["kind"], undone["hex"]) == ("placement", "#00FF00")


async def test_wrong_rows_are_named_by_their_lines_and_counted(store: Archive, tmp_path: Path) -> None:
    content = REDDIT_2022 + (
        '2022-13-04 00:53:52 UTC,ann,#FF0000,"3,1"\n'
        '2022-04-04 00:53:52 UTC,ann,#FF0000,"3,x"\n'
        "2022-04-04 00:53:52 UTC,ann\n"
        '2022-04-04 00:53:52 UTC,ann,blue,"3,1"\n'
        '2022-04-04 00:53:52 UTC,ann,#FF0000,"99999,1"\n'
        "\udcff\udcfe\n"
    )
    told: list[str] = []
    packed = b"\xef\xbb\xbf" + content.encode(errors="surrogateescape")
    done = await imported(store, tmp_path / "file", "reddit-2022", packed, told.append)
    assert len(await log_of(store, tmp_path)) == 3
    assert done.wrong == 6
    assert {line.split(": '")[0] for line in told} == {
        "line 5: no such moment", "line 6: no such place", "line 7: 2 fields, not 4", "line 8: no such colour",
        "line 9: no such place", "line 10: 1 fields, not 4",
    }  # fmt: skip


async def test_of_many_wrong_rows_the_first_are_named(store: Archive, tmp_path: Path) -> None:
    told: list[str] = []
    content = REDDIT_2022 + 50 * '2022-04-04 00:53:52 UTC,ann,none,"3,1"\n'
    done = await imported(store, tmp_path / "file", "reddit-2022", content, told.append)
    assert (done.wrong, len(told)) == (50, 11)


async def test_a_packed_file_is_read_too(store: Archive, tmp_path: Path) -> None:
    await imported(store, tmp_path / "file.csv.gz", "reddit-2022", gzip.compress(REDDIT_2022.encode()))
    assert len(await log_of(store, tmp_path)) == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "cannot be read"),
        (b"a,b\n1,2\n", "no column timestamp"),
        (b"timestamp,user_id,pixel_color,coordinate\n", "no pixel"),
        (gzip.compress(REDDIT_2022.encode(), mtime=0)[:60], "cannot be read"),  # the same in each test process
        (b'timestamp,user_id,pixel_color,coordinate\n2022-04-04 00:53:52 UTC,a,#FF0000,"0,9000"\n', "at most 4096"),
    ],
)
async def test_a_file_that_makes_no_board_leaves_the_database_empty(
    store: Archive, tmp_path: Path, content: bytes, says: str
) -> None:
    with pytest.raises(ImportRefused, match=says):
        await imported(store, tmp_path / "file", "reddit-2022", content)
    await imported(store, tmp_path / "file", "reddit-2022", REDDIT_2022)
    assert len(await log_of(store, tmp_path)) == 3


async def test_a_board_that_is_there_stays(store: Archive, tmp_path: Path) -> None:
    first = await imported(store, tmp_path / "file", "reddit-2022", REDDIT_2022)
    with pytest.raises(StoreNotEmpty):
        await imported(store, tmp_path / "file", "reddit-2023", REDDIT_2023)
    async with store.moment() as moment:
        assert moment.head.state.epoch == first.state.epoch


async def test_an_import_that_is_stopped_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is stopped while a thread writes sorted rows."""
    row = REDDIT_2022.splitlines(keepends=True)[1]
    (tmp_path / "file").write_text(REDDIT_2022 + 300_000 * row)
    (folder := tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    store = archive(Session(tmp_path))
    importing = import_log(store, tmp_path / "file", "reddit-2022", settings=LiveSettings(), colors=PALETTE, told=print)
    task = asyncio.create_task(importing)
    await until(lambda: any(folder.glob("*/0")))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ([*folder.iterdir()], sorted(path.name for path in tmp_path.iterdir())) == ([], ["file", "temporary"])


def test_a_server_goes_on_with_an_imported_board_and_its_colours(start_server: StartServer, tmp_path: Path) -> None:
    """The settings name the default colours, which are not the file's."""
    (tmp_path / "file.csv").write_text(REDDIT_2022)
    database = f"sqlite:///{tmp_path}/board.db"
    ended = run_beeplace(tmp_path, "import", "file.csv", "--as", "reddit-2022", DATABASE_URL=database)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "3 entries on 13 x 8 pixels" in ended.stdout
    again = run_beeplace(tmp_path, "import", "file.csv", "--as", "reddit-2022", DATABASE_URL=database)
    assert (again.returncode, again.stderr.count("\n")) == (78, 1)
    server = start_server(DATABASE_URL=database, BOARD_WIDTH=13, BOARD_HEIGHT=8)
    with urllib.request.urlopen(f"{server.url}/api/config") as answer:
        config = orjson.loads(answer.read())
    assert config["colors"] == ["#FFFFFF", "#FF0000", "#00FF00", "#0000FF"]
    with urllib.request.urlopen(f"{server.url}/api/board") as answer:
        board = answer.read()
    assert {i: color for i, color in enumerate(board) if color} == {16: 3, 77: 1}


@pytest.mark.parametrize(
    ("given", "code"), [(["nothing.csv", "--as", "reddit-2022"], 66), (["x"], 64), (["x", "--as", "png"], 64)]
)
def test_what_cannot_be_imported_is_one_line(tmp_path: Path, given: list[str], code: int) -> None:
    ended = run_beeplace(tmp_path, "import", *given)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (code, "", 1)


def test_a_refused_file_ends_the_command_at_once(tmp_path: Path) -> None:
    """Nothing that is done at the end of a program is waited for: threads that read ahead might never end."""
    (tmp_path / "file.csv").write_text("a,b\n1,2\n")
    program = "import atexit; atexit.register(print, 'late'); from beeplace.__main__ import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", program, "import", "file.csv", "--as", "reddit-2022"],
        cwd=tmp_path, env={"DATABASE_URL": f"sqlite:///{tmp_path}/board.db"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (65, "")
    assert "no column timestamp" in ended.stderr

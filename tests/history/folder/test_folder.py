"""`beeplace archive`: what remains of an event, whole or not at all, and the same whatever database it was in."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import apsw
import av
import numpy as np
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it brings no types
import pytest
from PIL import Image

from beeplace.board.changes.placement import Placement
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.reset import Reset
from beeplace.board.changes.resize import Resize, Size
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.rules import Action
from beeplace.errors import StoreUnavailable
from beeplace.gateway.http.pages import folder as site
from beeplace.history.folder.write import write_folder
from tests.closed_store import archive, closed_store
from tests.e2e.process import begin_beeplace, run_beeplace
from tests.history.folder.reader import boards, index, lines, unpacked
from tests.history.long_log import at_ms, board, pixels, write_long_log
from tests.log.samples import BOB, HEIGHT, NO_LIMIT, ORGANISER, STORES, WIDTH, Session, fill, placement
from tests.waiting import wait_until

PLAYER = site() / "archive"
ROWS, SIZE = 65_536 + 3_000, 64
FILES = {
    "SHA256SUMS", "actions.json", "heatmap.png", "history", "index.html", "log.parquet", "picture-print.png",
    "picture-screen.png", "picture.png", "poster.pdf", "replay.html", "replay.js", "statistics.json", "style.css",
}  # fmt: skip


@pytest.fixture(params=sorted(STORES))
async def session(request: pytest.FixtureRequest, tmp_path: Path) -> Session:
    """A closed store with a bit of everything in it."""
    return await closed_store(tmp_path / "drawn", request.param)


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a long log."""
    place = tmp_path_factory.mktemp("evening")
    asyncio.run(write_long_log(place / "board.db", ROWS, SIZE))
    ended = run_beeplace(place, "archive", "kept", "--film", "0", DATABASE_URL=f"sqlite:///{place}/board.db")
    assert (ended.returncode, ended.stderr) == (0, "")
    return place / "kept"


def picture(path: Path) -> tuple[tuple[int, int], bytes]:
    """Its size, and a colour index for each dot."""
    with Image.open(path) as opened:
        assert opened.mode == "P"
        return opened.size, opened.tobytes()


async def test_a_folder_has_all_of_the_log_and_the_board(session: Session, tmp_path: Path) -> None:
    done = await write_folder(archive(session), tmp_path / "kept", PLAYER, film_seconds=0)
    await session.open()
    log, state, pixels = await session.log(), session.board.state, bytes(session.board.pixels)
    await session.store.close()
    kept = tmp_path / "kept"
    assert {path.name for path in kept.iterdir()} == FILES
    assert (done.epoch, done.seq) == (state.epoch, state.seq)
    assert [(line.seq, line.at_ms) for line in lines(kept)] == [(entry.seq, entry.at_ms) for entry in log]
    [*_, last] = boards(kept)
    assert last == (state.seq, WIDTH, pixels)
    assert picture(kept / "picture.png") == ((WIDTH, HEIGHT), pixels)
    assert pq.read_metadata(kept / "log.parquet").num_rows == state.seq
    actions = json.loads((kept / "actions.json").read_text())
    made = [entry for entry in log if entry.action is not None]
    assert [(one["action"], one["kind"]) for one in actions] == [
        (entry.action, entry.change.NAME.replace("_", "-")) for entry in made
    ]
    assert [m["seq"] for m in index(kept)["moments"]] == [entry.seq for entry in made]
    figures = json.loads((kept / "statistics.json").read_text())
    placed = [entry for entry in log if isinstance(entry.change, Placement)]
    assert (figures["placements"], figures["people"], figures["seq"]) == (
        len(placed), len({entry.identity for entry in placed}), state.seq,
    )  # fmt: skip


async def test_a_folder_has_a_film(session: Session, tmp_path: Path) -> None:
    await write_folder(archive(session), tmp_path / "kept", PLAYER, film_seconds=0.1)
    assert {path.name for path in (tmp_path / "kept").iterdir()} == FILES | {"film.mp4"}
    with av.open(str(tmp_path / "kept" / "film.mp4")) as film:
        assert (film.duration, film.streams.video[0].frames) == (100_000, 6)
    assert '<a href="film.mp4">' in (tmp_path / "kept" / "index.html").read_text()


async def test_the_longest_standing_pixels_are_those_of_this_epoch(session: Session, tmp_path: Path) -> None:
    await write_folder(archive(session), tmp_path / "kept", PLAYER, film_seconds=0)
    await session.open()
    versions = np.frombuffer(b"".join(session.board.bitmap.versions.pieces([range(WIDTH * HEIGHT)])), np.uint64)
    log = {entry.seq: entry.at_ms for entry in await session.log()}
    placed = {(e.change.x, e.change.y) for e in await session.log() if isinstance(e.change, Placement)}
    await session.store.close()
    longest = json.loads((tmp_path / "kept" / "statistics.json").read_text())["longest"]
    assert longest
    wanted = sorted(
        (int(versions[y * WIDTH + x]), x, y, log[int(versions[y * WIDTH + x])])
        for x, y in placed if versions[y * WIDTH + x]
    )  # fmt: skip
    assert [(one["seq"], one["x"], one["y"], one["at"]) for one in longest] == wanted[:10]


async def test_ten_epochs_three_palettes_and_two_sizes_are_played(tmp_path: Path) -> None:
    session = Session(tmp_path / "drawn", settings=NO_LIMIT)
    await session.open()
    many = Palette(tuple(f"#{n:02X}{255 - n:02X}{n:02X}" for n in range(256)))
    some = Palette(many.colors[:200])
    seen: dict[int, bytes] = {}

    async def draw(colors: int) -> None:
        for n in range(3):
            await session.place(placement(n, n % HEIGHT, (7 * n + colors - 1) % colors, by=BOB))
            seen[session.board.state.seq] = bytes(session.board.pixels)

    await draw(4)
    await session.act(Action(Recolor(some), ORGANISER, epoch="e1"))
    await draw(200)
    await session.act(Action(Recolor(many, by_organiser=True), ORGANISER, epoch="e2"))
    await draw(256)
    sizes = [Size(WIDTH, HEIGHT), Size(12, 10), Size(8, 11)]
    for number, (before, after) in enumerate([(sizes[0], sizes[1]), (sizes[1], sizes[2])]):
        await session.act(Action(Resize.to(after, before), ORGANISER, epoch=f"size{number}", before=bytes(100)))
        await draw(256)
    for number in range(5):
        await session.act(fill(Area(1, 1, 3, 3), 250, before=bytes(9)))
        await draw(256)
        size = session.board.state
        empty = Reset(Area(0, 0, size.width, size.height))
        await session.act(Action(empty, ORGANISER, epoch=f"empty{number}", before=bytes(session.board.pixels)))
        await draw(256)
    state = session.board.state
    await session.store.close()

    await write_folder(archive(session), tmp_path / "kept", PLAYER, film_seconds=0)
    epochs = index(tmp_path / "kept")["epochs"]
    assert len(epochs) == 10
    assert {len(epoch["colors"]) for epoch in epochs} == {4, 200, 256}
    played = {seq: pixels for seq, _, pixels in boards(tmp_path / "kept")}
    assert {seq: played[seq] for seq in seen} == seen
    assert picture(tmp_path / "kept" / "picture.png") == ((state.width, state.height), played[state.seq])
    with Image.open(tmp_path / "kept" / "picture.png") as opened:
        assert bytes(opened.getpalette() or b"")[:768] == many.rgb()


def test_checkpoints_and_pieces_are_those_of_the_log(evening: Path) -> None:
    told = index(evening)
    assert [(piece["after"], piece["to"]) for piece in told["pieces"]] == [(0, 65_536), (65_536, ROWS)]
    [checkpoint] = told["checkpoints"]
    assert unpacked(evening, checkpoint["url"]) == board(ROWS, SIZE, checkpoint["seq"])
    assert [(line.at_ms, [int(field) for field in line.fields]) for line in lines(evening)] == [
        (at_ms(seq), list(pixel)) for seq, pixel in enumerate(pixels(ROWS, SIZE), 1)
    ]


def test_the_pictures_have_three_sizes_of_whole_dots(evening: Path) -> None:
    final = np.frombuffer(board(ROWS, SIZE, ROWS), np.uint8).reshape(SIZE, SIZE)
    for name, factor in (("picture.png", 1), ("picture-screen.png", 32), ("picture-print.png", 128)):
        size, dots = picture(evening / name)
        assert size == (factor * SIZE, factor * SIZE)
        wide = final.repeat(factor, 0).repeat(factor, 1)
        assert dots == wide.tobytes()


def test_the_figures_equal_a_slow_count(evening: Path) -> None:
    figures = json.loads((evening / "statistics.json").read_text())
    log = pixels(ROWS, SIZE)
    colors = Counter(color for _, _, color in log)
    assert figures["placements"] == ROWS
    assert figures["colors"] == [colors[color] for color in range(16)]
    most = Counter((x, y) for x, y, _ in log).most_common(1)[0][1]
    assert figures["contested"][0]["placements"] == most
    minutes = Counter(at_ms(seq) // 60_000 * 60_000 for seq in range(1, ROWS + 1))
    assert [(one["at"], one["placements"]) for one in figures["perMinute"]] == sorted(minutes.items())


def test_the_checksums_are_those_of_sha256sum(evening: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=evening, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    files = {path.relative_to(evening).as_posix() for path in evening.rglob("*") if path.is_file()}
    assert {line.removesuffix(": OK") for line in done.stdout.splitlines()} == files - {"SHA256SUMS"}


async def test_two_folders_of_one_log_are_the_same(session: Session, tmp_path: Path) -> None:
    for name in ("one", "two"):
        await write_folder(archive(session), tmp_path / name, PLAYER, film_seconds=0)
    assert (tmp_path / "one" / "SHA256SUMS").read_text() == (tmp_path / "two" / "SHA256SUMS").read_text()


async def test_a_reason_is_text_and_never_a_part_of_the_page(tmp_path: Path) -> None:
    session = Session(tmp_path / "drawn")
    await session.open()
    act = fill(Area(1, 1, 2, 2), 1, before=bytes(4))
    await session.act(replace(act, reason="<script>alert(1)</script> & more"))
    await session.store.close()
    await write_folder(archive(session), tmp_path / "kept", PLAYER, film_seconds=0)
    html = (tmp_path / "kept" / "index.html").read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html
    assert "<script" not in html
    assert json.loads((tmp_path / "kept" / "actions.json").read_text())[0]["reason"].startswith("<script>")


async def test_an_evening_on_which_nobody_drew_is_a_folder_too(tmp_path: Path) -> None:
    session = Session(tmp_path / "drawn")
    await session.open()
    await session.store.close()
    await write_folder(archive(session), tmp_path / "kept", PLAYER, film_seconds=0)
    told = index(tmp_path / "kept")
    assert (told["seq"], told["pieces"], len(told["epochs"])) == (0, [], 1)
    assert picture(tmp_path / "kept" / "picture.png") == ((WIDTH, HEIGHT), bytes(WIDTH * HEIGHT))
    assert "Nobody drew." in (tmp_path / "kept" / "index.html").read_text()


def test_what_has_the_name_already_stays(evening: Path) -> None:
    url = f"sqlite:///{evening.parent}/board.db"
    before = (evening / "SHA256SUMS").read_bytes()
    ended = run_beeplace(evening.parent, "archive", "kept", "--film", "0", DATABASE_URL=url)
    assert (ended.returncode, ended.stderr) == (74, "beeplace: there is something of that name already: kept\n")
    assert (evening / "SHA256SUMS").read_bytes() == before
    (evening.parent / "file").write_text("mine")
    assert run_beeplace(evening.parent, "archive", "file", "--film", "0", DATABASE_URL=url).returncode == 74
    assert (evening.parent / "file").read_text() == "mine"


def names(folder: Path) -> set[str]:
    """What is in it, but for what SQLite makes while it reads."""
    return {path.name for path in folder.iterdir() if not path.name.endswith(("-shm", "-wal"))}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_command_leaves_nothing(evening: Path, number: signal.Signals) -> None:
    place, before = evening.parent, names(evening.parent)
    database = f"sqlite:///{place}/board.db"
    with begin_beeplace(place, "archive", "stopped", "--film", "0", DATABASE_URL=database) as process:
        wait_until(lambda: bool(names(place) - before))
        process.send_signal(number)
        assert process.stderr
        assert (process.stderr.read(), process.wait()) == (b"beeplace: stopped; nothing is left of it\n", 130)
    assert names(place) == before


def test_a_disk_that_takes_no_more_is_one_line(evening: Path) -> None:
    place, before = evening.parent, names(evening.parent)
    command = [
        "sh",
        "-c",
        'ulimit -f 200; exec "$@"',
        "sh",
        sys.executable,
        "-m",
        "beeplace",
        "archive",
        "full",
        "--film",
        "0",
    ]
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{place}/board.db"}
    ended = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 74
    assert ended.stderr.startswith("beeplace: File too large")
    assert ended.stderr.count("\n") == 1
    assert names(place) == before


def test_a_folder_that_cannot_be_written_is_one_line(evening: Path) -> None:
    ended = run_beeplace(
        evening.parent, "archive", "nowhere/kept", "--film", "0", DATABASE_URL=f"sqlite:///{evening.parent}/board.db"
    )
    assert (ended.returncode, ended.stderr.count("\n")) == (66, 1)
    assert "nowhere" in ended.stderr


async def test_a_log_with_a_hole_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    session = await closed_store(tmp_path / "drawn")
    db = apsw.Connection(str(tmp_path / "drawn" / "board.db"))
    db.execute("DELETE FROM log WHERE seq = 4")
    db.close()
    with pytest.raises(StoreUnavailable, match="damaged after entry 3"):
        await write_folder(archive(session), tmp_path / "kept", PLAYER, film_seconds=0)
    assert names(tmp_path) == {"drawn"}

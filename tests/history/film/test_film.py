"""`beeplace film`: each frame is the log's replay at its moment, the length is exact, and nothing is half done."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.resize import Resize, Size
from beeplace.board.geometry import Area
from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.board.rules import Action
from beeplace.errors import FilmRefused
from beeplace.history.film.make import make_film
from beeplace.history.film.plan import FilmOptions, layout
from tests.closed_store import archive
from tests.e2e.process import begin_beeplace, run_beeplace
from tests.history.long_log import at_ms, board, write_long_log
from tests.log.samples import HEIGHT, NO_LIMIT, ORGANISER, WIDTH, Session, fill, placement
from tests.waiting import wait_until

ROWS, SIZE = 20_000, 16
COLORS = np.array([list(bytes.fromhex(color[1:])) for color in THESIS_COLORS], np.int64)
Dots = NDArray[np.uint8]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of a long log."""
    place = tmp_path_factory.mktemp("evening")
    asyncio.run(write_long_log(place / "board.db", ROWS, SIZE))
    return place


def decoded(path: Path) -> tuple[list[Dots], float]:
    """All frames as RGB, and for how long they are shown, by another reader than the writer where there is one."""
    if path.suffix == ".mp4":
        with av.open(str(path)) as file:
            frames = [frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False) for frame in file.decode(video=0)]
            assert file.duration is not None
            return frames, file.duration / 1_000_000
    frames, shown_ms = [], 0.0
    with Image.open(path) as file:
        for number in range(getattr(file, "n_frames", 1)):
            file.seek(number)
            frames.append(np.array(file.convert("RGB")))
            shown_ms += float(file.info["duration"])
    return frames, shown_ms / 1000


def pixels_of(frame: Dots, area: Area, *, captions: bool) -> bytes:
    """The nearest colour of the middle of each pixel's square."""
    place = layout(area, (frame.shape[1], frame.shape[0]), captions=captions)
    factor = place.across // area.width
    ys = place.y + np.arange(area.height) * factor + factor // 2
    xs = place.x + np.arange(area.width) * factor + factor // 2
    dots = frame[ys[:, None], xs].astype(np.int64)
    return bytes(np.square(dots[:, :, None] - COLORS).sum(axis=3).argmin(axis=2).astype(np.uint8).tobytes())


def wanted(count: int, number: int, begin: int = 1, end: int = ROWS) -> bytes:
    """The board at the moment of a frame, of a film from one entry to another."""
    moment = at_ms(begin) + (at_ms(end) - at_ms(begin)) * number / max(1, count - 1)
    seq = int((moment - at_ms(0)) // (at_ms(1) - at_ms(0)))
    return board(ROWS, SIZE, seq)


@pytest.mark.parametrize("suffix", [".mp4", ".webp", ".gif", ".apng"])
async def test_each_frame_is_the_replay_at_its_moment(evening: Path, tmp_path: Path, suffix: str) -> None:
    path, area = tmp_path / f"film{suffix}", Area(0, 0, SIZE, SIZE)
    done = await make_film(archive(Session(evening)), path, FilmOptions(seconds=0.8, size=(128, 96)))
    frames, seconds = decoded(path)
    count = 48 if suffix == ".mp4" else 20
    assert (done.frames, done.width, done.height, len(frames)) == (count, 128, 96, count)
    assert seconds == pytest.approx(0.8, abs=0.001)
    for number, frame in enumerate(frames):
        assert frame.shape == (96, 128, 3)
        assert pixels_of(frame, area, captions=True) == wanted(count, number), number
    if suffix != ".mp4":
        assert {tuple(color) for color in frames[-1][:64, 32:96].reshape(-1, 3).tolist()} <= {
            tuple(color) for color in COLORS.tolist()
        }


async def test_a_part_of_the_board_from_one_moment_to_another(evening: Path, tmp_path: Path) -> None:
    path, area = tmp_path / "part.apng", Area(3, 5, 7, 4)
    wish = FilmOptions(0.4, at_ms(5_000), at_ms(6_000), area, (70, 40), captions=False)
    done = await make_film(archive(Session(evening)), path, wish)
    frames, _ = decoded(path)
    assert (done.width, done.height, len(frames)) == (70, 40, 10)
    for number, frame in enumerate(frames):
        whole = np.frombuffer(wanted(10, number, 5_000, 6_000), np.uint8).reshape(SIZE, SIZE)
        assert pixels_of(frame, area, captions=False) == whole[5:9, 3:10].tobytes()


async def test_one_frame_shows_the_end(evening: Path, tmp_path: Path) -> None:
    await make_film(archive(Session(evening)), tmp_path / "end.gif", FilmOptions(0.01, size=(64, 64), captions=False))
    frames, _ = decoded(tmp_path / "end.gif")
    assert [pixels_of(frame, Area(0, 0, SIZE, SIZE), captions=False) for frame in frames] == [board(ROWS, SIZE, ROWS)]


async def test_frames_of_all_palettes_and_sizes_are_exact(tmp_path: Path) -> None:
    """256 colours leave no room for those of the caption; a board that was smaller lies in the corner."""
    session = Session(tmp_path / "drawn", settings=NO_LIMIT)
    await session.open()
    many = Palette(tuple(f"#{n:02X}{255 - n:02X}{n // 2:02X}" for n in range(256)))
    await session.place(placement(0, 0, 3))
    await session.act(Action(Recolor(many), ORGANISER, epoch="second"))
    await session.act(fill(Area(0, 0, WIDTH, HEIGHT), 255, before=bytes(WIDTH * HEIGHT)))
    wide = Resize.to(Size(WIDTH + 3, HEIGHT), Size(WIDTH, HEIGHT))
    await session.act(Action(wide, ORGANISER, epoch="third"))
    for n in range(HEIGHT):
        await session.place(placement(n, n, 31 * n))
    final = np.frombuffer(bytes(session.board.pixels), np.uint8).reshape(HEIGHT, WIDTH + 3)
    await session.store.close()
    table = np.frombuffer(many.rgb(), np.uint8).reshape(-1, 3)
    for suffix in (".apng", ".gif", ".webp"):
        path = tmp_path / f"all{suffix}"
        await make_film(archive(session), path, FilmOptions(0.2, size=(48, 32), captions=False))
        frames, _ = decoded(path)
        assert np.array_equal(frames[-1], table[final].repeat(4, 0).repeat(4, 1)), suffix
        assert np.array_equal(frames[0][0, 0], [0x00, 0x00, 0xEA]), suffix
        assert np.array_equal(frames[0][0, -1], [13, 15, 19]), suffix  # where there was no board yet


def test_a_whole_factor_and_even_sides_whatever_is_asked_for() -> None:
    for area, size in ((Area(0, 0, 65, 33), None), (Area(0, 0, 9, 8), (101, 77)), (Area(0, 0, 4_096, 4_096), None)):
        place = layout(area, size, captions=True)
        assert (place.width % 2, place.height % 2, place.x % 2, place.y % 2, place.band % 2) == (0, 0, 0, 0, 0)
        assert place.x + place.across <= place.width
        assert place.y + place.down <= place.height - place.band
        if area.width < 1_000:
            assert (place.across % area.width, place.down % area.height) == (0, 0)
            assert place.across // area.width == place.down // area.height


async def test_the_caption_says_when(evening: Path, tmp_path: Path) -> None:
    for name, captions in (("with.gif", True), ("without.gif", False)):
        await make_film(
            archive(Session(evening)), tmp_path / name, FilmOptions(0.04, size=(320, 200), captions=captions)
        )
    with_caption, without = decoded(tmp_path / "with.gif")[0][0], decoded(tmp_path / "without.gif")[0][0]
    assert len(np.unique(with_caption[-16:].reshape(-1, 3), axis=0)) == 2
    assert len(np.unique(without[:, :2].reshape(-1, 3), axis=0)) == 1


async def test_what_no_film_could_show_is_refused(evening: Path, tmp_path: Path) -> None:
    session = Session(tmp_path / "drawn")
    await session.open()
    await session.store.close()
    with pytest.raises(FilmRefused, match="nobody has drawn"):
        await make_film(archive(session), tmp_path / "none.mp4", FilmOptions())
    with pytest.raises(FilmRefused, match="--to"):
        await make_film(archive(Session(evening)), tmp_path / "none.mp4", FilmOptions(end_ms=at_ms(0) - 1))
    assert [path.name for path in tmp_path.iterdir()] == ["drawn"]


@pytest.mark.parametrize(
    "given",
    [
        ["--out", "film.avi"], ["--out", "film"], ["--out", "a.mp4", "--seconds", "0"],
        ["--out", "a.mp4", "--seconds", "nan"], ["--out", "a.mp4", "--from", "yesterday"],
        ["--out", "a.mp4", "--from", "2026-06-01T22:00Z", "--to", "2026-06-01T21:00Z"],
        ["--out", "a.mp4", "--area", "1,2,0,4"], ["--out", "a.mp4", "--area", "4000,0,200,1"],
        ["--out", "a.mp4", "--size", "1920"], ["--out", "a.mp4", "--size", "9999x9999"], [],
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_is_one_line(
    tmp_path: Path, given: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["beeplace", "film", *given])
    from beeplace.__main__ import main  # noqa: PLC0415

    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr().err.count("\n")) == (64, 1)


def names(folder: Path) -> set[str]:
    """What is in it, but for what SQLite makes while it reads."""
    return {path.name for path in folder.iterdir() if not path.name.endswith(("-shm", "-wal"))}


def test_a_stopped_command_leaves_nothing_and_what_is_there_stays(evening: Path) -> None:
    (evening / "mine.mp4").write_text("mine")
    before, environment = names(evening), {**os.environ, "DATABASE_URL": f"sqlite:///{evening}/board.db"}
    command = ["film", "--out", "stopped.mp4", "--seconds", "3000", "--size", "64x64"]
    with begin_beeplace(evening, *command, DATABASE_URL=environment["DATABASE_URL"]) as process:
        wait_until(lambda: bool(names(evening) - before))
        process.send_signal(signal.SIGTERM)
        assert process.stderr
        assert (process.stderr.read(), process.wait()) == (b"beeplace: stopped; nothing is left of it\n", 130)
    assert names(evening) == before
    ended = run_beeplace(evening, "film", "--out", "mine.mp4", DATABASE_URL=environment["DATABASE_URL"])
    assert (ended.returncode, ended.stderr) == (74, "beeplace: there is a file of that name already: mine.mp4\n")
    assert (evening / "mine.mp4").read_text() == "mine"


def test_a_disk_that_takes_no_more_is_one_line(evening: Path) -> None:
    before = names(evening)
    command = [
        "sh",
        "-c",
        'ulimit -f 100; exec "$@"',
        "sh",
        sys.executable,
        "-m",
        "beeplace",
        "film",
        "--out",
        "full.mp4",
    ]
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{evening}/board.db"}
    ended = subprocess.run(
        [*command, "--seconds", "2"], cwd=evening, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 74
    assert ended.stderr.startswith("beeplace: File too large")
    assert ended.stderr.count("\n") == 1
    assert names(evening) == before

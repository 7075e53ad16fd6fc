"""`beeplace export --as pxls`: what the tools of Pxls's communities read, and what nobody can join."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from beeplace.board.changes.fill import Fill
from beeplace.board.changes.resize import Resize, Size
from beeplace.board.geometry import Area
from beeplace.board.rules import Action
from beeplace.board.state import LiveSettings
from beeplace.history.export.export import export
from beeplace.history.imports.import_log import import_log
from tests.closed_store import archive
from tests.history.export.exports import export_names
from tests.log.samples import BOB, HEIGHT, ORGANISER, PALETTE, WIDTH, Session


async def exported(session: Session, path: Path) -> list[list[str]]:
    await export(archive(session), path, "pxls")
    text = await asyncio.to_thread(path.read_text)
    return [line.split("\t") for line in text.splitlines()]


async def test_every_pixel_has_a_line(session: Session, tmp_path: Path) -> None:
    rows = await exported(session, tmp_path / "out")
    people = [(int(x), int(y), int(color)) for _, _, x, y, color, action in rows if action == "user place"]
    assert people == [(0, 0, 1), (1, 2, 2), (4, 5, 3), (4, 5, 1), (4, 5, 3)]
    actions = [action for *_, action in rows]
    assert (actions.count("console nuke"), actions.count("mod overwrite")) == (WIDTH * HEIGHT, 9 + 5)
    assert [tuple(map(int, row[2:5])) for row in rows[-5:]] == [
        (2, 3, 1), (3, 3, 1), (4, 3, 3), (2, 4, 3), (4, 4, 2),
    ]  # fmt: skip


async def test_who_has_the_key_finds_the_own_rows_and_others_find_none(session: Session, tmp_path: Path) -> None:
    rows = await exported(session, tmp_path / "out")
    people = await export_names(session)
    key = people.pxls_key(people.written(BOB))
    own = [row for row in rows if row[1] == hashlib.sha256(",".join((row[0], *row[2:5], key)).encode()).hexdigest()]
    assert [tuple(map(int, row[2:5])) for row in own] == [(0, 0, 1), (1, 2, 2)]
    assert BOB.hex() not in (tmp_path / "out").read_text()


async def test_what_comes_back_with_the_boards_size_has_lines(session: Session, tmp_path: Path) -> None:
    """A column is cut off and comes back: its pixels, in Pxls's form and in Reddit's; the cut itself has none."""
    await session.open()
    await session.act(Action(Fill(Area(WIDTH - 1, 3, 1, 2), 2), ORGANISER, before=bytes(2)))
    small, large = Size(WIDTH - 1, HEIGHT), Size(WIDTH, HEIGHT)
    cut = session.board.pixels[WIDTH - 1 :: WIDTH]
    await session.act(Action(Resize.to(small, large), ORGANISER, "5" * 16, before=bytes(cut)))
    seq = session.board.state.seq
    await session.act(Action(Resize.to(large, small, bytes(cut), seq), ORGANISER, "6" * 16))
    board = bytes(session.board.pixels)
    await session.store.close()
    drawn = bytearray(WIDTH * HEIGHT)
    rows = await exported(session, tmp_path / "out")
    for _, _, x, y, color, _ in rows:
        drawn[int(y) * WIDTH + int(x)] = int(color)
    assert bytes(drawn) == board
    assert [tuple(map(int, row[2:5])) for row in rows[-HEIGHT:]] == [
        (WIDTH - 1, y, cut[y]) for y in range(HEIGHT)
    ]  # fmt: skip
    await export(archive(session), tmp_path / "reddit", "reddit")
    places = [line.split(",", 3)[3] for line in (tmp_path / "reddit").read_text().splitlines()]
    assert places[-HEIGHT:] == [f'"{WIDTH - 1},{y}"' for y in range(HEIGHT)]


async def test_an_import_of_it_is_the_same_board(session: Session, tmp_path: Path) -> None:
    first = await exported(session, tmp_path / "out")
    (tmp_path / "new").mkdir()
    copy = Session(tmp_path / "new", session.make)
    settings = LiveSettings(initial_color=1)
    await import_log(archive(copy), tmp_path / "out", "pxls", settings=settings, colors=PALETTE, told=print)
    again = await exported(copy, tmp_path / "again")
    assert [row[:1] + row[2:5] for row in again] == [row[:1] + row[2:5] for row in first]

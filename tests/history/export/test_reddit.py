"""`beeplace export --as reddit`: what the tools of Reddit's communities read."""

from __future__ import annotations

import asyncio
import base64
import csv
import hashlib
import io
from pathlib import Path

import pytest

from beeplace.history.export.export import export
from beeplace.history.export.reddit import moments, stretches
from tests.closed_store import archive
from tests.history.export.exports import export_names
from tests.log.samples import BOB, HEIGHT, PALETTE, WIDTH, Session


async def exported(session: Session, path: Path) -> list[dict[str, str]]:
    await export(archive(session), path, "reddit")
    text = await asyncio.to_thread(path.read_text)
    assert text.startswith("timestamp,user_id,pixel_color,coordinate\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_every_pixel_and_rectangle_has_a_line(session: Session, tmp_path: Path) -> None:
    white, red, green, blue = PALETTE.colors
    rows = await exported(session, tmp_path / "out")
    assert [(row["coordinate"], row["pixel_color"]) for row in rows] == [
        ("0,0", red), ("1,2", green), (f"0,0,{WIDTH - 1},{HEIGHT - 1}", white), ("4,5", blue), ("4,5", red),
        ("3,4,5,6", green), ("4,5", blue), ("2,3,3,3", red), ("4,3", blue), ("2,4", blue), ("4,4", green),
    ]  # fmt: skip


async def test_a_reader_that_paints_line_by_line_sees_the_board(session: Session, tmp_path: Path) -> None:
    pixels = bytearray(WIDTH * HEIGHT)
    for row in await exported(session, tmp_path / "out"):
        corners = [int(number) for number in row["coordinate"].split(",")]
        left, top, right, bottom = corners if len(corners) == 4 else corners * 2
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                pixels[y * WIDTH + x] = PALETTE.colors.index(row["pixel_color"])
    await session.open()
    board = bytes(session.board.pixels)
    await session.store.close()
    assert any(board)
    assert bytes(pixels) == board


async def test_a_person_is_the_sum_of_their_name_in_exports(session: Session, tmp_path: Path) -> None:
    rows = await exported(session, tmp_path / "out")
    bob = (await export_names(session)).written(BOB)
    name = base64.b64encode(hashlib.sha512(bob.encode()).digest()).decode()
    assert [rows[0]["user_id"], rows[1]["user_id"]] == [name, name]
    assert len(name) == 88
    assert len({row["user_id"] for row in rows}) == 3  # and Ann, and the organisers


@pytest.mark.parametrize(
    ("ms", "told"),
    [
        (1_649_033_631_577, "2022-04-04 00:53:51.577 UTC"),
        (1_649_033_631_570, "2022-04-04 00:53:51.57 UTC"),
        (1_649_033_631_500, "2022-04-04 00:53:51.5 UTC"),
        (1_649_033_630_000, "2022-04-04 00:53:50 UTC"),
        (0, "1970-01-01 00:00:00 UTC"),
    ],
)
def test_a_moment_has_no_more_digits_than_it_needs(ms: int, told: str) -> None:
    assert moments([ms]) == [told]


def test_a_run_over_the_end_of_a_row_is_a_stretch_for_each_row() -> None:
    assert list(stretches("p,10,20,3,3,2*-;5*1;0;-,0", ("#000000", "#111111"))) == [
        ("12,20", "#111111"), ("10,21,12,21", "#111111"), ("10,22", "#111111"), ("11,22", "#000000"),
    ]  # fmt: skip


def test_an_area_of_a_newer_version_is_a_rectangle() -> None:
    assert list(stretches("f,1,2,3,4,1,0", ("#000000", "#111111"))) == [("1,2,3,5", "#111111")]
    assert list(stretches("-,0", ("#000000",))) == []

"""The poster of an archive folder, read by Pillow's reader of PDFs."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFont
from PIL.PdfParser import PdfParser

from beeplace.board.changes.placement import Placement
from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.board.state import NAME
from beeplace.history.folder.pictures import PICTURES, write_pictures
from beeplace.history.folder.poster import write_poster
from beeplace.history.folder.write import write_folder
from tests.closed_store import archive, closed_store

MILLIMETRE = 72 / 25.4
TITLE, LINES = "Fête d’été", ("2026-06-01 18:00 – 2026-06-02 01:00 (UTC)", "5,000,000 placements by 1,234 people")
COLORS = Palette(THESIS_COLORS)
SIZES = [(48, 64), (500, 20), (1, 300), (1, 1)]


class Poster:
    """What a reader finds in a poster."""

    def __init__(self, path: Path) -> None:
        with PdfParser(str(path)) as pdf:
            [page] = [pdf.read_indirect(one) for one in pdf.pages]
            self.size = tuple(page[b"MediaBox"][2:])
            self.title = bytes(pdf.info[b"Title"]).decode("utf-16")
            self.drawn = bytes(pdf.read_indirect(page[b"Contents"]).buf).split(b"\n")
            self.picture = pdf.read_indirect(page[b"Resources"][b"XObject"][b"Board"])

    def texts(self) -> list[tuple[float, float, float, str]]:
        """Size, left, bottom and letters of each line."""
        lines = [line.split() for line in self.drawn[1:]]
        return [
            (float(w[2]), float(w[4]), float(w[5]), bytes.fromhex(w[7][1:-1].decode()).decode("cp1252")) for w in lines
        ]

    def box(self) -> tuple[float, float, float, float]:
        """Width, height, left and bottom of the picture."""
        words = self.drawn[0].split()
        return float(words[1]), float(words[4]), float(words[5]), float(words[6])

    def dots(self) -> Image.Image:
        """The picture: a PNG has the same rows under another header."""
        told: dict[bytes, Any] = self.picture.dictionary
        _, _, last, palette = told[b"ColorSpace"]
        assert len(palette) == 3 * (last + 1)
        header = struct.pack(">IIBBBBB", told[b"Width"], told[b"Height"], told[b"BitsPerComponent"], 3, 0, 0, 0)
        parts = [(b"IHDR", header), (b"PLTE", bytes(palette)), (b"IDAT", bytes(self.picture.buf)), (b"IEND", b"")]
        png = b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))
            for name, part in parts
        )
        return Image.open(BytesIO(png)).convert("RGB")


def poster(folder: Path, width: int, height: int, *, palette: Palette = COLORS, title: str = TITLE) -> Poster:
    pixels = bytes(n * 7 % len(palette) for n in range(width * height))
    write_pictures(folder, pixels, width, height, palette)
    write_poster(folder / "poster.pdf", folder / PICTURES[-1], title, LINES)
    return Poster(folder / "poster.pdf")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_poster_is_the_picture_for_print_on_a2(tmp_path: Path, width: int, height: int) -> None:
    made = poster(tmp_path, width, height)
    sides = [594, 420] if width > height else [420, 594]
    assert made.size == pytest.approx([side * MILLIMETRE for side in sides], abs=0.01)
    across, up, left, bottom = made.box()
    assert across / up == pytest.approx(width / height, rel=0.01)
    assert min(left, bottom, made.size[0] - left - across, made.size[1] - bottom - up) > 0
    with Image.open(tmp_path / PICTURES[-1]) as print_picture:
        assert made.dots().tobytes() == print_picture.convert("RGB").tobytes()
    assert made.title == TITLE
    assert [text for _, _, _, text in made.texts()] == [TITLE, *LINES]
    downs = [bottom, *(down for _, _, down, _ in made.texts()), 0]
    assert downs == sorted(downs, reverse=True)


def test_a_poster_has_a_palette_of_256_colours(tmp_path: Path) -> None:
    many = Palette(tuple(f"#{n:02X}{255 - n:02X}{n:02X}" for n in range(256)))
    made = poster(tmp_path, 32, 32, palette=many)
    with Image.open(tmp_path / PICTURES[-1]) as print_picture:
        assert made.dots().tobytes() == print_picture.convert("RGB").tobytes()


async def test_a_folder_has_a_poster_of_its_last_board(tmp_path: Path) -> None:
    session = await closed_store(tmp_path / "drawn", "sqlite")
    player = tmp_path / "player"
    player.mkdir()
    await write_folder(archive(session), tmp_path / "kept", player, film_seconds=0)
    await session.open()
    placed = [entry for entry in await session.log() if isinstance(entry.change, Placement)]
    await session.store.close()
    made = Poster(tmp_path / "kept" / "poster.pdf")
    with Image.open(tmp_path / "kept" / PICTURES[-1]) as print_picture:
        assert made.dots().tobytes() == print_picture.convert("RGB").tobytes()
    people = len({entry.identity for entry in placed})
    assert made.texts()[0][-1] == NAME
    assert made.texts()[-1][-1] == f"{len(placed)} placements by {people} people"
    page = (tmp_path / "kept" / "index.html").read_text()
    assert '<a href="poster.pdf">' in page
    assert made.texts()[1][-1] in page


def test_a_long_name_stays_on_the_sheet(tmp_path: Path) -> None:
    made = poster(tmp_path, 64, 64, title="W" * 100)
    size, left, _, text = made.texts()[0]
    assert left + ImageFont.load_default(100).getlength(text) * size / 100 < made.size[0]


def test_a_name_in_other_letters_is_in_the_title_alone(tmp_path: Path) -> None:
    name = "Łódź 夏 🐝"
    made = poster(tmp_path, 64, 64, title=name)
    assert made.title == name
    assert [text for _, _, _, text in made.texts()] == list(LINES)


def test_posters_of_one_picture_are_equal(tmp_path: Path) -> None:
    poster(tmp_path, 64, 64)
    first = (tmp_path / "poster.pdf").read_bytes()
    poster(tmp_path, 64, 64)
    assert (tmp_path / "poster.pdf").read_bytes() == first

"""The board as a PNG: exact, as decoders read it, and no larger and no slower than an indexed one without filters."""

from __future__ import annotations

import io
import random
import struct
import time
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.gateway.http.png import png

SIDE = 512
THESIS = Palette(tuple(THESIS_COLORS))


def palette(colors: int) -> Palette:
    return Palette(tuple(f"#{number * 65_000:06X}" for number in range(colors)))


def drawn(share: float) -> bytes:
    """A board of which so much was placed on, anywhere."""
    chance, pixels = random.Random(1), bytearray(SIDE * SIDE)
    for _ in range(int(len(pixels) * share)):
        pixels[chance.randrange(len(pixels))] = chance.randrange(len(THESIS_COLORS))
    return bytes(pixels)


def without_filters(pixels: bytes, scale: int) -> bytes:
    """What a plain encoder writes for 16 colours: rows of four bits a pixel, filter type 0, zlib's default level."""
    rows = bytearray()
    for start in range(0, len(pixels), SIDE):
        wide = [index for index in pixels[start : start + SIDE] for _ in range(scale)]
        row = bytes(left << 4 | right for left, right in zip(wide[::2], wide[1::2], strict=True))
        rows += (b"\0" + row) * scale
    return bytes(rows)


@pytest.mark.parametrize("colors", [2, 3, 4, 5, 16, 17, 256])
@pytest.mark.parametrize("scale", [1, 2, 3])
@pytest.mark.parametrize("width", [8, 9, 11])
def test_every_pixel_has_its_colour(colors: int, scale: int, width: int) -> None:
    chance, height = random.Random(colors), 5
    given = palette(colors)
    pixels = bytes(chance.choices(range(colors), k=width * height))
    image = Image.open(io.BytesIO(png(pixels, width, height, given, scale)))
    assert (image.size, image.mode) == ((width * scale, height * scale), "P")
    expected = Image.new("RGB", image.size)
    for offset, index in enumerate(pixels):
        x, y = offset % width * scale, offset // width * scale
        expected.paste(given[index], (x, y, x + scale, y + scale))
    assert image.convert("RGB").tobytes() == expected.tobytes()


@pytest.mark.parametrize("scale", [1, 2, 4])
@pytest.mark.parametrize("share", [0.02, 0.3, 3.0])
def test_it_is_no_larger_than_without_filters(share: float, scale: int) -> None:
    pixels = drawn(share)
    plain = zlib.compress(without_filters(pixels, scale))
    assert len(png(pixels, SIDE, SIDE, THESIS, scale)) < len(plain) * 1.03 + 200


def test_it_takes_no_longer_than_compressing_it_does() -> None:
    """In CPU time, the best of some tries: making the rows is little beside zlib's work on them."""
    pixels = drawn(0.3)
    rows = without_filters(pixels, 1)

    def seconds(work: Callable[[], bytes]) -> float:
        began = time.thread_time()
        work()
        return time.thread_time() - began

    ours = min(seconds(lambda: png(pixels, SIDE, SIDE, THESIS, 1)) for _ in range(7))
    plain = min(seconds(lambda: zlib.compress(rows)) for _ in range(7))
    assert ours < plain * 2


def test_its_chunks_are_those_of_the_standard() -> None:
    body, kinds, at = png(bytes(64), 8, 8, THESIS, 1), [], 8
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    while at < len(body):
        [length], kind = struct.unpack(">I", body[at : at + 4]), body[at + 4 : at + 8]
        [check] = struct.unpack(">I", body[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(body[at + 4 : at + 8 + length])
        kinds.append(kind)
        at += 12 + length
    assert kinds == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]

"""Pictures of an archive folder: the board at the end in three sizes, and its heat map."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import Image

from beeplace.board.palette import Palette

SCREEN_DOTS: Final = 2_048  # of the longer side of the picture for screens, at most
PRINT_DOTS: Final = 8_192  # the same of the one for print
PICTURES: Final = ("picture.png", "picture-screen.png", "picture-print.png")


def write_pictures(folder: Path, pixels: bytes | bytearray, width: int, height: int, palette: Palette) -> None:
    """One dot a pixel; as large as a screen; and as large as a poster. Pixels are squares of whole dots.

    A board that is larger than a screen is made smaller for it.
    """
    plain = indexed(pixels, width, height, palette)
    plain.save(folder / PICTURES[0], optimize=False)
    for name, dots in zip(PICTURES[1:], (SCREEN_DOTS, PRINT_DOTS), strict=True):
        sized(plain, dots).save(folder / name, optimize=False)


def indexed(pixels: bytes | bytearray, width: int, height: int, palette: Palette) -> Image.Image:
    """A picture with one dot a pixel, in the colours of a palette."""
    picture = Image.frombytes("P", (width, height), bytes(pixels))
    picture.putpalette(palette.rgb())
    return picture


def sized(picture: Image.Image, dots: int) -> Image.Image:
    """By the largest whole factor with which its longer side has at most so many dots; smaller where it has more."""
    longer = max(picture.size)
    if longer > dots:
        size = (max(1, picture.width * dots // longer), max(1, picture.height * dots // longer))
        return picture.convert("RGB").resize(size, Image.Resampling.BOX)
    factor = dots // longer
    return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)

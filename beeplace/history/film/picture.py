"""A frame as colour indices, one a dot: the board in squares of whole dots, and the caption below it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from beeplace.board.palette import Palette
from beeplace.history.film.plan import Layout
from beeplace.log.pieces.columns import Bytes

_COLORS: Final = 256
_DARK, _LIGHT = (13, 15, 19), (232, 234, 240)
_TEXT_PART: Final = 0.6  # of the caption's height


class FrameColors:
    """A palette with a dark and a light colour beside the board's; where it has no room, its own nearest ones."""

    def __init__(self, palette: Palette) -> None:
        self.rgb: Bytes = np.zeros((_COLORS, 3), np.uint8)
        self.rgb[: len(palette)] = np.frombuffer(palette.rgb(), np.uint8).reshape(-1, 3)
        self._used = len(palette)
        self.dark, self.light = self._place(_DARK), self._place(_LIGHT)

    def _place(self, color: tuple[int, int, int]) -> int:
        if self._used < _COLORS:
            self.rgb[self._used] = color
            self._used += 1
            return self._used - 1
        return int(np.square(self.rgb.astype(np.int64) - color).sum(axis=1).argmin())


class FramePainter:
    """Paints frames of one layout. A frame stays as it is until the next."""

    def __init__(self, place: Layout) -> None:
        self._place = place
        self._dots: Bytes = np.zeros((place.height, place.width), np.uint8)
        area = place.area
        self._rows, self._columns = _nearest(area.height, place.down), _nearest(area.width, place.across)

    def paint(self, pixels: Bytes, colors: FrameColors, caption: str) -> Bytes:
        """The frame of a board."""
        place, area, dots = self._place, self._place.area, self._dots
        dots[:] = colors.dark
        there = pixels[area.y : area.y + area.height, area.x : area.x + area.width]
        if there.shape != (area.height, area.width):  # the board is smaller now than at another time
            whole = np.full((area.height, area.width), colors.dark, np.uint8)
            whole[: there.shape[0], : there.shape[1]] = there
            there = whole
        dots[place.y : place.y + place.down, place.x : place.x + place.across] = self._scaled(there)
        if place.band:
            dots[place.height - place.band :][_written(caption, place.width, place.band)] = colors.light
        return dots

    def _scaled(self, pixels: Bytes) -> Bytes:
        """By the nearest pixel; a whole factor is a copy of rows and columns."""
        place, area = self._place, self._place.area
        if place.across % area.width == 0 and place.down == place.across // area.width * area.height:
            factor = place.across // area.width
            spread = np.broadcast_to(pixels[:, None, :, None], (area.height, factor, area.width, factor))
            return spread.reshape(place.down, place.across)
        return pixels[self._rows[:, None], self._columns]


def _nearest(pixels: int, dots: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return (np.arange(dots) * pixels + pixels // 2) // dots


@lru_cache(maxsize=2)
def _written(text: str, width: int, height: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Where the letters are, in the middle of a band."""
    band = Image.new("1", (width, height))
    draw = ImageDraw.Draw(band)
    draw.fontmode = "1"
    font = ImageFont.load_default(max(8, int(height * _TEXT_PART)))
    draw.text((width / 2, height / 2), text, fill=1, font=font, anchor="mm")
    return np.array(band, bool)

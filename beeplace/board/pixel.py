"""Positions on a board: one pixel and a rectangle of them."""

from __future__ import annotations

from dataclasses import dataclass

SMALLEST_SIDE = 8
LARGEST_SIDE = 4096


@dataclass(frozen=True, slots=True)
class Pixel:
    """A position and its colour index; what is inside a board only the rules say."""

    x: int
    y: int
    color: int


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of pixels: its first corner and its size, both at least one pixel."""

    x: int
    y: int
    width: int
    height: int

    def rows(self, board_width: int) -> list[range]:
        """The offsets (y * board_width + x) of the area, one range a row."""
        first = self.y * board_width + self.x
        return [range(o, o + self.width) for o in range(first, first + self.height * board_width, board_width)]

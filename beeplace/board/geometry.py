"""Positions on a board: one pixel and a rectangle of them."""

from __future__ import annotations

from typing import NamedTuple

SMALLEST_SIDE = 8
LARGEST_SIDE = 4096


class Pixel(NamedTuple):
    """A position and its colour index; what is inside a board only the rules say.

    A named tuple like the others on a placement's way: made in a third of a frozen dataclass's time.
    """

    x: int
    y: int
    color: int


class Area(NamedTuple):
    """A rectangle of pixels: its first corner and its size, both at least one pixel."""

    x: int
    y: int
    width: int
    height: int

    def rows(self, board_width: int) -> list[range]:
        """The offsets (y * board_width + x) of the area, one range a row."""
        first = self.y * board_width + self.x
        return [range(o, o + self.width) for o in range(first, first + self.height * board_width, board_width)]

    def within(self, board_width: int, board_height: int) -> Area | None:
        """The part that lies on a board of some size; None where nothing does. No corner is less than 0."""
        width, height = min(self.width, board_width - self.x), min(self.height, board_height - self.y)
        return Area(self.x, self.y, width, height) if width > 0 and height > 0 else None

    def holds(self, x: int, y: int) -> bool:
        """Whether a position lies in the area."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


LARGEST_AREA = Area(0, 0, LARGEST_SIDE, LARGEST_SIDE)  # all of any board

"""A placement: one person gave one pixel a colour. Nearly every change is one, so it is the cheapest of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from beeplace.board.bitmap import Bitmap
from beeplace.board.changes.change import Change, Record, Stroke
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState


@dataclass(slots=True, unsafe_hash=True)  # not frozen: that takes three times as long to make, for each placement
class Placement(Change):
    """See the module's docstring."""

    NUMBER: ClassVar[int] = 1
    NAME: ClassVar[str] = "placement"

    x: int
    y: int
    color: int

    def record(self) -> Record:
        return Record(self.NUMBER, Area(self.x, self.y, 1, 1), self.color)

    @classmethod
    def read(cls, record: Record) -> Placement:
        if record.area is None or record.area.width != 1 or record.area.height != 1:
            raise ValueError("a placement has one pixel")
        return cls(record.area.x, record.area.y, record.color)

    @property
    def area(self) -> Area:
        return Area(self.x, self.y, 1, 1)

    @property
    def size(self) -> int:
        return 1

    def offsets(self, width: int) -> Sequence[range]:
        offset = self.y * width + self.x
        return (range(offset, offset + 1),)

    def single(self, width: int) -> tuple[int, int]:
        return self.y * width + self.x, self.color

    def strokes(self, width: int) -> tuple[Stroke]:
        offset = self.y * width + self.x
        return (Stroke(range(offset, offset + 1), bytes((self.color,))),)

    def paint(self, bitmap: Bitmap, width: int, seq: int) -> None:
        bitmap.set(self.y * width + self.x, self.color, seq)

    def draw(self, pixels: bytearray, width: int) -> None:
        pixels[self.y * width + self.x] = self.color

    def color_of(self, x: int, y: int) -> int | None:
        return self.color if (x, y) == (self.x, self.y) else None

    def fits(self, state: BoardState) -> bool:
        return 0 <= self.x < state.width and 0 <= self.y < state.height and 0 <= self.color < len(state.palette)

    def line(self, ms: int, epoch: str) -> str:  # noqa: ARG002  # a placement begins no epoch
        return f"{self.x},{self.y},{self.color},{ms}"

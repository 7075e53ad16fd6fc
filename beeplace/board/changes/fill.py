"""A fill: an organiser gave an area one colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from beeplace.board.bitmap import Bitmap
from beeplace.board.changes.change import Before, Change, Listed, Record, Stroke
from beeplace.board.changes.paste import restored
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState


@dataclass(frozen=True, slots=True)
class Fill(Change):
    """See the module's docstring."""

    NUMBER: ClassVar[int] = 2
    NAME: ClassVar[str] = "fill"

    filled: Area
    color: int

    def record(self) -> Record:
        return Record(self.NUMBER, self.filled, self.color)

    @classmethod
    def read(cls, record: Record) -> Fill:
        if record.area is None:
            raise ValueError("a fill has an area")
        return cls(record.area, record.color)

    @classmethod
    def listed(cls, record: Record) -> Listed:
        a = record.area
        return Listed(a, {"color": record.color, "changed": a.width * a.height} if a else {})

    @property
    def area(self) -> Area:
        return self.filled

    def strokes(self, width: int) -> Iterator[Stroke]:
        row = bytes((self.color,)) * self.filled.width
        return (Stroke(offsets, row) for offsets in self.filled.rows(width))

    def paint(self, bitmap: Bitmap, width: int, seq: int) -> None:
        bitmap.fill(self.filled.rows(width), self.color, seq)

    def color_of(self, x: int, y: int) -> int | None:
        return self.color if self.filled.holds(x, y) else None

    def fits(self, state: BoardState) -> bool:
        return state.holds(self.filled) and 0 <= self.color < len(state.palette)

    def line(self, ms: int, epoch: str) -> str:  # noqa: ARG002  # a fill begins no epoch
        a = self.filled
        return f"f,{a.x},{a.y},{a.width},{a.height},{self.color},{ms}"

    def undone(self, seq: int, before: Before) -> Change | None:
        return restored(self.filled, seq, before)

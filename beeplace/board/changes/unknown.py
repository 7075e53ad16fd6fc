"""A kind that this version does not know: a newer gateway wrote it. Shown by what every kind may have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from beeplace.board.changes.change import Change, Record, Stroke
from beeplace.board.changes.fill import Fill
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState


@dataclass(frozen=True, slots=True)
class Unknown(Change):
    """Paints its area in its colour, where it has one. `NUMBER` is in its record."""

    NAME: ClassVar[str] = "other"
    KNOWN: ClassVar[bool] = False

    written: Record

    def record(self) -> Record:
        return self.written

    @classmethod
    def read(cls, record: Record) -> Unknown:
        return cls(record)

    @property
    def area(self) -> Area | None:
        return self.written.area

    def strokes(self, width: int) -> Iterable[Stroke]:
        area = self.written.area
        return Fill(area, self.written.color).strokes(width) if area else ()

    def color_of(self, x: int, y: int) -> int | None:
        area = self.written.area
        return self.written.color if area and area.holds(x, y) else None

    def fits(self, state: BoardState) -> bool:
        area = self.written.area
        return area is None or (state.holds(area) and 0 <= self.written.color < len(state.palette))

    def line(self, ms: int, epoch: str) -> str:  # noqa: ARG002  # whether it begins an epoch is not known
        a = self.written.area
        return f"f,{a.x},{a.y},{a.width},{a.height},{self.written.color},{ms}" if a else f"-,{ms}"

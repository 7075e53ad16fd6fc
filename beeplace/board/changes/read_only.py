"""An organiser closed the drawing, or opened it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from beeplace.board.changes.change import Before, Change, Listed, Record, without_area
from beeplace.board.state import BoardState


@dataclass(frozen=True, slots=True)
class ReadOnly(Change):
    """Written down as colour 1 (closed) or 0 (open)."""

    NUMBER: ClassVar[int] = 4
    NAME: ClassVar[str] = "read_only"

    closed: bool

    def record(self) -> Record:
        return Record(self.NUMBER, None, int(self.closed))

    @classmethod
    def read(cls, record: Record) -> ReadOnly:
        if without_area(record).color not in (0, 1):
            raise ValueError("read-only is 0 or 1")
        return cls(bool(record.color))

    @classmethod
    def listed(cls, record: Record) -> Listed:
        return Listed(None, {"read_only": cls.read(record).closed})

    def state_after(self, state: BoardState) -> BoardState:
        return replace(state, read_only=self.closed)

    def undone(self, seq: int, before: Before) -> Change | None:  # noqa: ARG002  # it paints nothing
        if any(isinstance(change, ReadOnly) for change in before.later):
            return None
        return ReadOnly(before.state.read_only)

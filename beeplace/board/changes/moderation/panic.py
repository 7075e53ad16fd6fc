"""Panic: an organiser stopped the drawing and had all walls show the safe picture, or ended that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from beeplace.board.changes.change import Before, Change, Listed, Record, without_area
from beeplace.board.state import BoardState


@dataclass(frozen=True, slots=True)
class Panic(Change):
    """Written down as colour 1 (begun) or 0 (ended)."""

    NUMBER: ClassVar[int] = 14
    NAME: ClassVar[str] = "panic"

    begun: bool

    def record(self) -> Record:
        return Record(self.NUMBER, None, int(self.begun))

    @classmethod
    def read(cls, record: Record) -> Panic:
        if without_area(record).color not in (0, 1):
            raise ValueError("panic is 0 or 1")
        return cls(bool(record.color))

    @classmethod
    def listed(cls, record: Record) -> Listed:
        return Listed(None, {"begun": cls.read(record).begun})

    def state_after(self, state: BoardState) -> BoardState:
        return replace(state, moderation=replace(state.moderation, panic=self.begun))

    def undone(self, seq: int, before: Before) -> Change | None:  # noqa: ARG002  # it paints nothing
        if any(isinstance(change, Panic) for change in before.later):
            return None
        return Panic(before.state.moderation.panic)

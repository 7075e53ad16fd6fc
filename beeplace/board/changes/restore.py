"""A board that came out of a backup: its pixels stay, and a new epoch begins, so that nobody takes it for the old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from beeplace.board.changes.change import Change, Record, without_area


@dataclass(frozen=True, slots=True)
class Restore(Change):
    """Not undone: the board before it is in another database."""

    NUMBER: ClassVar[int] = 6
    NAME: ClassVar[str] = "restore"
    BEGINS_EPOCH: ClassVar[bool] = True

    def record(self) -> Record:
        return Record(self.NUMBER)

    @classmethod
    def read(cls, record: Record) -> Restore:
        without_area(record)
        return cls()

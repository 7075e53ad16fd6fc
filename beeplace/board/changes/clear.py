"""A clear: an organiser emptied an area, which got colour 0; no new epoch begins, as it would with a reset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from beeplace.board.changes.change import Record
from beeplace.board.changes.fill import Fill


@dataclass(frozen=True, slots=True)
class Clear(Fill):
    """Written down, painted and undone as the fill that it is."""

    NUMBER: ClassVar[int] = 11
    NAME: ClassVar[str] = "clear"

    color: int = 0

    @classmethod
    def read(cls, record: Record) -> Clear:
        if record.area is None or record.color != 0:
            raise ValueError("a clear has an area, and colour 0")
        return cls(record.area)

"""A ban with what those people had drawn taken back, in one entry: both happen, and are undone, together.

Where they had drawn nothing that is still to be seen, its rewind is of one pixel, which it keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from beeplace.board.changes.change import Before, Change, Listed, Record
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.restoration import listed_by_head, read_head
from beeplace.board.changes.rewind import Rewind
from beeplace.board.state import BoardState

_NO_SOURCES = b""  # of one that is in force by an undo, which alone says on what paths go on


@dataclass(frozen=True, slots=True)
class BanAndRewind(Rewind):
    """The head of its payload has the ban's as `ban`; people, whom the rewind is of, are named there alone."""

    NUMBER: ClassVar[int] = 18
    NAME: ClassVar[str] = Ban.NAME

    ban: Ban

    @classmethod
    def of(cls, ban: Ban, rewind: Rewind) -> BanAndRewind:
        """Both in one."""
        selection = {name: value for name, value in rewind.selection.items() if name != "people"}
        return cls(rewind.shown, rewind.left, rewind.told, selection, rewind.packed_sources, ban)

    def record(self) -> Record:
        told = orjson.loads(self.ban.record().payload or b"")
        return self._record({"selection": self.selection, "ban": told}, self.packed_sources)

    @classmethod
    def read(cls, record: Record) -> BanAndRewind:
        rewind = Rewind.read(record)
        return cls.of(_ban(read_head(record.payload)[0]), rewind)

    @classmethod
    def listed(cls, record: Record) -> Listed:
        area, fields = listed_by_head(record)
        of_ban = Ban.listed(_ban(read_head(record.payload)[0]).record())
        return Listed(area if fields.get("changed") else None, fields | of_ban.fields)

    @classmethod
    def read_state(cls, record: Record) -> Change:
        return _ban(read_head(record.payload)[0])

    @property
    def in_state(self) -> Change:
        return self.ban

    def state_after(self, state: BoardState) -> BoardState:
        return self.ban.state_after(state)

    def fits(self, state: BoardState) -> bool:
        """Also where nothing is left to give back."""
        return self.ban.fits(state) and self.shown.fits(state)

    def undone(self, seq: int, before: Before) -> Change | None:
        """Both back, or what of the two is still so."""
        pixels, ban = Rewind.undone(self, seq, before), self.ban.undone(seq, before)
        if isinstance(pixels, Paste) and isinstance(ban, Ban):
            return BanAndRewind(pixels, 0, (), {}, _NO_SOURCES, ban)
        return pixels or ban


def _ban(head: dict[str, Any]) -> Ban:
    """Raises ValueError."""
    return Ban.read(Record(Ban.NUMBER, payload=orjson.dumps(head.get("ban"))))

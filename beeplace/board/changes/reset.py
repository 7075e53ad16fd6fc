"""A reset: an organiser emptied the board; a new epoch begins, in which every pixel has colour 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from beeplace.board.changes.change import Before, Change, Record
from beeplace.board.changes.paste import Paste
from beeplace.board.geometry import Area


@dataclass(frozen=True, slots=True)
class Reset(Change):
    """`emptied` is the whole board, None where an older version did not write it down."""

    NUMBER: ClassVar[int] = 3
    NAME: ClassVar[str] = "reset"
    BEGINS_EPOCH: ClassVar[bool] = True
    EMPTIES: ClassVar[bool] = True

    emptied: Area | None = None

    def record(self) -> Record:
        return Record(self.NUMBER, self.emptied)

    @classmethod
    def read(cls, record: Record) -> Reset:
        return cls(record.area)

    @property
    def area(self) -> Area | None:
        return self.emptied

    def offsets(self, width: int) -> Sequence[range]:  # noqa: ARG002  # no pixel is newer than the epoch it begins
        return ()

    def color_of(self, x: int, y: int) -> int | None:  # noqa: ARG002  # each the same
        return 0

    def line(self, ms: int, epoch: str) -> str:
        return f"r,{ms},{epoch}"

    def undone(self, seq: int, before: Before) -> Change | None:
        """The picture before it, where nobody has drawn since."""
        if self.emptied is None or (found := before.on_board(self.emptied)) is None:
            return None
        here, pixels = found
        drawn = b"".join(before.bitmap.changed_after(row, seq) for row in here.rows(before.width))
        return Paste.over(here, pixels, drawn.translate(_OTHERS))


_OTHERS = b"\x01\x00" + bytes(254)

"""A safe picture: an organiser approved what walls hold from then on, and show when panic is pressed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import orjson

from beeplace.board.changes.change import Before, Change, Record, without_area
from beeplace.board.moderation import ApprovedPicture
from beeplace.board.state import BoardState

MAX_PICTURE_BYTES = 16_000_000
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class SafePicture(Change):
    """`png` is the picture. Without one, `earlier` names the entry that has it, or 0: there is none from here on.

    The payload is a line of JSON, {"armed": true, "earlier": 0}, and after it the PNG.
    """

    NUMBER: ClassVar[int] = 16
    NAME: ClassVar[str] = "safe_picture"

    png: bytes
    armed: bool = True
    earlier: int = 0

    def record(self) -> Record:
        head = orjson.dumps({"armed": self.armed, "earlier": self.earlier})
        return Record(self.NUMBER, payload=head + b"\n" + self.png)

    @classmethod
    def read(cls, record: Record) -> SafePicture:
        head, _, png = (without_area(record).payload or b"").partition(b"\n")
        told: Any = orjson.loads(head)
        if not isinstance(told, dict) or (type(told.get("armed")), type(told.get("earlier"))) != (bool, int):
            raise ValueError("a safe picture says whether walls are armed, and which picture it is")
        return cls(png, told["armed"], told["earlier"])

    def fits(self, state: BoardState) -> bool:
        if self.png:
            return self.png.startswith(PNG) and len(self.png) <= MAX_PICTURE_BYTES and self.earlier == 0
        return 0 <= self.earlier <= state.seq

    def state_after(self, state: BoardState) -> BoardState:
        seq = state.seq + 1 if self.png else self.earlier
        shown = ApprovedPicture(seq, self.armed) if seq else None
        return replace(state, moderation=replace(state.moderation, safe_picture=shown))

    def undone(self, seq: int, before: Before) -> Change | None:  # noqa: ARG002  # it paints nothing
        if any(isinstance(change, SafePicture) for change in before.later):
            return None
        earlier = before.state.moderation.safe_picture
        return SafePicture(b"", earlier.armed if earlier else True, earlier.seq if earlier else 0)

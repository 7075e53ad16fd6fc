"""A new palette: pixels keep their indices, and a new epoch begins, since they look different from here on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import orjson

from beeplace.board.changes.change import Before, Change, Record, without_area
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState


@dataclass(frozen=True, slots=True)
class Recolor(Change):
    """`palette` is None in what an older version wrote down: the epoch that begins here has it.

    The payload is a JSON array of #RRGGBB.
    """

    NUMBER: ClassVar[int] = 5
    NAME: ClassVar[str] = "palette"
    BEGINS_EPOCH: ClassVar[bool] = True

    palette: Palette | None = None

    def record(self) -> Record:
        return Record(self.NUMBER, payload=orjson.dumps(self.palette.colors) if self.palette else None)

    @classmethod
    def read(cls, record: Record) -> Recolor:
        payload = without_area(record).payload
        if payload is None:
            return cls()
        colors = orjson.loads(payload)
        if not isinstance(colors, list) or not all(isinstance(color, str) for color in colors):
            raise ValueError("a palette is an array of #RRGGBB")
        return cls(Palette(tuple(colors)))

    def state_after(self, state: BoardState) -> BoardState:
        return replace(state, palette=self.palette or state.palette)

    def undone(self, seq: int, before: Before) -> Change | None:  # noqa: ARG002  # the indices stay as they are
        return Recolor(before.state.palette)

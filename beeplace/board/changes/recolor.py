"""A new palette: pixels keep their indices, and a new epoch begins, since they look different from here on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import orjson

from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.change import Before, Change, Record, without_area
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState


@dataclass(frozen=True, slots=True)
class Recolor(Change):
    """`palette` is None in what an older version wrote down: the epoch that begins here has it.

    The payload is a JSON array of #RRGGBB where a gateway's start brought the palette in, and {"colors": array} where
    an organiser did, who only adds colours, so that what is on the board keeps its own. No environment changes that.
    """

    NUMBER: ClassVar[int] = 5
    NAME: ClassVar[str] = "palette"
    BEGINS_EPOCH: ClassVar[bool] = True

    palette: Palette | None = None
    by_organiser: bool = False

    def record(self) -> Record:
        if self.palette is None:
            return Record(self.NUMBER)
        colors = self.palette.colors
        return Record(self.NUMBER, payload=orjson.dumps({"colors": colors} if self.by_organiser else colors))

    @classmethod
    def read(cls, record: Record) -> Recolor:
        payload = without_area(record).payload
        if payload is None:
            return cls()
        colors = orjson.loads(payload)
        if by_organiser := isinstance(colors, dict):
            colors = colors.get("colors")
        if not isinstance(colors, list) or not all(isinstance(color, str) for color in colors):
            raise ValueError("a palette is an array of #RRGGBB")
        return cls(Palette(tuple(colors)), by_organiser)

    def fits(self, state: BoardState) -> bool:
        return not self.by_organiser or self.objection(state) is None

    def objection(self, state: BoardState) -> str | None:
        """Why an organiser's palette cannot be, in words; None where it can."""
        before = state.palette.colors
        if self.palette is None or self.palette.colors[: len(before)] != before or len(self.palette) == len(before):
            return "colors must begin with the present ones, which pixels have, and add others; see disabledColors"
        return None

    def state_after(self, state: BoardState) -> BoardState:
        settings = state.settings.chosen_by_organiser(("colors",)) if self.by_organiser else state.settings
        return replace(state, palette=self.palette or state.palette, settings=settings)

    def undone(self, seq: int, before: Before) -> Change | None:  # noqa: ARG002  # the indices stay as they are
        """Colours that were added may be on the board by now: they are disabled."""
        if not self.by_organiser or self.palette is None:
            return Recolor(before.state.palette)
        added = range(len(before.state.palette), len(self.palette))
        return Adjust((("disabledColors", sorted({*before.state.settings.disabled_colors, *added})),))

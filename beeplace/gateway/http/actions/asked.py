"""What is asked for in one action, and the checks that all kinds share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from beeplace.board.geometry import Area
from beeplace.board.state import BoardState
from beeplace.desk.selection import read_area
from beeplace.desk.take_back import Order, TakeBack
from beeplace.errors import BadRequest


@dataclass(frozen=True, slots=True)
class AskedAction:
    """One request: its fields beside `kind` and `reason`, the board as it is, who asks for it, and board time."""

    fields: dict[str, Any]
    state: BoardState
    order: Order
    desk: TakeBack
    now_ms: int

    def of(self, *needed: str, optional: tuple[str, ...] = ()) -> None:
        """Raises BadRequest where a field is missing, or is none of this kind's: it would be taken for done."""
        if missing := [name for name in needed if name not in self.fields]:
            raise BadRequest(422, f"this kind of action needs {missing[0]}")
        if unknown := sorted(self.fields.keys() - {*needed, *optional}):
            raise BadRequest(422, f"this kind of action has no field {unknown[0][:40]}")

    @property
    def area(self) -> Area:
        """The field `area`."""
        return read_area(self.fields["area"], self.state)

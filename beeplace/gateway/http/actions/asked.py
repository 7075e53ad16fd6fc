"""What every kind of action is carried out with, beside its own form."""

from __future__ import annotations

from dataclasses import dataclass

from beeplace.board.state import BoardState
from beeplace.desk.take_back import Order, TakeBack


@dataclass(frozen=True, slots=True)
class ActionSources:
    """The board as it is, who asks and why, board time, and whether there are tickets to come in by."""

    state: BoardState
    order: Order
    desk: TakeBack
    now_ms: int
    tickets: bool

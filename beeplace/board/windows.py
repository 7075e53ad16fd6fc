"""The windows of the allowance as one board in memory knows them: what is left, and which ones a decision looks up.

Only the log knows what others charged a moment ago. Times are board time.
"""

from __future__ import annotations

from collections.abc import Sequence

from beeplace.board.allowance import Allowance, Limits
from beeplace.board.board import Board
from beeplace.board.rules import PlacementRequest, window
from beeplace.board.state import BoardState


def left(board: Board, identity: bytes, now_ms: int) -> tuple[int, int]:
    """How many pixels an identity may still place, and the milliseconds until its window ends."""
    return board.state.settings.limits.left(board.allowances.get(identity), now_ms)


def left_there(board: Board, placement: PlacementRequest, now_ms: int) -> tuple[int, int]:
    """The same where somebody wishes to place a pixel: zones may have limits of their own."""
    used, limits = _used(board, placement, now_ms)
    return limits.left(used, now_ms)


def spent(board: Board, placement: PlacementRequest, now_ms: int) -> bool:
    """Whether there is nothing left there for sure."""
    used, limits = _used(board, placement, now_ms)
    return used is not None and limits.cooldown_ms > 0 and limits.charge(used, now_ms) is None


def needed(placements: Sequence[PlacementRequest], known: BoardState, now_ms: int) -> frozenset[bytes]:
    """Which ones a decision may ask for, also where a zone with limits of its own ends before it is made."""
    found = [p.identity for p in placements] if known.settings.cooldown_seconds else []
    if known.moderation.zones:
        found += [window(p, known, now_ms)[0] for p in placements]
    return frozenset(found)


def _used(board: Board, placement: PlacementRequest, now_ms: int) -> tuple[Allowance | None, Limits]:
    state, holder = board.state, placement.identity
    if not state.moderation.zones:
        return board.allowances.get(holder), state.settings.limits
    holder, limits = window(placement, state, now_ms)
    return board.allowances.get(holder), limits

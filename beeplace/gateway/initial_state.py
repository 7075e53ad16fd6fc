"""What clients are told of the settings when they join, under the names of the thesis; called by `app.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beeplace.board.board import Board
from beeplace.board.moderation import Moderation
from beeplace.board.state import BoardState, LiveSettings


def client_settings(
    board: Board, saving: Callable[[], bool], now_ms: Callable[[], int]
) -> Callable[[], dict[str, Any]]:
    """A function that tells them as they are now; `saving` says whether placements can be stored, `now_ms` is board
    time."""

    in_force, rules = ModerationFields(board, now_ms), RuleFields(board)

    def now() -> dict[str, Any]:
        return {**rules(), "readOnly": board.state.closed, **in_force(), "saving": saving()}

    return now


class RuleFields:
    """The fields of size, settings and palette, as clients get them: made anew where one of these is another."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._make(board.state)

    def __call__(self) -> dict[str, Any]:
        state, of = self._board.state, self._of
        same = state.settings is of.settings and state.palette is of.palette
        if not same or (state.width, state.height) != (of.width, of.height):
            self._make(state)
        return self._told

    def _make(self, state: BoardState) -> None:
        self._of = state
        self._told = {**size_fields(state), **told(state.settings), "colors": list(state.palette.colors)}


class ModerationFields:
    """The fields of what is in force, as clients get them: made anew where that changed, or something of it ended."""

    def __init__(self, board: Board, now_ms: Callable[[], int]) -> None:
        self._board, self._now_ms = board, now_ms
        self._make(board.state.moderation)

    def __call__(self) -> dict[str, Any]:
        moderation = self._board.state.moderation
        if moderation is not self._moderation or (self._end_ms is not None and self._now_ms() >= self._end_ms):
            self._make(moderation)
        return self._told

    def _make(self, moderation: Moderation) -> None:
        now_ms = self._now_ms()
        self._moderation, self._told = moderation, moderation.client_fields(now_ms)
        self._end_ms = moderation.next_end_ms(now_ms)


def size_fields(state: BoardState) -> dict[str, Any]:
    """The board's size; `canvasSize` is the thesis's word for a width that is also the height."""
    return {"canvasSize": state.width, "width": state.width, "height": state.height}


def told(settings: LiveSettings) -> dict[str, Any]:
    """The live settings that clients know of."""
    known = {name: value for name, value in settings.named().items() if name not in _OURS}
    return {**known, "entry": {"ways": list(settings.entry), "round": settings.wall_code_round}}


# Limits of the server, of no use to a client that keeps them, and what only concerns who shows codes.
_OURS = ("socketsPerIdentity", "eventsPerSecond", "entryHours", "wallCodeSeconds", "wallCodeRound")

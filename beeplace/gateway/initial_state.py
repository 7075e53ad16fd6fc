"""What clients are told of the settings when they join, under the names of the thesis; called by `app.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beeplace.board.board import Board
from beeplace.board.state import LiveSettings


def client_settings(
    board: Board, saving: Callable[[], bool], now_ms: Callable[[], int]
) -> Callable[[], dict[str, Any]]:
    """A function that tells them as they are now; `saving` says whether placements can be stored, `now_ms` is board
    time."""

    def now() -> dict[str, Any]:
        state = board.state
        return {
            "canvasSize": state.width,
            "width": state.width,
            "height": state.height,
            **told(state.settings),
            "colors": list(state.palette.colors),
            "readOnly": state.closed,
            **state.moderation.told(now_ms()),
            "saving": saving(),
        }

    return now


def told(settings: LiveSettings) -> dict[str, Any]:
    """The live settings that clients know of."""
    return {name: value for name, value in settings.named().items() if name not in _OURS}


_OURS = ("socketsPerIdentity", "eventsPerSecond")  # limits of the server, of no use to a client that keeps them

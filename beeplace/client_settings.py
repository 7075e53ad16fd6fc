"""What clients are told of the settings when they join, under the names of the thesis; called by `app.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beeplace.board.board import Board
from beeplace.settings import Settings


def client_settings(settings: Settings, board: Board, saving: Callable[[], bool]) -> Callable[[], dict[str, Any]]:
    """A function that tells them as they are now; `saving` says whether placements can be stored."""
    fixed = {
        "canvasSize": settings.board_width,
        "width": settings.board_width,
        "height": settings.board_height,
        "cooldown": settings.cooldown,
        "initialColor": settings.initial_color_index,
        "maxPixels": settings.max_pixels,
        "initialScale": settings.initial_scale,
        "minScale": settings.min_scale,
        "maxScale": settings.max_scale,
        "refreshRate": settings.board_refresh_rate,
    }
    return lambda: {
        **fixed,
        "colors": list(board.state.palette.colors),
        "readOnly": board.state.read_only,
        "saving": saving(),
    }

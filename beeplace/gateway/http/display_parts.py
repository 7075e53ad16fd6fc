"""The parts that the routes of the walls speak to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from beeplace.gateway.http.qr import QrCodes
from beeplace.history.delayed_board import DelayedBoard
from beeplace.history.earlier_boards import EarlierBoards
from beeplace.history.log_chunks import LogChunks
from beeplace.history.statistics import Statistics


@dataclass(frozen=True, slots=True)
class Displays:
    """Made by `app.py`; the routes read it."""

    delayed: DelayedBoard
    earlier: EarlierBoards
    blocks: LogChunks
    figures: Statistics
    codes: QrCodes
    wall_ms: Callable[[], int]  # UTC, milliseconds since 1970: the clock of the log's `at_ms`


DISPLAYS = web.AppKey("displays", Displays)

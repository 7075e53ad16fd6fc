"""The parts that the routes of the walls speak to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from beeplace.gateway.http.qr import QrCodes
from beeplace.history.delayed_board import Trail
from beeplace.history.earlier_boards import EarlierBoards
from beeplace.history.log_chunks import Blocks
from beeplace.history.statistics import Figures


@dataclass(frozen=True, slots=True)
class Displays:
    """Made by `app.py`; the routes read it."""

    trail: Trail
    earlier: EarlierBoards
    blocks: Blocks
    figures: Figures
    codes: QrCodes
    wall_ms: Callable[[], int]  # UTC, milliseconds since 1970: the clock of the log's `at_ms`


DISPLAYS = web.AppKey("displays", Displays)

"""The parts that the routes of the walls speak to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from beeplace.displays.blocks import Blocks
from beeplace.displays.earlier import EarlierBoards
from beeplace.displays.figures import Figures
from beeplace.displays.qr import QrCodes
from beeplace.displays.trail import Trail


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

"""What a browser of whatever engine must be able to do for the walk through the pages."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import aiohttp

START_SECONDS, ANSWER_SECONDS = 30.0, 30.0


class Driver(Protocol):
    """One window of a real browser."""

    name: str

    async def go(self, url: str) -> None:
        """Opens a page, and returns once it is loaded."""

    async def run(self, body: str) -> Any:
        """What the body of a function without arguments returns in the page."""

    async def press(self, x: float, y: float) -> None:
        """A short press at a point of the window, as a finger or a mouse does it."""


async def until_it_listens(session: aiohttp.ClientSession, url: str) -> None:
    """Returns when something answers there, whatever it says."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                async with session.get(url):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)


def presses(kind: str, x: float, y: float) -> list[dict[str, Any]]:
    """The actions of a press, in the words that WebDriver and WebDriver BiDi share."""
    steps: list[dict[str, Any]] = [
        {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0},
        {"type": "pointerDown", "button": 0},
        {"type": "pause", "duration": 50},
        {"type": "pointerUp", "button": 0},
    ]
    return [{"type": "pointer", "id": kind, "parameters": {"pointerType": kind}, "actions": steps}]

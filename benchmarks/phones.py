"""Clients that join by themselves, thousands in one process: they resume, and keep a board equal to the server's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.clients.phone import Phone


class LightPhone(Phone):
    """One client. It keeps its board over connections, as a page does; `told` is called after everything it hears."""

    def __init__(self, name: str, told: Callable[[LightPhone], None]) -> None:
        super().__init__("")
        self.name, self._told = name, told
        self.heard_at = 0.0
        self.settled = asyncio.Event()  # it is in, or refused, or its connection is lost
        self.follow(lambda *_: None)

    async def connect(self, port: int) -> None:
        """Opens a connection and asks to join; the rest follows by itself. Raises OSError."""
        self.url = f"http://127.0.0.1:{port}"
        self.settled.clear()
        await self.open()
        self.request("join", {"fingerprint": self.name, **self.canvas.wanted()}, then=self.begin)

    def put(self, x: int, y: int, color: int) -> None:
        """Places a pixel, if there is a connection; the answer goes to `answered`."""
        if self.is_open:
            self.request("pixelFromPlayer", {"x": x, "y": y, "color": color}, then=self.answered)

    def answered(self, answer: dict[str, Any]) -> None:
        """What became of a placement."""

    def begin(self, answer: dict[str, Any]) -> None:
        """It is in, unless it was refused."""
        super().begin(answer)
        self.settled.set()

    def heard(self, text: str) -> None:
        """Tells of it."""
        super().heard(text)
        self.heard_at = asyncio.get_running_loop().time()
        self._told(self)

    def ended(self) -> None:
        """Tells who waits."""
        super().ended()
        self.joined = False
        self.settled.set()
        self._told(self)

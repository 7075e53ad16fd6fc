"""People who place on a real server for as long as a test wants, and remember what was confirmed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.clients.session import Session
from tests.waiting import until

SECONDS = 30.0
FREELY: dict[str, object] = {"COOLDOWN": 0, "BOARD_SIZE": 32, "SOCKET_EVENTS_PER_SECOND": 10_000}


class Placed:
    """Confirmed placements by seq: offset and colour. All of them, where nobody else places."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.by_seq: dict[int, tuple[int, int]] = {}

    def board(self, seq: int) -> bytes:
        """The colour indices as of that seq, if all was placed here and the board was empty before."""
        pixels = bytearray(self.width * self.height)
        for placed in sorted(self.by_seq):
            if placed <= seq:
                offset, color = self.by_seq[placed]
                pixels[offset] = color
        return bytes(pixels)

    async def more(self, count: int) -> None:
        """Returns once so many more are confirmed."""
        wanted = len(self.by_seq) + count
        await until(lambda: len(self.by_seq) >= wanted)


@asynccontextmanager
async def placing(url: str, people: int = 4, side: int = 32) -> AsyncIterator[Placed]:
    """People place one pixel after the other until the context ends; the server has the settings `FREELY`."""
    placed, enough = Placed(side, side), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for seed in range(people):
            group.create_task(_place(url, placed, random.Random(seed), enough))
        yield placed
        enough.set()


async def _place(url: str, placed: Placed, chance: random.Random, enough: asyncio.Event) -> None:
    session = Session(url)
    session.follow(lambda *_: None)
    try:
        await session.open()
        await session.call("join", {"board": "none"})
        while not enough.is_set():
            x, y, color = chance.randrange(placed.width), chance.randrange(placed.height), chance.randrange(1, 16)
            answer = await session.call("pixelFromPlayer", {"x": x, "y": y, "color": color})
            assert answer["ok"], answer
            placed.by_seq[answer["seq"]] = (y * placed.width + x, color)
    finally:
        await session.close()

"""The server's side of a browser test: what the board is, by HTTP, and an organiser who paints on it."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import orjson
from PIL import Image

from tests.browser.canvas import Color, rgb
from tests.clients.http import get, post
from tests.clients.tcp import DEADLINE_SECONDS
from tests.servers import API_KEY

MARK = 12  # the colour of the mark by which a test finds its way
MARK_AT = (30, 30)
MARK_SIZE = 4


@dataclass(frozen=True, slots=True)
class ServerBoard:
    """The board as the server has it."""

    width: int
    height: int
    seq: int
    pixels: bytes
    colors: tuple[Color, ...]

    def color(self, x: int, y: int) -> int:
        """The index of one pixel's colour."""
        return self.pixels[y * self.width + x]

    def picture(self, scale: int) -> Image.Image:
        """Every pixel a square of that many dots."""
        image = Image.frombytes("P", (self.width, self.height), self.pixels)
        image.putpalette([channel for color in self.colors for channel in color])
        return image.convert("RGB").resize((self.width * scale, self.height * scale), Image.Resampling.NEAREST)


async def board_at(url: str) -> ServerBoard:
    """The board with all that is committed now; `/api/board` shows it with the next refresh."""
    config = await config_at(url)
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            _, pixels, headers = await get(url, "/api/board")
            epoch, seq = headers["ETag"].strip('"').split(":")
            if epoch == config["epoch"] and int(seq) >= config["seq"]:
                break
    colors = tuple(rgb(color) for color in config["colors"])
    return ServerBoard(int(headers["X-Board-Width"]), int(headers["X-Board-Height"]), int(seq), pixels, colors)


async def config_at(url: str) -> dict[str, Any]:
    """`GET /api/config`."""
    config: dict[str, Any] = orjson.loads((await get(url, "/api/config"))[1])
    return config


async def changes_at(url: str, x: int, y: int) -> list[dict[str, Any]]:
    """The history of a pixel, newest first."""
    changes: list[dict[str, Any]] = orjson.loads((await get(url, f"/api/pixels/{x}/{y}"))[1])["changes"]
    return changes


async def organise(url: str, path: str, **body: object) -> dict[str, Any]:
    """An organiser's request, which must be answered with 200; its answer."""
    status, answer = await post(url, path, body, API_KEY)
    assert status == 200, answer
    return answer


async def fill(url: str, at: tuple[int, int], size: tuple[int, int], color: int) -> None:
    """A rectangle of one colour, `at` its upper left corner."""
    (x, y), (width, height) = at, size
    await organise(url, "/board/area", x1=x, y1=y, x2=x + width - 1, y2=y + height - 1, color=color)


async def mark(url: str) -> None:
    """The square by which `canvas.sight` finds its way."""
    await fill(url, MARK_AT, (MARK_SIZE, MARK_SIZE), MARK)


async def paint(url: str, rectangles: int = 30, seed: int = 7) -> ServerBoard:
    """Rectangles anywhere, always the same, in all colours but the mark's, and all four corners different."""
    board = await board_at(url)
    colors = [color for color in range(len(board.colors)) if color != MARK]
    dice = random.Random(seed)
    for _ in range(rectangles):
        x, y = dice.randrange(board.width), dice.randrange(board.height)
        width = dice.randint(1, min(board.width - x, board.width // 3))
        height = dice.randint(1, min(board.height - y, board.height // 3))
        await fill(url, (x, y), (width, height), dice.choice(colors))
    right, bottom = board.width - 1, board.height - 1
    for color, (x, y) in enumerate(((0, 0), (right, 0), (0, bottom), (right, bottom)), 1):
        await fill(url, (x, y), (1, 1), color % len(board.colors))
    return await board_at(url)


def picture_of(png: bytes) -> Image.Image:
    """A PNG file's picture, without transparency."""
    return Image.open(BytesIO(png)).convert("RGB")

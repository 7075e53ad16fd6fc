"""What organisers do in the middle of it all: their actions are whole or not at all, and in the log once confirmed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import aiohttp

from tests.chaos.faults.nemesis import Step
from tests.chaos.site import SIDE, Site
from tests.clients.http import LOST
from tests.crash.checker import FILL, READ_ONLY, RESET
from tests.servers import API_KEY

ANSWER_SECONDS = 10.0
MAX_TRIES = 100


async def _act(site: Site, step: Step, path: str, kind: int, body: dict[str, Any]) -> bool:
    """Asks one gateway for it; what it confirms is noted for the checker."""
    url = f"{site.gateways[step.at].url}{path}"
    timeout = aiohttp.ClientTimeout(ANSWER_SECONDS)
    with suppress(*LOST):
        async with (
            aiohttp.ClientSession(headers={"apiKey": API_KEY}, timeout=timeout) as http,
            http.post(url, json=body) as response,
        ):
            answer = await response.json()
            if response.status == 200:
                site.actions.append((kind, answer["seq"]))
            return response.status == 200
    return False


async def fill(site: Site, step: Step) -> None:
    """An area is emptied."""
    corner, size = int(step.chance * SIDE / 2), 1 + int(step.chance * 97) % (SIDE // 2)
    area = {"x1": corner, "y1": corner // 2, "x2": corner + size - 1, "y2": corner // 2 + size - 1}
    await _act(site, step, "/board/area", FILL, area)


async def reset(site: Site, step: Step) -> None:
    """The whole board is emptied, and its epoch ends."""
    await _act(site, step, "/board/reset", RESET, {})


async def close(site: Site, step: Step) -> None:
    """Drawing is closed for a while; opening it again is tried some times, until it is known to have worked."""
    await _act(site, step, "/board/read-only", READ_ONLY, {"readOnly": True})
    await asyncio.sleep(step.seconds)
    for _ in range(MAX_TRIES):
        if await _act(site, step, "/board/read-only", READ_ONLY, {"readOnly": False}):
            return
        await asyncio.sleep(0.2)


FAULTS = {"area emptied": fill, "board reset": reset, "drawing closed": close}
WEIGHTS = {"area emptied": (3, 0.0), "board reset": (1, 0.0), "drawing closed": (1, 0.5)}

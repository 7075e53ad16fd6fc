"""People who do not read: what they cost a gateway whose whole board changes all the time, measured from outside."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import aiohttp

from tests.chaos.site import Gateway, Shape, Site
from tests.clients.session import Session
from tests.servers import API_KEY

SIDE = 1024
FILLED_ROWS = 15  # a batch of their pixels is some 170 kB; many more pixels are not sent as a batch
STALLED = 4
MAX_EACH_KB = 256
OTHERWISE_KB = 18_000  # by which memory goes up and down for other reasons
WARM_FILLS = 20


async def stalled(planted: str, folder: Path, fills: int) -> list[str]:
    """Violations: more memory than people who do not read may cost."""
    shape = Shape("sqlite", 1, planted, {"BOARD_SIZE": SIDE})
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        aiohttp.ClientSession(connector=connector, headers={"apiKey": API_KEY}) as http,
        Site(shape, folder, random.Random(0), lambda: None) as site,
    ):
        gateway = site.gateways[0]
        sessions = [Session(gateway.proxied_url) for _ in range(STALLED)]
        try:
            for session in sessions:
                session.follow(lambda *_: None)
                await session.open()
                await session.call("join", {"board": "none"})
            await fill(http, gateway, fills=WARM_FILLS)
            before = memory_kb(gateway)
            gateway.links.clients.stop_reading("down")
            most = 0
            for _ in range(fills):
                await fill(http, gateway, fills=1)
                most = max(most, memory_kb(gateway) - before)
        finally:
            gateway.links.clients.cut()
            for session in sessions:
                session.cut()
    allowed = STALLED * MAX_EACH_KB + OTHERWISE_KB
    return [f"unbounded: {STALLED} people who do not read cost {most} kB"] if most > allowed else []


async def fill(http: aiohttp.ClientSession, gateway: Gateway, *, fills: int) -> None:
    """Changes the first rows so often, a refresh apart."""
    for number in range(fills):
        area = {
            "x1": 0,
            "y1": 0,
            "x2": SIDE - 1,
            "y2": FILLED_ROWS - 1,
            "color": 1 + (number + time.monotonic_ns()) % 15,
        }
        async with http.post(f"{gateway.url}/board/area", json=area) as response:
            assert response.status == 200, await response.text()
        await asyncio.sleep(0.1)


def memory_kb(gateway: Gateway) -> int:
    """Resident memory of the gateway."""
    lines = Path(f"/proc/{gateway.server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))

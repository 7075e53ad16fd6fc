"""How gateways are once all is over: no memory kept of what was, and a loop that is on time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import aiohttp

from tests.chaos.site import Gateway

MAX_MEMORY_MB = 256  # a gateway of a run has 60 to 110
MAX_LAG_SECONDS = 0.25


async def unwell(http: aiohttp.ClientSession, gateways: Sequence[Gateway], patience_seconds: float) -> list[str]:
    """What is wrong with them, after so many seconds at most."""
    wrong = [""]
    with suppress(TimeoutError):
        async with asyncio.timeout(patience_seconds):
            while wrong:
                wrong = [problem for gateway in gateways if (problem := await _problem(http, gateway))]
                await asyncio.sleep(0.5 if wrong else 0)
    return wrong


async def _problem(http: aiohttp.ClientSession, gateway: Gateway) -> str:
    memory_mb = _number(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{gateway.server.process.pid}/status").read_text()) / 1024
    async with http.get(f"{gateway.url}/metrics") as response:
        lag_seconds = _number(r"^beeplace_loop_lag_seconds (\S+)$", await response.text())
    if memory_mb > MAX_MEMORY_MB:
        return f"memory: {gateway.port} has {memory_mb:.0f} MB"
    return f"slow: the loop of {gateway.port} is {lag_seconds:.2f} s late" if lag_seconds > MAX_LAG_SECONDS else ""


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text, re.MULTILINE)
    assert found, pattern
    return float(found[1])

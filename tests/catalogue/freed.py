"""What must hold after a socket was closed: its session is gone, it was counted, and the log stayed short."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.clients.http import get
from tests.servers import ServerProcess

FREED_SECONDS = 1.0
SLACK_SECONDS = 14.0  # of a machine that does other things too


async def metric(server: ServerProcess, name: str) -> int:
    """A number of the server's metrics; 0 where it has not been counted yet."""
    _, text, _ = await get(server.url, "/metrics")
    found = re.search(rf"^beeplace_{re.escape(name)} (\d+)", text.decode(), re.MULTILINE)
    return int(found[1]) if found else 0


async def clients(server: ServerProcess, at_most: int) -> None:
    """Waits until no more sessions than these are left."""
    async with asyncio.timeout(FREED_SECONDS + SLACK_SECONDS):
        while await metric(server, "clients") > at_most:
            pass


@asynccontextmanager
async def freed(server: ServerProcess) -> AsyncIterator[None]:
    """Around something after which as many sessions are open as before, and at most one line more is logged."""
    before, logged = await metric(server, "clients"), server.log.stat().st_size
    yield
    await clients(server, before)
    assert server.log.read_bytes()[logged:].count(b"socket closed") <= 1


async def kicked(server: ServerProcess, codes: Sequence[int]) -> int:
    """How many sockets the server has closed with one of these codes."""
    return sum([await metric(server, f'kicked_total{{code="{code}"}}') for code in codes])

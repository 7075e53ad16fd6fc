"""Two gateways that serve one board: a database and a Redis of their own where a test stops these, else shared ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import orjson

from tests import postgres, redis
from tests.clients.http import get
from tests.clients.phone import Phone, dial
from tests.clients.tcp import DEADLINE_SECONDS
from tests.conftest import StartServer
from tests.servers import ServerProcess


def shared_ports(*, bus: bool = True) -> dict[str, object]:
    """Settings: an empty database of the shared server, and one of the shared Redis."""
    settings: dict[str, object] = {"DATABASE_URL": postgres.shared().url()}
    if bus:
        settings["REDIS_URL"] = redis.shared_url()
    return settings


def two(start_server: StartServer, **settings: object) -> tuple[ServerProcess, ServerProcess]:
    """Starts two gateways with the same settings."""
    return start_server(**settings), start_server(**settings)


@asynccontextmanager
async def phones(*servers: ServerProcess, **join: Any) -> AsyncIterator[list[Phone]]:
    """One phone on each server, joined as a new person."""
    async with AsyncExitStack() as stack:
        found = [await stack.enter_async_context(dial(server.url)) for server in servers]
        for phone in found:
            await phone.join(join)
        yield found


async def ready(server: ServerProcess) -> tuple[int, dict[str, Any]]:
    """Status and answer of `/ready`."""
    status, body, _ = await get(server.url, "/ready")
    return status, orjson.loads(body)


async def until_ready(server: ServerProcess, so: Callable[[int, dict[str, Any]], bool]) -> None:
    """Waits for an answer of `/ready` that is as wanted."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not so(*await ready(server)):
            pass

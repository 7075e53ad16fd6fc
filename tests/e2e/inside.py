"""A whole server inside of the test's process, whose time the test sets forward: nobody waits ten seconds here."""

from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from beeplace.app import running
from beeplace.gateway.connection.polling import Polling
from beeplace.gateway.connection.session import Session
from beeplace.gateway.connection.websocket import WebSocket
from beeplace.gateway.gateway import Gateway
from beeplace.gateway.participants import Participant
from beeplace.gateway.wire.engineio import EngineMachine
from beeplace.gateway.wire.socketio import SocketMachine
from beeplace.lifecycle import Running
from beeplace.settings.settings import parse_settings
from tests.clients.http import get
from tests.servers import API_KEY

DEADLINE_SECONDS = 30.0
_LOOK_SECONDS = 1.1


class Inside:
    """One server. `leap` makes every clock of the loop, the server's deadlines among them, go forward at once."""

    gateway: Gateway

    def __init__(self, url: str) -> None:
        self.url = url
        self.port = int(url.rsplit(":", 1)[1])
        self._ahead = 0.0
        loop = asyncio.get_running_loop()
        self._time = type(loop).time

    def now(self) -> float:
        """What the loop takes for the time."""
        return self._time(asyncio.get_running_loop()) + self._ahead

    def leap(self, seconds: float) -> None:
        """So much later."""
        self._ahead += seconds

    async def metric(self, name: str) -> int:
        """A number of the server's metrics; 0 where it has not been counted yet."""
        _, text, _ = await get(self.url, "/metrics")
        found = re.search(rf"^beeplace_{re.escape(name)} (\d+)", text.decode(), re.MULTILINE)
        return int(found[1]) if found else 0

    async def until(self, name: str, value: int) -> None:
        """Waits until a metric has that value."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await self.metric(name) != value:
                pass

    async def leap_until(self, name: str, value: int) -> None:
        """The same while time passes, a little more than a look of the server's at slow readers apart."""
        async with asyncio.timeout(3 * DEADLINE_SECONDS):
            while await self.metric(name) != value:
                self.leap(_LOOK_SECONDS)


@asynccontextmanager
async def inside(folder: Path, **settings: object) -> AsyncIterator[Inside]:
    """Starts one with these settings, on a free port."""
    given = {"HOST": "127.0.0.1", "PORT": "0", "DATABASE_URL": f"sqlite:///{folder}/board.db"}
    loop = asyncio.get_running_loop()
    one = Inside("http://127.0.0.1:0")
    loop.time = one.now  # type: ignore[method-assign]  # the loop's one clock, as every part asks it
    try:
        async with running(parse_settings(given | {k: str(v) for k, v in settings.items()}), API_KEY) as ready:
            one.gateway = ready.gateway
            one.url, one.port = ready.address, int(ready.address.rsplit(":", 1)[1])
            yield one
    finally:
        del loop.time


@asynccontextmanager
async def gateways(count: int, folder: Path, **settings: object) -> AsyncIterator[list[Running]]:
    """So many in this process, on one board."""
    given = {"HOST": "127.0.0.1", "PORT": "0", "DATABASE_URL": f"sqlite:///{folder}/board.db", **settings}
    parsed = parse_settings({name: str(value) for name, value in given.items()})
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(running(parsed, API_KEY)) for _ in range(count)]


def alive() -> dict[str, int]:
    """How many sessions, WebSockets, polls, participants and states of the protocols there are in memory."""
    gc.collect()
    kinds = (Session, WebSocket, Polling, Participant, EngineMachine, SocketMachine)
    found = dict.fromkeys((kind.__name__ for kind in kinds), 0)
    for thing in gc.get_objects():
        if isinstance(thing, kinds):
            found[type(thing).__name__] += 1
    return found


async def until_alive(server: Inside, most: dict[str, int]) -> None:
    """Waits until no more than these are in memory."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while [name for name, count in alive().items() if count > most[name]]:
            await server.metric("clients")

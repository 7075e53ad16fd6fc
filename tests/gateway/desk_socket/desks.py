"""A desk as a tool has it: python-socketio's client behind a ticket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import socketio

from tests.clients.http import post
from tests.servers import API_KEY

DEADLINE_SECONDS = 30
ORGANISER = "/organiser"
PATH = "/desk/socket.io/?EIO=4&transport=websocket"


async def ticket(url: str, key: str = API_KEY) -> str:
    """A fresh one."""
    status, answer = await post(url, "/api/desk/ticket", key=key)
    assert status == 200, answer
    return str(answer["ticket"])


async def refusal(session: aiohttp.ClientSession, address: str) -> int | None:
    """The status that a WebSocket's handshake is refused with; None where it is opened, and closed again."""
    try:
        async with session.ws_connect(address):
            return None
    except aiohttp.WSServerHandshakeError as error:
        return error.status


class Desk:
    """What one socket was told, and the state that follows from it."""

    def __init__(self) -> None:
        self.client: Any = socketio.AsyncClient(reconnection=False)
        self.state: dict[str, Any] = {}
        self.version = -1
        self.log: list[dict[str, Any]] = []
        self.news = asyncio.Condition()
        self.gone = asyncio.Event()
        for name, heard in (("state", self._state), ("patch", self._patch), ("log", self._action)):
            self.client.on(name, heard, namespace=ORGANISER)
        self.client.on("disconnect", self._gone, namespace=ORGANISER)

    async def _state(self, told: dict[str, Any]) -> None:
        self.version, self.state = told["version"], told["state"]
        await self._heard()

    async def _patch(self, told: dict[str, Any]) -> None:
        if self.version >= 0:
            assert told["version"] == self.version + 1
            self.version, self.state = told["version"], merged(self.state, told["patch"])
        await self._heard()

    async def _action(self, told: dict[str, Any]) -> None:
        self.log.append(told)
        await self._heard()

    async def _gone(self, *_: object) -> None:
        self.gone.set()

    async def _heard(self) -> None:
        async with self.news:
            self.news.notify_all()

    async def until(self, fulfilled: Any) -> None:
        """Until that is so of what was told."""
        async with asyncio.timeout(DEADLINE_SECONDS), self.news:
            await self.news.wait_for(fulfilled)


@asynccontextmanager
async def desk(url: str, given: str | None = None) -> AsyncIterator[Desk]:
    """An open one that has the state; `given` is a ticket, or a fresh one is asked for."""
    opened = Desk()
    address = f"{url}?ticket={given or await ticket(url)}"
    await opened.client.connect(
        address, socketio_path="/desk/socket.io", namespaces=[ORGANISER], transports=["websocket"]
    )
    try:
        await opened.until(lambda: opened.version >= 0)
        yield opened
    finally:
        await opened.client.disconnect()


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result

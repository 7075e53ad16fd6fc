"""An Engine.IO session by HTTP long-polling, request by request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from tests.clients import packets
from tests.clients.http import get
from tests.clients.raw_http import request

POLL = "/socket.io/?EIO=4&transport=polling"
TEXT = ("Content-Type: text/plain",)


class Address(Protocol):
    """Where a server listens."""

    @property
    def url(self) -> str:
        """As a browser would have it."""

    @property
    def port(self) -> int:
        """The same."""


class Requests(Protocol):
    """How requests get to a server."""

    async def poll(self, path: str) -> tuple[int, bytes]:
        """A GET: status and body."""

    async def post(self, path: str, parts: Sequence[bytes], headers: Sequence[str]) -> int:
        """A POST with a body in one piece or several: its status."""


class Direct:
    """Over connections of their own, without a proxy."""

    def __init__(self, address: Address) -> None:
        self._address = address

    async def poll(self, path: str) -> tuple[int, bytes]:
        """A GET: status and body."""
        status, body, _ = await get(self._address.url, path)
        return status, body

    async def post(self, path: str, parts: Sequence[bytes], headers: Sequence[str]) -> int:
        """A POST with a body in one piece or several: its status."""
        return (await request(self._address.port, "POST", path, headers, parts)).status


class Poller:
    """One session."""

    def __init__(self, requests: Requests, sid: str) -> None:
        self._requests = requests
        self.sid = sid
        self.path = f"{POLL}&sid={sid}"
        self.waiting: list[str] = []

    async def poll(self) -> str:
        """The next packet."""
        while not self.waiting:
            status, body = await self._requests.poll(self.path)
            assert status == 200, body
            self.waiting = body.decode().split(packets.SEPARATOR)
        return self.waiting.pop(0)

    async def post(self, *parts: bytes, headers: Sequence[str] = TEXT) -> int:
        """A body in one piece or several; the status."""
        return await self._requests.post(self.path, parts, headers)

    async def answer(self, asked: int) -> Any:
        """The acknowledgement with that id."""
        while not (text := await self.poll()).startswith(f"43{asked}["):
            pass
        return packets.read_answer(text)[1]

    async def call(self, number: int, name: str, *arguments: Any) -> Any:
        """An event and its acknowledgement."""
        assert await self.post(packets.event(name, *arguments, number=number).encode()) == 200
        return await self.answer(number)


async def polling(requests: Requests, *, connect: bool = True) -> Poller:
    """A session that has opened its namespace, or not even that."""
    status, body = await requests.poll(POLL)
    assert status == 200, body
    one = Poller(requests, json.loads(body[1:])["sid"])
    if connect:
        assert await one.post(packets.CONNECT.encode()) == 200
        assert (await one.poll()).startswith("40{")
    return one


async def open_poller(address: Address, *, connect: bool = True) -> Poller:
    """A session with the server itself."""
    return await polling(Direct(address), connect=connect)

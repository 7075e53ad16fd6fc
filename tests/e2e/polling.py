"""A client by HTTP long-polling, request by request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from tests.e2e.phone import get
from tests.e2e.raw_http import request

POLL = "/socket.io/?EIO=4&transport=polling"


class Address(Protocol):
    """Where a server listens."""

    @property
    def url(self) -> str:
        """As a browser would have it."""

    @property
    def port(self) -> int:
        """The same."""


class Poller:
    """One session."""

    def __init__(self, server: Address, sid: str) -> None:
        self._server = server
        self.sid = sid
        self.path = f"{POLL}&sid={sid}"
        self.waiting: list[str] = []

    async def poll(self) -> str:
        """The next packet."""
        while not self.waiting:
            status, body, _ = await get(self._server.url, self.path)
            assert status == 200, body
            self.waiting = body.decode().split("\x1e")
        return self.waiting.pop(0)

    async def post(self, *parts: bytes, headers: Sequence[str] = ("Content-Type: text/plain",)) -> int:
        """A body in one piece or several; the status."""
        return (await request(self._server.port, "POST", self.path, headers, parts)).status

    async def answer(self, asked: int) -> Any:
        """The acknowledgement with that id."""
        while not (text := await self.poll()).startswith(f"43{asked}["):
            pass
        return json.loads(text[2 + len(str(asked)) :])[0]


async def open_poller(server: Address, *, connect: bool = True) -> Poller:
    """A session that has opened its namespace, or not even that."""
    _, body, _ = await get(server.url, POLL)
    one = Poller(server, json.loads(body[1:])["sid"])
    if connect:
        assert await one.post(b"40") == 200
        assert (await one.poll()).startswith("40{")
    return one

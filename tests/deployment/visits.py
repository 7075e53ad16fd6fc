"""Clients that come through a proxy: over TLS, and from whichever loopback address a test gives them."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.deployment.proxies import Certificate, ProxyProcess
from tests.e2e.phone import Phone

DEADLINE_SECONDS = 30.0
SOCKETS = "/socket.io/?EIO=4&transport="


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers of a response."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Visit:
    """One client: every request on a connection of its own, as far as the proxy can tell."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url, self._session = url, session

    async def request(self, method: str, path: str, **options: Any) -> Answer:
        """One request; redirects are not followed."""
        url = path if path.startswith("http") else self.url + path
        async with (
            asyncio.timeout(DEADLINE_SECONDS),
            self._session.request(method, url, allow_redirects=False, **options) as response,
        ):
            return Answer(response.status, await response.read(), response.headers)

    async def get(self, path: str, **options: Any) -> Answer:
        """A GET."""
        return await self.request("GET", path, **options)

    @asynccontextmanager
    async def phone(self, query: str = "", **options: Any) -> AsyncIterator[Phone]:
        """A WebSocket that has opened its namespace and not joined."""
        async with self._session.ws_connect(f"{self.url}{SOCKETS}websocket{query}", **options) as ws:
            phone = Phone(ws)
            async with asyncio.timeout(DEADLINE_SECONDS):
                assert (await ws.receive_str()).startswith("0{")
                await ws.send_str("40")
                assert (await ws.receive_str()).startswith("40{")
            yield phone

    @asynccontextmanager
    async def socket(self, query: str = "", **options: Any) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """A WebSocket that has said nothing."""
        async with self._session.ws_connect(f"{self.url}{SOCKETS}websocket{query}", **options) as ws:
            yield ws


@asynccontextmanager
async def visit(proxy: ProxyProcess, certificate: Certificate, address: str = "127.0.0.1") -> AsyncIterator[Visit]:
    """A client at that address, which believes only the tests' authority."""
    connector = aiohttp.TCPConnector(
        ssl=certificate.trusted(), force_close=True, local_addr=(address, 0), family=socket.AF_INET, limit=0
    )
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Visit(proxy.url, session)


class Polls:
    """A session by long-polling."""

    def __init__(self, visit: Visit, sid: str) -> None:
        self._visit, self.sid = visit, sid
        self._waiting: list[str] = []

    async def poll(self) -> str:
        """The next packet."""
        while not self._waiting:
            answer = await self._visit.get(f"{SOCKETS}polling&sid={self.sid}")
            assert answer.status == 200, answer
            self._waiting = answer.body.decode().split("\x1e")
        return self._waiting.pop(0)

    async def say(self, packet: str) -> None:
        """One packet."""
        answer = await self._visit.request("POST", f"{SOCKETS}polling&sid={self.sid}", data=packet.encode())
        assert (answer.status, answer.body) == (200, b"ok")

    async def ask(self, number: int, *event: Any) -> Any:
        """An event and its acknowledgement."""
        await self.say(f"42{number}{json.dumps(event)}")
        while not (text := await self.poll()).startswith(f"43{number}["):
            pass
        return json.loads(text[2 + len(str(number)) :])[0]


async def polls(visit: Visit) -> Polls:
    """One that has opened its namespace."""
    opened = await visit.get(f"{SOCKETS}polling")
    assert opened.status == 200, opened
    session = Polls(visit, json.loads(opened.body[1:])["sid"])
    await session.say("40")
    assert (await session.poll()).startswith("40{")
    return session

"""Clients that come through a proxy: over TLS, and from whichever loopback address a test gives them."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.clients.frames import SOCKET
from tests.clients.phone import Phone, dial
from tests.clients.websocket import WebSocket
from tests.deployment.proxies import Certificate, ProxyProcess

DEADLINE_SECONDS = 30.0


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

    def __init__(self, url: str, session: aiohttp.ClientSession, tls: ssl.SSLContext, address: str) -> None:
        self.url, self._session = url, session
        self._tls, self._address = tls, address

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

    def phone(self) -> AbstractAsyncContextManager[Phone]:
        """A WebSocket that has opened its namespace and not joined."""
        return dial(self.url, tls=self._tls, source=self._address)

    @asynccontextmanager
    async def socket(self, query: str = "", headers: Mapping[str, str] | None = None) -> AsyncIterator[WebSocket]:
        """A WebSocket that has said and read nothing."""
        socket = await WebSocket.at(self.url, headers, SOCKET + query, tls=self._tls, source=self._address)
        try:
            yield socket
        finally:
            socket.close()

    # long-polling, as `tests.clients.polling` asks for it

    async def poll(self, path: str) -> tuple[int, bytes]:
        """A GET: status and body."""
        answer = await self.get(path)
        return answer.status, answer.body

    async def post(self, path: str, parts: Sequence[bytes], headers: Sequence[str]) -> int:
        """A POST: its status."""
        named = dict(line.split(": ", 1) for line in headers)
        return (await self.request("POST", path, data=b"".join(parts), headers=named)).status


@asynccontextmanager
async def visit(proxy: ProxyProcess, certificate: Certificate, address: str = "127.0.0.1") -> AsyncIterator[Visit]:
    """A client at that address, which believes only the tests' authority."""
    tls = certificate.trusted()
    connector = aiohttp.TCPConnector(ssl=tls, force_close=True, local_addr=(address, 0), family=socket.AF_INET, limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Visit(proxy.url, session, tls, address)

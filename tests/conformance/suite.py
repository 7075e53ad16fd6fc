"""A client for the protocol tests: raw packets over WebSocket and polling."""

from __future__ import annotations

import json
from types import TracebackType
from urllib.parse import urlsplit

import aiohttp

from tests.clients.websocket import WebSocket


class Peer:
    """Speaks to one path of one server."""

    def __init__(self, port: int, path: str) -> None:
        self.url = f"http://127.0.0.1:{port}/{path}/"

    async def __aenter__(self) -> Peer:
        self.http = aiohttp.ClientSession()
        self._sockets: list[WebSocket] = []
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.close()
        for socket in self._sockets:
            socket.close()

    async def request(self, method: str, query: str, body: str | None = None) -> tuple[int, str]:
        """Status and text of one request."""
        async with self.http.request(method, f"{self.url}?{query}", data=body) as response:
            return response.status, await response.text()

    async def open(self) -> str:
        """A new polling session's sid."""
        _, text = await self.request("GET", "EIO=4&transport=polling")
        found: str = json.loads(text[1:])["sid"]
        return found

    async def poll(self, sid: str) -> tuple[int, str]:
        """One poll."""
        return await self.request("GET", f"EIO=4&transport=polling&sid={sid}")

    async def post(self, sid: str, body: str) -> tuple[int, str]:
        """One POST."""
        return await self.request("POST", f"EIO=4&transport=polling&sid={sid}", body)

    async def websocket(self, query: str = "") -> WebSocket:
        """A WebSocket, before its first message."""
        return await self.upgraded(f"EIO=4&transport=websocket{query}")

    async def upgraded(self, query: str) -> WebSocket:
        """A WebSocket with any query. Raises NotAccepted."""
        socket = await WebSocket.at(self.url, path=f"{urlsplit(self.url).path}?{query}")
        self._sockets.append(socket)
        return socket

    async def connected(self) -> WebSocket:
        """A WebSocket in the main namespace of the echo: handshake, CONNECT and `auth` are behind it."""
        ws = await self.websocket()
        await ws.message()
        ws.send("40")
        await ws.message()
        await ws.message()
        return ws


async def message_but_pings(ws: WebSocket) -> str | bytes:
    """The next message that is no ping; none is answered."""
    while (message := await ws.message()) == "2":
        pass
    return message

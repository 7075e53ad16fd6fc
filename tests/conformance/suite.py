"""A client for the protocol tests: raw packets over WebSocket and polling."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any

import aiohttp

DEADLINE_SECONDS = 15.0


class Peer:
    """Speaks to one path of one server."""

    def __init__(self, port: int, path: str) -> None:
        self.url = f"http://127.0.0.1:{port}/{path}/"

    async def __aenter__(self) -> Peer:
        self.http = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.close()

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

    async def websocket(self, query: str = "") -> Any:
        """A WebSocket, before its first message."""
        return await self.http.ws_connect(f"{self.url}?EIO=4&transport=websocket{query}", autoping=False)

    async def connected(self) -> Any:
        """A WebSocket in the main namespace of the echo: handshake, CONNECT and `auth` are behind it."""
        ws = await self.websocket()
        await said(ws)
        await ws.send_str("40")
        await said(ws)
        await said(ws)
        return ws


async def said(ws: Any) -> str | bytes:
    """The next message."""
    message = await asyncio.wait_for(ws.receive(), DEADLINE_SECONDS)
    assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
    found: str | bytes = message.data
    return found


async def said_but_pings(ws: Any) -> str | bytes:
    """The next message that is no ping."""
    while (message := await said(ws)) == "2":
        pass
    return message


async def closed(ws: Any) -> bool:
    """Waits until the server closes; what it says before is passed over."""
    while True:
        message = await asyncio.wait_for(ws.receive(), DEADLINE_SECONDS)
        if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED):
            return True

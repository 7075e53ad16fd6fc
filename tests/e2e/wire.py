"""A WebSocket client byte by byte, for what no library shows: handshake headers, frames as sent, and not reading."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

DEADLINE_SECONDS = 30.0
_MASK = b"\1\2\3\4"


class Wire:
    """One connection. What is not read stays in a very small buffer, so that a server feels it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.handshake = ""

    @classmethod
    async def open(cls, port: int, headers: Sequence[str] = ()) -> Wire:
        """A WebSocket that has opened its Socket.IO namespace and has not joined."""
        wire = await cls.dial(port, headers)
        wire.send("40")
        assert (await wire.text()).startswith("40{")
        return wire

    @classmethod
    async def dial(cls, port: int, headers: Sequence[str] = (), query: str = "") -> Wire:
        """A WebSocket that has said nothing yet; with a `sid` in the query it belongs to a polling session."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
        wire = cls(*await asyncio.open_connection(sock=connection, limit=2048))
        await wire._shake_hands(headers, query)
        assert query or (await wire.text()).startswith("0{")
        return wire

    async def _shake_hands(self, headers: Sequence[str], query: str) -> None:
        lines = [
            f"GET /socket.io/?EIO=4&transport=websocket{query} HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            *headers,
        ]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(DEADLINE_SECONDS):
            self.handshake = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        assert " 101 " in self.handshake, self.handshake

    def send(self, text: str) -> None:
        """One masked text frame."""
        payload = text.encode()
        size = struct.pack("!B", 128 | len(payload)) if len(payload) < 126 else struct.pack("!BH", 254, len(payload))
        masked = bytes(byte ^ _MASK[i % 4] for i, byte in enumerate(payload))
        self._writer.write(b"\x81" + size + _MASK + masked)

    def write(self, data: bytes) -> None:
        """Bytes as they are."""
        self._writer.write(data)

    def write_eof(self) -> None:
        """Says that nothing more will come, and goes on reading."""
        self._writer.write_eof()

    async def frame(self) -> bytes:
        """The next frame as it came, with its header."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            head = await self._reader.readexactly(2)
            size = head[1]
            if size >= 126:
                more = await self._reader.readexactly(2 if size == 126 else 8)
                head, size = head + more, int.from_bytes(more, "big")
            return head + await self._reader.readexactly(size)

    async def some(self, size: int) -> None:
        """Reads that many bytes, whatever they are."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            await self._reader.readexactly(size)

    async def text(self) -> str:
        """The next message that is no ping."""
        while True:
            frame = await self.frame()
            assert frame[0] == 0x81, f"no text: {frame[:20]!r}"
            payload = frame[{126: 4, 127: 10}.get(frame[1], 2) :].decode()
            if payload != "2":
                return payload
            self.send("3")

    async def event(self, name: str) -> list[Any]:
        """The arguments of the next event of that name; others before it are skipped."""
        while True:
            text = await self.text()
            if text.startswith(f'42["{name}"'):
                return list(json.loads(text[2:])[1:])

    async def join(self, payload: str = '{"watch":true,"board":"none"}') -> dict[str, Any]:
        """Joins; the initial state."""
        self.send(f'421["join",{payload}]')
        while not (text := await self.text()).startswith("431"):
            pass
        state: dict[str, Any] = json.loads(text[3:])[0]["initialState"]
        return state

    async def close_code(self) -> int:
        """Reads up to the close frame; its code."""
        while (frame := await self.frame())[0] != 0x88:
            pass
        return int.from_bytes(frame[2:4], "big")

    async def rest(self) -> tuple[list[str], int]:
        """All messages up to the close frame, and its code."""
        told = []
        while (frame := await self.frame())[0] == 0x81:
            told.append(frame[{126: 4, 127: 10}.get(frame[1], 2) :].decode())
        assert frame[0] == 0x88, frame
        return told, int.from_bytes(frame[2:4], "big")

    async def ended(self) -> bool:
        """Reads whatever still comes; whether the server has ended the connection then."""
        with suppress(ConnectionError):
            async with asyncio.timeout(DEADLINE_SECONDS):
                while await self._reader.read(65_536):
                    pass
        return True

    async def eof(self) -> bool:
        """Whether the server has ended the connection."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await self._reader.read(1) == b""

    def close(self) -> None:
        """Ends the connection."""
        self._writer.transport.abort()

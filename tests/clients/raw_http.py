"""HTTP requests byte by byte, for those that no client library would send."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

DEADLINE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


async def request(
    port: int,
    method: str,
    path: str,
    headers: Sequence[str] = (),
    body: Sequence[bytes] = (),
    *,
    sender: str = "127.0.0.1",
) -> Answer:
    """One request; each part of the body is a TCP segment of its own, as far as that can be asked for."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(sender, 0))
    try:
        size = [f"Content-Length: {sum(map(len, body))}"] if body else []
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, *size, "", ""]
        writer.write("\r\n".join(lines).encode("utf-8", "surrogateescape"))
        return await _exchanged(reader, writer, body)
    finally:
        writer.close()


async def exchanged(port: int, data: bytes) -> Answer:
    """What is answered to these bytes as they are; of a WebSocket only the handshake is read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await _answer(reader)
    finally:
        writer.transport.abort()


class HttpConnection:
    """One connection for several requests."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> HttpConnection:
        """A new connection."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def begin(self, method: str, path: str, headers: Sequence[str] = (), body: bytes = b"") -> None:
        """Writes a request, its length not added."""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
        self.writer.write("\r\n".join(lines).encode() + body)

    async def answer(self) -> Answer:
        """The next one."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await _answer(self._reader)

    async def ask(self, method: str, path: str, headers: Sequence[str] = (), body: bytes = b"") -> Answer:
        """A request and its answer."""
        size = [f"Content-Length: {len(body)}"] if body else []
        self.begin(method, path, [*headers, *size], body)
        return await self.answer()

    async def read(self, size: int) -> bytes:
        """Bytes that are no HTTP any more."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await self._reader.readexactly(size)


async def _exchanged(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: Sequence[bytes]) -> Answer:
    async with asyncio.timeout(DEADLINE_SECONDS):
        for part in body:
            writer.write(part)
            try:
                await writer.drain()
            except ConnectionError:
                break  # refused before it was read; the answer says why
            await asyncio.sleep(0)
        return await _answer(reader)


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    status = int(head[0].split()[1])
    return Answer(status, headers, b"" if status in (100, 101) else await _body(reader, headers))


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    try:
        return await reader.readexactly(int(headers["content-length"]))
    except KeyError:
        return await _rest(reader)
    except asyncio.IncompleteReadError as cut:  # as the answer to HEAD is
        return cut.partial


async def _rest(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        try:
            if not (part := await reader.read(65_536)):
                return body
        except ConnectionError:
            return body
        body += part

"""How long each proxy lets nothing pass: a WebSocket that is open, and a request that is held, as polling does.

A server that says nothing stands behind all of them at once, for so long as it is asked; what is ended by then is said.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

_UPGRADE = (
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"  # of the key that RFC 6455 has as its example
)
_ASKED = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
)
_SHAPES = {"WebSocket": "Connection: Upgrade\r\nUpgrade: websocket\r\n", "held request": "Accept: */*\r\n"}


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes up a WebSocket, and nothing more; answers no other request. Until the other side has gone."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        head = await reader.readuntil(b"\r\n\r\n")
        if b"upgrade: websocket" in head.lower():
            writer.write(_UPGRADE)
        await reader.read()
    writer.close()


async def limits(ports: dict[str, int], most_seconds: float) -> list[str]:
    """A line for each proxy, which listens on its port."""
    kinds = [(name, port, shape) for name, port in ports.items() for shape in _SHAPES]
    found = await asyncio.gather(*(_watched(port, shape, most_seconds) for _, port, shape in kinds))
    told = dict[str, list[str]]()
    for (name, _, shape), line in zip(kinds, found, strict=True):
        told.setdefault(name, []).append(f"{shape}: {line}")
    return [f"{name:10} {'; '.join(lines)}" for name, lines in told.items()]


async def _watched(port: int, shape: str, most_seconds: float) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(_ASKED.format(path="/socket.io/", more=_SHAPES[shape]).encode())
        if shape == "WebSocket":
            head = await reader.readuntil(b"\r\n\r\n")
            status = head.split(b"\r\n")[0].decode()
            if " 101 " not in status:
                return f"not opened, {status}"
        began = time.monotonic()
        try:
            async with asyncio.timeout(most_seconds):
                answer = await reader.readline()
        except TimeoutError:
            return f"more than {most_seconds:.0f} s"
        return f"{time.monotonic() - began:.0f} s, then {answer.decode().strip() or 'closed'}"
    finally:
        writer.close()

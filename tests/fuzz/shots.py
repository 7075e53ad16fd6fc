"""One connection that says everything at once and listens until the server has nothing more to say."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass

SECONDS = 10.0  # in which the server must have ended a connection; more is a wedge
PONG = b"\x8a\x04fuzz"
_PING = b"\x89\x84\0\0\0\0fuzz"
_NO_FRAME = b"\0" * 2300  # completes whatever is unfinished, and is no frame itself: the connection must end here
_UPGRADE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Volley:
    """What is said at once, and what after the server has said `cue`; a client that knows nothing waits for nothing."""

    first: bytes
    cue: bytes = b""
    then: bytes = b""


def frames_after(opening: bytes, cue: bytes, frames: list[bytes]) -> Volley:
    """A handshake, an opening, and the frames with a ping behind each: the pongs say how many were survived."""
    return Volley(_UPGRADE + opening, cue, b"".join(frame + _PING for frame in frames) + _NO_FRAME)


class _Shot(asyncio.Protocol):
    def __init__(self, volley: Volley, *, until_close_frame: bool) -> None:
        self._volley, self._until_close_frame = volley, until_close_frame
        self._waits = bool(volley.cue)
        self.heard = bytearray()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._volley.first)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        if self._waits and self._volley.cue in self.heard:
            self._waits = False
            self._transport.write(self._volley.then)
        if self._until_close_frame and self.heard[-4:-2] == b"\x88\x02":
            self._transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


async def shoot(
    port: int, volley: Volley, *, seconds: float = SECONDS, reset: bool = False, frames: bool = False
) -> bytes:
    """Everything that was answered. Raises TimeoutError where the server does not end the connection in time.

    `reset` leaves with RST, as a phone that is switched off does; `frames` leaves at the server's close frame.
    """
    connection = socket.socket()
    connection.setblocking(False)
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(connection, ("127.0.0.1", port))
    except OSError:
        connection.close()
        raise
    transport, shot = await loop.create_connection(lambda: _Shot(volley, until_close_frame=frames), sock=connection)
    try:
        async with asyncio.timeout(seconds):
            await shot.ended
    finally:
        transport.abort()
    return bytes(shot.heard)

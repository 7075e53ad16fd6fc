"""TCP connections as tests need them: from a chosen address, with a small window, ended by a reset."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress

DEADLINE_SECONDS = 30.0
SMALL_WINDOW_BYTES = 4_096  # what is not read stays in a very small buffer, so that a server feels it
LOOPBACK = "127.0.0.1"


async def connected(port: int, *, window_bytes: int = 0, source: str = "") -> socket.socket:
    """A connected socket that does not block. `window_bytes` 0 leaves the kernel's own."""
    connection = socket.socket()
    try:
        if window_bytes:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window_bytes)
        if source:
            connection.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the port is drawn at connect
            connection.bind((source, 0))
        connection.setblocking(False)
        async with asyncio.timeout(DEADLINE_SECONDS):
            await asyncio.get_running_loop().sock_connect(connection, (LOOPBACK, port))
    except BaseException:
        connection.close()
        raise
    return connection


def end_with_reset(connection: socket.socket) -> None:
    """From now on closing it says RST, as a phone that is switched off does."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

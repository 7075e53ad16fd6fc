"""Takes a connection over from aiohttp once its HTTP part is done.

Uses private names of aiohttp, pinned and tested as said in `engine.py`.
"""

from __future__ import annotations

import asyncio
import socket

from aiohttp import web

_KERNEL_BYTES = 73_728  # Linux doubles it for its own bookkeeping; a board of 256 x 256 in the thesis's form fits
# No limit of the kernel's on how long bytes may wait for a peer: it would count the time of one that reads slowly
# through a small window, too, and reset it. `uptake.py` tells slow from gone, and the heartbeat finds the rest.
_UNACKNOWLEDGED_MS = 0
_STREAM = int(socket.SOCK_STREAM)


def take_over(request: web.Request, protocol: asyncio.Protocol) -> bytes:
    """Gives a connection to another protocol, and returns what had arrived behind the request.

    aiohttp's own objects for the connection are told that it is lost, and are freed.
    """
    transport, theirs = request.transport, request.protocol
    assert transport is not None
    transport.set_protocol(protocol)
    tail = bytes(theirs._message_tail)
    theirs.transport = None
    theirs.connection_lost(None)
    return tail


def so_far(request: web.Request, body: bytes) -> bytes:
    """All that was read of an unanswered request, as it came: its head, what came of its body, what is behind an
    upgrade.

    Empty where the client has gone, or another request has come behind this one. Raises BlockingIOError while an
    answer is still being written.
    """
    transport, theirs = request.transport, request.protocol
    if transport is None or transport.is_closing() or theirs._messages:
        return b""
    if transport.get_write_buffer_size():
        raise BlockingIOError
    return _head(request) + body + bytes(theirs._message_tail)


def _head(request: web.Request) -> bytes:
    first = f"{request.method} {request.raw_path} HTTP/{request.version.major}.{request.version.minor}"
    # `Expect` has been answered.
    headers = [name + b": " + value for name, value in request.raw_headers if name.lower() != b"expect"]
    return b"\r\n".join([first.encode("utf-8", "surrogateescape"), *headers, b"", b""])


def let_go(request: web.Request) -> None:
    """Closes our side of a connection that another process has too; the client does not notice."""
    transport = request.transport
    take_over(request, asyncio.Protocol())
    assert transport is not None
    transport.abort()


def accept(listening: socket.socket, family: int) -> socket.socket:
    """The next connection of a listening socket whose family is known. Raises OSError."""
    fd, _ = listening._accept()  # type: ignore[attr-defined]  # as `accept` does
    connection = socket.socket(family, _STREAM, 0, fileno=fd)
    connection.setblocking(False)
    return connection


def bound(listening: socket.socket) -> None:
    """Keeps the kernel from holding megabytes for a peer that does not read, or holding it for ever.

    Connections have these from the socket that they came to, which saves each of them the system calls.
    """
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MS)

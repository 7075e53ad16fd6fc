"""Reads a handshake with aiohttp's parser, and takes a connection over from aiohttp once its HTTP part is done.

Uses undocumented names of aiohttp and CPython, pinned and listed in `tests/gateway/test_library_contract.py`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import EMPTY_PAYLOAD, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpRequestParser

_KERNEL_BYTES = 73_728  # Linux doubles it for its own bookkeeping; a board of 256 x 256 in the thesis's form fits
# No limit of the kernel's on how long bytes may wait for a peer: it would count the time of one that reads slowly
# through a small window, too, and reset it. `uptake.py` tells slow from gone, and the heartbeat finds the rest.
_UNACKNOWLEDGED_MS = 0
_STREAM = int(socket.SOCK_STREAM)


class _Connection(socket.socket):
    """Its family and type are the numbers that they are: the loop asks each connection for them three times, and to
    look up the members of an enumeration costs more than to accept it."""

    __slots__ = ()
    family = socket.SocketType.family  # type: ignore[assignment]  # a member of it is an `int`, too
    type = socket.SocketType.type  # type: ignore[assignment]


class RequestConnection(Protocol):
    """What a request asks of the protocol of its connection; aiohttp's own has much more."""

    @property
    def peername(self) -> Any: ...
    @property
    def sockname(self) -> Any: ...
    @property
    def ssl_context(self) -> Any: ...


# The whole answer to bytes that are one request; None where it has to be read by aiohttp.
PromptAnswer = Callable[[bytes, RequestConnection], bytes | None]


def parsed(head: bytes, connection: RequestConnection, *, upgrade: bool = True) -> web.BaseRequest | None:
    """The request in these bytes, where they are one that asks to become something else, or one that does not, and
    nothing more."""
    loop = asyncio.get_running_loop()
    # A request may have a body, which wants somebody to be told when it is too long; it is not, being this short.
    parser: Any = HttpRequestParser(BaseProtocol(loop), loop, 2 * len(head), auto_decompress=False)
    try:
        messages, upgraded, tail = parser.feed_data(head)
    except Exception:  # whatever it is that cannot be read, aiohttp has an answer for it
        return None
    if upgraded is not upgrade or tail or len(messages) != 1 or messages[0][1] is not EMPTY_PAYLOAD:
        return None
    without: Any = None  # nobody writes an answer to it, and there is no task
    return web.BaseRequest(messages[0][0], EMPTY_PAYLOAD, connection, without, without, loop)  # type: ignore[arg-type]


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
    fd, _ = listening._accept()  # type: ignore[attr-defined]  # as `accept` does, without asking for its family
    connection = _Connection(family, _STREAM, 0, fileno=fd)
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

"""The server's side of one WebSocket connection (RFC 6455): a protocol on a bare transport.

It takes over a connection after the HTTP handshake and hands every message on in the step in which its last
byte arrives. There is no task, no queue and no compression, and nothing is kept but an unfinished frame.
"""

from __future__ import annotations

import asyncio
import hashlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from typing import Protocol

from beeplace.gateway.frames import (
    CLOSE,
    PING,
    PONG,
    TEXT,
    Frame,
    FrameError,
    close_frame,
    frame,
    head,
    lone_text,
    parse,
)

_CLOSING_SECONDS = 0.5  # how long a peer may take to answer a close, and a full transport to empty itself
_MOST_FRAGMENTS = 64
FULL_BYTES = 65_536  # that wait to be written, from which on the listener is told; it may write on
VERSION = "13"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Listener(Protocol):
    """Who hears what comes in."""

    def admits(self) -> bool:
        """Whether one more frame, of whatever kind, may be taken."""

    def heard(self, message: str | bytes) -> None:
        """A whole text or binary message."""

    def broke(self, code: int) -> None:
        """What came in is no WebSocket any more; the code says why."""

    def busy(self) -> None:
        """Something was written to the transport, more than the peer takes, or it closes."""

    def ended(self) -> None:
        """The connection is no more; called once."""


class WebSocket(asyncio.Protocol):
    """`most_bytes` is the longest message that is taken; a longer one closes with 1009."""

    __slots__ = ("__weakref__", "_closing", "_fragments", "_most_bytes", "_opcode", "_rest", "listener", "transport")

    def __init__(self, transport: asyncio.Transport, listener: Listener, most_bytes: int) -> None:
        self.transport = transport
        self.listener: Listener | None = listener
        self._most_bytes = most_bytes
        transport.set_write_buffer_limits(FULL_BYTES)
        self._rest = b""
        self._fragments: list[bytes] | None = None
        self._opcode = 0
        self._closing = False

    def write(self, data: bytes) -> None:
        """Whole frames."""
        self.transport.write(data)
        if self.listener:
            self.listener.busy()

    def send(self, message: str | bytes) -> None:
        """One message in one frame."""
        if not self._closing:
            self.write(frame(message))

    def send_text(self, text: bytes) -> None:
        """One text message that is encoded already."""
        if not self._closing:
            self.write(frame(text, TEXT))

    def send_pieces(self, pieces: list[bytes]) -> None:
        """One text message that is encoded already, in pieces, which are not copied."""
        if not self._closing:
            self.transport.writelines([head(sum(map(len, pieces)), TEXT), *pieces])
            if self.listener:
                self.listener.busy()

    def close(self, code: int) -> None:
        """Says goodbye with a code; the connection ends when the peer answers, or a second later."""
        if not self._closing:
            self._closing = True
            self.write(close_frame(code))
            self._end_soon()

    def _end_soon(self) -> None:
        """However slowly the peer reads what is still to be written."""
        asyncio.get_running_loop().call_later(_CLOSING_SECONDS, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer; after a close only its answer is of interest."""
        payload = None if self._rest or self._fragments or self._closing else lone_text(data, self._most_bytes)
        if payload is None or not payload.isascii():
            self._read(data)
        elif self.listener and self.listener.admits():
            self.listener.heard(payload.decode())

    def _read(self, data: bytes) -> None:
        data = self._rest + data if self._rest else data
        at = 0
        try:
            while found := parse(data, at, self._most_bytes):
                at = found.end
                self._take(found)
                if self.transport.is_closing():
                    return
        except FrameError as error:
            self._rest = b""
            if self.listener and not self._closing:
                self.listener.broke(error.code)
            self.close(error.code)
            return
        self._rest = data[at:] if at else data

    def _take(self, found: Frame) -> None:
        if found.opcode == CLOSE:
            self._answer_close(found.payload)
        elif self._closing or not (self.listener and self.listener.admits()):
            return
        elif found.opcode == PING:
            self.write(frame(found.payload, PONG))
        elif found.opcode == PONG:
            return
        elif found.final and found.opcode and self._fragments is None:
            self._deliver(found.opcode, found.payload)
        else:
            self._fragment(found)

    def _fragment(self, found: Frame) -> None:
        if (found.opcode == 0) is (self._fragments is None):
            raise FrameError(1002)  # a continuation of nothing, or a new message inside of another
        if self._fragments is None:
            self._fragments, self._opcode = [], found.opcode
        self._fragments.append(found.payload)
        if len(self._fragments) > _MOST_FRAGMENTS or sum(map(len, self._fragments)) > self._most_bytes:
            raise FrameError(1009)
        if found.final:
            whole, self._fragments = b"".join(self._fragments), None
            self._deliver(self._opcode, whole)

    def _deliver(self, opcode: int, payload: bytes) -> None:
        try:
            message = payload.decode() if opcode == TEXT else payload
        except UnicodeDecodeError as error:
            raise FrameError(1007) from error
        if self.listener:
            self.listener.heard(message)

    def _answer_close(self, payload: bytes) -> None:
        if not self._closing:
            self._closing = True
            code = int.from_bytes(payload[:2], "big") if payload else 1000
            self.write(close_frame(code if _is_close_code(code) else 1002))
        self._let_go()

    def pause_writing(self) -> None:
        """More than `FULL_BYTES` wait to be written."""
        if self.listener:
            self.listener.busy()

    def eof_received(self) -> None:
        """A peer that has said its last word is answered no more."""
        self._let_go()

    def _let_go(self) -> None:
        if self.transport.get_write_buffer_size():
            self._end_soon()
        self.transport.close()
        if self.listener:
            self.listener.busy()

    def connection_lost(self, _: Exception | None) -> None:
        """Forgets what was unfinished."""
        self._closing = True
        self._rest, self._fragments = b"", None
        listener, self.listener = self.listener, None
        if listener:
            listener.ended()


def _is_close_code(code: int) -> bool:
    return code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014) or 3000 <= code < 5000


def is_upgrade(headers: Mapping[str, str]) -> bool:
    """Whether a request asks to become a WebSocket."""
    if headers.get("Connection") == "Upgrade" and headers.get("Upgrade") == "websocket":
        return True
    wishes = [wish.strip() for wish in headers.get("Connection", "").lower().split(",")]
    return "upgrade" in wishes and headers.get("Upgrade", "").lower() == "websocket"


def accept(headers: Mapping[str, str]) -> bytes | None:
    """The answer to a handshake, no extensions taken up; None where it is not one of version 13."""
    key = headers.get("Sec-WebSocket-Key", "")
    try:
        whole = len(a2b_base64(key, strict_mode=True)) == 16
    except ValueError:
        whole = False
    if headers.get("Sec-WebSocket-Version") != VERSION or not whole:
        return None
    token = b2a_base64(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest(), newline=False)
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + token + b"\r\n\r\n"
    )

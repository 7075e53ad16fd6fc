"""The client's side of a WebSocket, as a page has it: whole text messages in and out, compressed ones too."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Callable
from random import randbytes
from typing import cast

from beeplace.gateway.wire.deflate import COMPRESSED
from beeplace.gateway.wire.frames import CLOSE, PING, PONG, TEXT
from beeplace.rehearsal.address import RehearsedSite
from beeplace.rehearsal.figures import RehearsalFigures

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_RETRY = re.compile(rb"\r\nretry-after: *(\d{1,4})\r\n", re.IGNORECASE)
_TAIL = b"\x00\x00\xff\xff"
_MAX_HEAD_BYTES = 16_384
_MAX_SHARED = 64  # chunks that are remembered
_MAX_SHARED_BYTES = 65_536
OPEN_SECONDS = 20.0


class HandshakeRefused(Exception):
    """The site, or a proxy before it, answered the handshake with this status."""

    def __init__(self, status: int, retry_seconds: float) -> None:
        super().__init__(f"status {status}")
        self.status, self.retry_seconds = status, retry_seconds


class SharedChunks:
    """What everyone receives alike is taken apart once: the bytes of a batch, and its text."""

    def __init__(self) -> None:
        self._texts: dict[bytes, str] = {}

    def text(self, chunk: bytes) -> str | None:
        """The one message that a chunk is, where that is known."""
        return self._texts.get(chunk)

    def keep(self, chunk: bytes, text: str) -> None:
        """Others will receive the same."""
        if len(self._texts) >= _MAX_SHARED:
            self._texts.clear()
        if len(chunk) <= _MAX_SHARED_BYTES:
            self._texts[chunk] = text


class ClientSocket(asyncio.Protocol):
    """One connection. `heard` is called with each message, `ended` once, with why; neither before it is open."""

    def __init__(
        self,
        figures: RehearsalFigures,
        shared: SharedChunks,
        heard: Callable[[str], None],
        ended: Callable[[str], None],
    ) -> None:
        self._figures, self._shared = figures, shared
        self._heard, self._ended = heard, ended
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._opened = False
        self._rest = bytearray()
        self._parts: list[bytes] = []  # of a message in fragments
        self._compressed = False
        self._code = 0

    async def open(self, where: RehearsedSite) -> None:
        """Raises HandshakeRefused, or another OSError, TimeoutError among them."""
        loop, secure = asyncio.get_running_loop(), where.tls
        async with asyncio.timeout(OPEN_SECONDS):
            await loop.create_connection(lambda: self, where.site.host, where.site.port, ssl=secure)
            self._write(where.handshake())
            try:
                await self._answer
            except BaseException:
                self.cut()
                raise

    def send(self, text: str) -> None:
        """One message; nothing where the connection has ended."""
        payload = text.encode()
        size, mask = len(payload), randbytes(4)
        head = bytes((0x80 | TEXT, 0x80 | size)) if size < 126 else bytes((0x80 | TEXT, 0xFE)) + size.to_bytes(2, "big")
        self._write(head + mask + _masked(payload, mask))

    def cut(self) -> None:
        """Ends the connection without a word, as a phone in a tunnel does."""
        if self._transport:
            self._transport.abort()

    def _close(self) -> None:
        """Ends it once what was written is gone."""
        if self._transport:
            self._transport.close()

    def _write(self, data: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._figures.bytes_out += len(data)
            self._transport.write(data)

    # of asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        """It has ended."""
        if self._opened:
            self._ended(f"closed with {self._code}" if self._code else type(error).__name__ if error else "cut")
        elif not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("the connection was closed"))

    def data_received(self, data: bytes) -> None:
        """Nearly always one batch, which others have received already."""
        self._figures.bytes_in += len(data)
        if self._opened and not self._rest and (text := self._shared.text(data)) is not None:
            self._heard(text)
            return
        self._rest += data
        if self._opened or self._answered():
            self._frames(data)

    def _answered(self) -> bool:
        """Takes the answer to the handshake in; whether the socket is open."""
        if self._answer.done():  # nobody waits for it any more
            self.cut()
            return False
        head, ends, rest = bytes(self._rest).partition(b"\r\n\r\n")
        if not ends:
            if len(self._rest) > _MAX_HEAD_BYTES:
                self.cut()
            return False
        status = _STATUS.match(head)
        if status is None or status[1] != b"101":
            retry = _RETRY.search(head + b"\r\n")
            self._answer.set_exception(
                HandshakeRefused(int(status[1]) if status else 0, float(retry[1]) if retry else 0.0)
            )
            self.cut()
            return False
        self._rest, self._opened = bytearray(rest), True
        self._answer.set_result(None)
        return True

    def _frames(self, chunk: bytes) -> None:
        at, rest = 0, self._rest
        while (found := _frame(rest, at)) is not None:
            first, begins, ends = found
            text = self._message(first, bytes(rest[begins:ends]))
            at = ends
            if text is not None:
                if len(rest) == ends == len(chunk) and text.startswith('42["u"'):
                    self._shared.keep(chunk, text)
                self._heard(text)
        del rest[:at]

    def _message(self, first: int, payload: bytes) -> str | None:
        kind = first & 15
        if kind == CLOSE:
            self._code = int.from_bytes(payload[:2], "big") or 1005
            self._close()
        elif kind == PING:
            mask = randbytes(4)
            self._write(bytes((0x80 | PONG, 0x80 | len(payload))) + mask + _masked(payload, mask))
        if kind not in (0, TEXT):
            return None
        if kind == TEXT:
            self._compressed = bool(first & COMPRESSED)
        self._parts.append(payload)
        if not first & 0x80:
            return None
        whole = b"".join(self._parts)
        self._parts.clear()
        return (zlib.decompressobj(-15).decompress(whole + _TAIL) if self._compressed else whole).decode()


def _frame(data: bytearray, at: int) -> tuple[int, int, int] | None:
    """First byte of the frame that begins at `at`, where its payload begins and ends; None while it is not whole."""
    have = len(data) - at
    if have < 2:
        return None
    size, begins = data[at + 1] & 127, at + 2
    wide = {126: 2, 127: 8}.get(size, 0)
    if wide:
        if have < 2 + wide:
            return None
        size = int.from_bytes(data[begins : begins + wide], "big")
        begins += wide
    return None if len(data) < begins + size else (data[at], begins, begins + size)


def _masked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")

"""One WebSocket connection, byte by byte: what is written is any bytes at all, what comes is read when it is asked for.

Of what nobody asks for, one read of the kernel's buffer is taken at most; `listen` reads all the time instead.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Self, cast
from urllib.parse import urlsplit

from tests.clients import packets
from tests.clients.frames import (
    ACCEPTED,
    BINARY,
    CLOSE,
    FINAL,
    SOCKET,
    TEXT,
    WHOLE,
    Frame,
    FrameReader,
    masked,
    upgrade_request,
)
from tests.clients.tcp import DEADLINE_SECONDS, SMALL_WINDOW_BYTES, connected, end_with_reset


class Closed(ConnectionError):
    """The connection has ended."""


class NotAccepted(ConnectionError):
    """The server has refused the handshake; its answer."""


class WebSocket(asyncio.Protocol):
    """One connection. `handshake` is the server's answer, `received` the bytes behind it, `code` of its close frame."""

    def __init__(self, keep: int = WHOLE) -> None:
        self.transport: asyncio.Transport
        self.handshake = ""
        self.received = 0
        self.code: int | None = None
        self.lost = False
        self.error: Exception | None = None  # with which the connection ended
        self._reader = FrameReader(keep)
        self._frames: deque[Frame] = deque()
        self._head = b""
        self._waiter: asyncio.Future[None] | None = None
        self._on_frame: Callable[[Frame], None] | None = None
        self._on_end: Callable[[], None] = lambda: None

    # opening

    @classmethod
    async def open(cls, port: int, headers: Sequence[str] = (), **options: Any) -> Self:
        """A WebSocket that has opened its Socket.IO namespace and has not joined."""
        one = await cls.dial(port, headers, **options)
        one.send(packets.CONNECT)
        text = await one.text()
        assert text.startswith("40{"), text
        return one

    @classmethod
    async def dial(
        cls, port: int, headers: Sequence[str] = (), query: str = "", *,
        window_bytes: int = SMALL_WINDOW_BYTES, **options: Any,
    ) -> Self:  # fmt: skip
        """A WebSocket that has said nothing yet; with a `sid` in the query it belongs to a polling session."""
        path = SOCKET + query
        one = await cls.upgraded(port, upgrade_request(path, headers), window_bytes=window_bytes, **options)
        text = "" if query else await one.text()
        assert query or text.startswith("0{"), text
        return one

    @classmethod
    async def at(
        cls, url: str, headers: Mapping[str, str] | None = None, path: str = SOCKET, *,
        tls: ssl.SSLContext | None = None, **options: Any,
    ) -> Self:  # fmt: skip
        """A connection to an address as a browser has it, that has said and read nothing behind the handshake."""
        address = urlsplit(url)
        lines = [f"{name}: {value}" for name, value in (headers or {}).items() if name.lower() != "host"]
        request = upgrade_request(path, lines, (headers or {}).get("Host", address.netloc))
        secure: dict[str, Any] = {"ssl": tls, "server_hostname": address.hostname} if address.scheme == "https" else {}
        return await cls.upgraded(address.port or 0, request, secure=secure, **options)

    @classmethod
    async def upgraded(
        cls, port: int, request: bytes, *, window_bytes: int = 0, source: str = "", keep: int = WHOLE,
        secure: Mapping[str, Any] | None = None,
    ) -> Self:  # fmt: skip
        """A connection that has sent this and was accepted. Raises NotAccepted, or another OSError."""
        connection = await connected(port, window_bytes=window_bytes, source=source)
        loop = asyncio.get_running_loop()
        one = cls(keep)
        async with asyncio.timeout(DEADLINE_SECONDS):
            await loop.create_connection(lambda: one, sock=connection, **(secure or {}))
            try:
                one.write(request)
                while not one.handshake:
                    await one.more()
            except BaseException:
                one.close()
                raise
        if not one.accepted:
            one.close()
            raise NotAccepted(one.handshake)
        return one

    @property
    def accepted(self) -> bool:
        """Whether the server has answered the handshake as the standard asks."""
        return self.handshake.startswith("HTTP/1.1 101 ") and ACCEPTED in self.handshake

    # writing

    def send(self, message: str | bytes) -> None:
        """One masked frame of text or bytes."""
        if isinstance(message, str):
            self.write(masked(message.encode()))
        else:
            self.write(masked(message, FINAL | BINARY))

    def write(self, data: bytes) -> None:
        """Bytes as they are."""
        self.transport.write(data)

    def write_eof(self) -> None:
        """Says that nothing more will come, and goes on reading."""
        with suppress(OSError):
            self.transport.write_eof()

    def close(self) -> None:
        """Ends the connection without a word."""
        self.transport.abort()

    def reset(self) -> None:
        """Ends it with RST."""
        connection = self.transport.get_extra_info("socket")
        if connection is not None:  # uvloop has none once it is closed
            end_with_reset(connection)
        self.transport.abort()

    # reading when it is asked for

    async def frame(self) -> Frame:
        """The next one. Raises Closed."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not self._frames:
                await self.more()
        return self._frames.popleft()

    async def message(self) -> str | bytes:
        """The next text or bytes. Raises Closed at a close frame."""
        frame = await self.frame()
        if frame.opcode == CLOSE:
            raise Closed(f"closed with {frame.code}")
        assert frame.opcode in (TEXT, BINARY), f"no message: {frame.raw[:20]!r}"
        return frame.message.decode() if frame.opcode == TEXT else frame.message

    async def text(self) -> str:
        """The next message that is no ping, which is answered."""
        while (text := await self.message()) == packets.PING:
            self.send(packets.PONG)
        assert isinstance(text, str), text
        return text

    async def event(self, name: str) -> list[Any]:
        """The arguments of the next event of that name; what comes before it is skipped."""
        while not (text := await self.text()).startswith(f'42["{name}"'):
            pass
        return packets.read_event(text)[1:]

    async def join(self, payload: str = '{"watch":true,"board":"none"}') -> dict[str, Any]:
        """Joins; the initial state."""
        self.send(packets.literal_event("join", payload, 1))
        while not (text := await self.text()).startswith("431["):
            pass
        state: dict[str, Any] = packets.read_answer(text)[1]["initialState"]
        return state

    async def rest(self) -> tuple[list[str], int]:
        """All messages up to the close frame, and its code."""
        told = []
        while (frame := await self.frame()).opcode == TEXT:
            told.append(frame.message.decode())
        assert frame.opcode == CLOSE, frame
        return told, frame.code

    async def close_code(self) -> int:
        """Reads up to the close frame; its code."""
        while (frame := await self.frame()).opcode != CLOSE:
            pass
        return frame.code

    async def read(self, size: int) -> None:
        """Takes so many bytes more from the connection, whatever they are."""
        goal = self.received + size
        async with asyncio.timeout(DEADLINE_SECONDS):
            while self.received < goal:
                await self.more()

    async def ended(self) -> bool:
        """Reads whatever still comes; True once the server has ended the connection."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not self.lost:
                with suppress(Closed):
                    await self.more()
        return True

    def here(self) -> list[Frame]:
        """The frames that have come and nobody has taken."""
        frames = list(self._frames)
        self._frames.clear()
        return frames

    async def more(self) -> None:
        """Reads once. Raises Closed at the end."""
        if self.lost:
            raise Closed(str(self.error or "the connection has ended"))
        self._waiter = asyncio.get_running_loop().create_future()
        self.transport.resume_reading()
        try:
            await self._waiter
        finally:
            self._waiter = None
            self.pause()

    # reading all the time

    def listen(self, on_frame: Callable[[Frame], None], on_end: Callable[[], None]) -> None:
        """Hands every frame over as it comes, those that are here at once; and says when there will be no more."""
        self._on_frame, self._on_end = on_frame, on_end
        while self._frames:
            on_frame(self._frames.popleft())
        self.resume()
        if self.lost:
            on_end()

    def pause(self) -> None:
        """Reads no more for now."""
        self.transport.pause_reading()

    def resume(self) -> None:
        """Reads on."""
        self.transport.resume_reading()

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps it."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own transports are no subclasses of it

    def data_received(self, data: bytes) -> None:
        """The handshake's answer first, frames behind it."""
        if not self.handshake:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if end:
                self.handshake = head.decode("latin-1")
                self._reader.compressed = "permessage-deflate" in self.handshake
                self.pause()
        if self.accepted:
            self._frames_received(data)
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def _frames_received(self, data: bytes) -> None:
        self.received += len(data)
        for frame in self._reader.feed(data):
            if frame.opcode == CLOSE:
                self.code = frame.code
            if self._on_frame:
                self._on_frame(frame)
            else:
                self._frames.append(frame)
        if not self._on_frame:
            self.pause()

    def connection_lost(self, error: Exception | None) -> None:
        """The end, whoever wanted it."""
        self.lost, self.error = True, error
        if self._waiter and not self._waiter.done():
            self._waiter.set_exception(Closed(str(error or "the connection has ended")))
        self._on_end()

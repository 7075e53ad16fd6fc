"""A WebSocket client for crowds: raw sockets, reads as little and as slowly as it is told, counts what it gets.

`tests/e2e/wire.py` reads every message; here nothing is kept but sizes and the first bytes of each message, so that
one process can be hundreds of clients.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
import time
from contextlib import suppress
from typing import Self

OPEN_SECONDS = 30.0
ANSWER_SECONDS = 30.0
SMALL_WINDOW_BYTES = 4_096
FULL_SPEED_BYTES = 262_144  # of one read
HEAD_BYTES = 64  # of a message that are kept
NO_MASK = bytes(4)  # a mask of zeros is one: the payload goes out as it is
STEP_SECONDS = 0.05  # between two reads of a client that reads slowly
_UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_SOURCES = itertools.cycle(f"127.0.{net}.{host}" for net in range(1, 9) for host in range(1, 251))


async def dial(port: int, window_bytes: int = 0) -> socket.socket:
    """A connected TCP socket from one of 2,000 addresses; a crowd from one would run out of ports."""
    connection = socket.socket()
    if window_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window_bytes)
    connection.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the port is drawn at connect
    connection.bind((next(_SOURCES), 0))
    connection.setblocking(False)
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
    except BaseException:
        connection.close()
        raise
    return connection


def framed(payload: bytes, first_byte: int = 0x81) -> bytes:
    """One masked frame; a whole text message by default."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", first_byte, 128 | size)
    elif size < 65_536:
        head = struct.pack("!BBH", first_byte, 254, size)
    else:
        head = struct.pack("!BBQ", first_byte, 255, size)
    return head + NO_MASK + payload


class Frames:
    """Cuts a stream into frames and keeps only the beginning of each."""

    def __init__(self) -> None:
        self.messages: list[tuple[bytes, int]] = []  # head and size of each
        self.code: int | None = None  # of a close frame
        self.largest = self.total = 0
        self._head = b""
        self._size = self._left = 0

    def replica(self, data: bytes) -> None:
        """Takes in what has come."""
        view, at = memoryview(data), 0
        while at < len(view):
            if self._left:
                taken = min(self._left, len(view) - at)
                if len(self._head) < HEAD_BYTES:
                    self._head += bytes(view[at : at + min(taken, HEAD_BYTES - len(self._head))])
                self._left -= taken
                at += taken
                if not self._left:
                    self._done()
                continue
            self._head += bytes(view[at : at + 1])
            at += 1
            self._begin()

    def _begin(self) -> None:
        if len(self._head) < 2:
            return
        short = self._head[1] & 127
        need = 2 + {126: 2, 127: 8}.get(short, 0)
        if len(self._head) < need:
            return
        self._size = self._left = short if need == 2 else int.from_bytes(self._head[2:need], "big")
        self._opcode, self._head = self._head[0] & 15, b""
        if not self._size:
            self._done()

    def _done(self) -> None:
        if self._opcode == 8:
            self.code = int.from_bytes(self._head[:2], "big")
        else:
            self.messages.append((self._head, self._size))
            self.largest = max(self.largest, self._size)
            self.total += self._size
        self._head = b""


class Client:
    """One WebSocket. `end` says what became of it: "open", "closed 4408", "reset", "ended"."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._loop = asyncio.get_running_loop()
        self.frames = Frames()
        self.end = "open"
        self.unsent = 0  # messages that the full connection did not take

    @classmethod
    async def open(cls, port: int, window_bytes: int = 0) -> Self:
        """A WebSocket with its Socket.IO namespace."""
        client = await cls.upgraded(port, window_bytes)
        await client.asked("40", b"40{")
        return client

    @classmethod
    async def upgraded(cls, port: int, window_bytes: int = 0) -> Self:
        """A WebSocket that has said nothing yet. Raises ConnectionError where the server does not take it."""
        client = cls(await dial(port, window_bytes))
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await client._loop.sock_sendall(client._socket, _UPGRADE.encode())
                data = b""
                while b"\r\n\r\n" not in data:
                    part = await client._loop.sock_recv(client._socket, 1_024)
                    if not part:
                        raise ConnectionError("closed in the handshake")
                    data += part
        except BaseException:
            client._socket.close()
            raise
        head, _, rest = data.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            client._socket.close()
            raise ConnectionError(head.split(b"\r\n")[0].decode(errors="replace"))
        client.frames.replica(rest)
        return client

    async def joined(self, payload: str = '{"watch":true,"board":"none"}') -> Self:
        """Joins and waits until the answer begins to come."""
        await self.asked(f'421["join",{payload}]', b"431[")
        return self

    async def asked(self, text: str, answer: bytes) -> None:
        """Sends it and reads until the answer begins to come; without one the connection is closed."""
        try:
            self.send(text)
            await self.heard(answer)
        except BaseException:
            self.close()
            raise

    def send(self, text: str) -> bool:
        """One text message, if the connection takes it."""
        return self.write(framed(text.encode()))

    def write(self, data: bytes) -> bool:
        """Bytes as they are; False where they were not taken."""
        try:
            if self._socket.send(data) == len(data):
                return True
        except BlockingIOError:
            pass
        except OSError:
            self._ended("reset")
        self.unsent += 1
        return False

    async def heard(self, start: bytes) -> None:
        """Reads until a message that begins so."""
        seen = 0
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                for head, _ in self.frames.messages[seen:]:
                    if head.startswith(start):
                        return
                seen = len(self.frames.messages)
                if not await self._read(FULL_SPEED_BYTES):
                    raise ConnectionError(f"{self.end} instead of {start!r}")

    async def _read(self, most: int) -> int:
        try:
            data = await self._loop.sock_recv(self._socket, most)
        except OSError:
            self._ended("reset")
            return 0
        if not data:
            self._ended("ended")
        self.frames.replica(data)
        if self.frames.code is not None:
            self._ended(f"closed {self.frames.code}")
        return 0 if self.end != "open" else len(data)

    def _ended(self, how: str) -> None:
        if self.end == "open":
            self.end = how

    async def read(self, seconds: float, bytes_per_second: int = 0) -> int:
        """Reads for so long, at full speed or at that one, and answers pings; the bytes."""
        until, read = time.monotonic() + seconds, 0
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.end == "open" and time.monotonic() < until:
                    most = int(bytes_per_second * STEP_SECONDS) or FULL_SPEED_BYTES
                    read += await self._read(most)
                    self._pong()
                    if bytes_per_second:
                        await asyncio.sleep(STEP_SECONDS)
        return read

    def _pong(self) -> None:
        for head, _ in self.frames.messages:
            if head == b"2":
                self.send("3")
        self.frames.messages.clear()

    def look(self) -> str:
        """What became of it by now; reads what lies there, but does not wait."""
        while self.end == "open":
            try:
                data = self._socket.recv(FULL_SPEED_BYTES)
            except BlockingIOError:
                break
            except OSError:
                self._ended("reset")
                break
            if not data:
                self._ended("ended")
            self.frames.replica(data)
            if self.frames.code is not None:
                self._ended(f"closed {self.frames.code}")
        return self.end

    def half_close(self) -> None:
        """Says that nothing more will come."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Leaves with a reset."""
        with suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

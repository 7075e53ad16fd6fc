"""A WebSocket client for crowds: it reads as little and as slowly as it is told, and counts what it gets.

Nothing is kept of a message but its size and its first bytes, so that one process can be hundreds of clients.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
from contextlib import suppress
from typing import Self

from tests.clients import packets
from tests.clients.frames import Frame, masked, upgrade_request
from tests.clients.tcp import DEADLINE_SECONDS, connected
from tests.clients.websocket import Closed, WebSocket

HEAD_BYTES = 64  # of a message that are kept
GAP = b'42["u","",'  # more changed than a batch says: a page then asks for the board
ASK_BOARD = '429["sync",{"epoch":"","seq":0}]'
TURNS = 4  # of the loop, in which an end that has come shows
_SOURCES = itertools.cycle(f"127.0.{net}.{host}" for net in range(1, 9) for host in range(1, 251))


async def dial(port: int, window_bytes: int = 0) -> socket.socket:
    """A connected TCP socket from one of 2,000 addresses; a crowd from one would run out of ports."""
    return await connected(port, window_bytes=window_bytes, source=next(_SOURCES))


class Client(WebSocket):
    """One of a crowd. `largest` is the size of its largest message, `unsent` counts what a full connection refused."""

    def __init__(self, keep: int = HEAD_BYTES) -> None:
        super().__init__(keep)
        self.largest = self.unsent = 0

    @classmethod
    async def enter(cls, port: int, window_bytes: int = 0) -> Self:
        """A WebSocket with its Socket.IO namespace."""
        client = await cls.idle(port, window_bytes)
        await client.asked(packets.CONNECT, b"40{")
        return client

    @classmethod
    async def idle(cls, port: int, window_bytes: int = 0) -> Self:
        """A WebSocket that says nothing. Raises ConnectionError where the server does not take it."""
        request = upgrade_request()
        return await cls.upgraded(port, request, window_bytes=window_bytes, source=next(_SOURCES), keep=HEAD_BYTES)

    @property
    def end(self) -> str:
        """What became of it: "open", "closed 4408", "reset", "ended"."""
        if self.code is not None:
            return f"closed {self.code}"
        if not self.lost:
            return "open"
        return "reset" if self.error else "ended"

    async def joined(self, payload: str = '{"watch":true,"board":"none"}') -> Self:
        """Joins and waits until the answer has come."""
        await self.asked(packets.literal_event("join", payload, 1), b"431[")
        return self

    async def asked(self, text: str, answer: bytes) -> None:
        """Sends it and reads until its answer; without one the connection is closed."""
        try:
            self.offer(text)
            async with asyncio.timeout(DEADLINE_SECONDS):
                while not any(frame.payload.startswith(answer) for frame in self.here()):
                    await self.more()
        except BaseException:
            self.close()
            raise

    def offer(self, text: str) -> None:
        """One text message, if the connection takes it."""
        if self.end != "open" or self.transport.get_write_buffer_size():
            self.unsent += 1
        else:
            self.write(masked(text.encode()))

    def here(self) -> list[Frame]:
        """The frames that have come, which are counted."""
        frames = super().here()
        self.largest = max([self.largest, *(frame.size for frame in frames)])
        return frames

    async def read_for(self, seconds: float, bytes_per_second: int = 0) -> None:
        """Reads for so long, at full speed or at that one, answers pings, and asks for the board when told of a gap."""
        with suppress(TimeoutError, Closed):
            async with asyncio.timeout(seconds):
                while self.end == "open":
                    before = self.received
                    await self.more()
                    self._answer([frame.payload for frame in self.here()])
                    if bytes_per_second:
                        await asyncio.sleep((self.received - before) / bytes_per_second)

    def _answer(self, heard: list[bytes]) -> None:
        if packets.PING.encode() in heard:
            self.offer(packets.PONG)
        if any(payload.startswith(GAP) for payload in heard):
            self.offer(ASK_BOARD)

    async def look(self) -> str:
        """What became of it by now: reads what lies there, but waits for nothing."""
        for _ in range(TURNS):
            if not self.lost:
                self.resume()
            await asyncio.sleep(0)
        return self.end

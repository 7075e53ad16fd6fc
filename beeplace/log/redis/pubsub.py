"""What gateways say and hear on the channel: their commits, and every 250 ms how far they are."""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic
from typing import NamedTuple

from beeplace.board.board import Board
from beeplace.log.bus import Hear
from beeplace.log.committed import Committed
from beeplace.log.crash_points import passing
from beeplace.log.redis.address import BROKEN, Address, RedisLink
from beeplace.log.redis.codec import Message, Seal
from beeplace.log.redis.connection import (
    BUDGET_SECONDS,
    Breaker,
    RedisConnection,
    Refused,
    Unavailable,
    logger,
)

BEAT_SECONDS = 0.25
SILENCE_SECONDS = 1.0  # after which a connection is dead; it answers every beat
ALIVE_SECONDS = 3.0  # for which a gateway that was heard counts as alive
MAX_ENTRIES = 10_000  # that wait to be told; beyond, the oldest news are dropped, and others find the hole
MAX_GATEWAYS = 1_000


class BusPublisher:
    """Tells the others; `run` is owned by the bus."""

    def __init__(self, line: RedisConnection, channel: str, seal: Seal, gateway: str, board: Board) -> None:
        self._line, self._channel, self._seal = line, channel, seal
        self._gateway, self._board = gateway, board
        self._queue: deque[Committed] = deque()
        self._entries = 0
        self._number = 0
        self._wake = asyncio.Event()
        self.failing: str | None = None
        self.dropped = 0

    def say(self, news: Committed) -> None:
        """Queues news; never waits and never fails."""
        self._queue.append(news)
        self._entries += len(news.entries)
        while self._entries > MAX_ENTRIES and len(self._queue) > 1:
            self._entries -= len(self._queue.popleft().entries)
            self.dropped += 1
        self._wake.set()

    async def run(self) -> None:
        """Sends what is queued, and a sign of life where nothing was."""
        while True:
            try:
                await self.flush()
                await self._pause()
                if not self._queue:
                    await self._send(None)
                self.failing = None
            except Unavailable as error:
                self.failing = str(error)
                await asyncio.sleep(self._line.breaker.seconds)
            except Refused as error:
                logger.warning("failing: %s", error)
                self.failing = str(error)
                await asyncio.sleep(BEAT_SECONDS)

    async def flush(self) -> None:
        """Sends what is queued. Raises Unavailable or Refused, and then what was being sent is not sent again."""
        while self._queue:
            if self._line.breaker.seconds:
                raise Unavailable(self._line.breaker.failing)
            news = self._queue.popleft()
            self._entries -= len(news.entries)
            await self._send(news)
            passing("announced")

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _send(self, news: Committed | None) -> None:
        state = news.state if news else self._board.state
        self._number += 1
        message = Message(self._gateway, self._number, state.epoch, state.seq, news)
        await self._line.ask("PUBLISH", self._channel, self._seal.closed(message))


class ReceivedMessage(NamedTuple):
    """The last that was heard of a gateway."""

    number: int
    seq: int
    at: float
    term: str


class BusSubscriber:
    """Hears the others; `run` is owned by the bus."""

    def __init__(self, address: Address, channel: str, seal: Seal, gateway: str, board: Board) -> None:
        self._address, self._channel, self._seal = address, channel, seal
        self._gateway, self._board = gateway, board
        self._heard: dict[str, ReceivedMessage] = {}
        self._breaker = Breaker()
        self.failing: str | None = "Redis: not connected yet"
        self.ignored = 0  # messages that were none of ours, or came again

    def others(self) -> list[str]:
        """The gateways that are alive, but for this one."""
        return [gateway for gateway, heard in self._heard.items() if heard.at > monotonic() - ALIVE_SECONDS]

    def furthest(self) -> int:
        """The highest seq that a gateway that is alive says it has, of the history that this board has."""
        state, heard = self._board.state, (self._heard[gateway] for gateway in self.others())
        return max([state.seq, *(one.seq for one in heard if one.term == state.term)])

    async def run(self, hear: Hear) -> None:
        """Listens, and connects again whenever the connection is broken or silent."""
        while True:
            try:
                await self._listen(hear)
            except BROKEN as error:
                self._breaker.failed(self._address.why(error))
                self.failing = self._breaker.failing
                hear(None)  # from here on it is the log that tells, and more often
                await asyncio.sleep(self._breaker.seconds)

    async def _listen(self, hear: Hear) -> None:
        link = self._address.link()
        beats: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(BUDGET_SECONDS):
                await link.connect()
                await link.send_command("SUBSCRIBE", self._channel)
                await link.read_response()
            self._breaker.well()
            self.failing = None
            hear(None)  # whatever was said before
            beats = asyncio.create_task(self._beat(link), name="redis beat")
            await self._read(link, hear)
        except BROKEN:
            self._address.failed(link)
            raise
        finally:
            if beats is not None:
                beats.cancel()
                await asyncio.gather(beats, return_exceptions=True)
            await link.disconnect(nowait=True)

    async def _beat(self, link: RedisLink) -> None:
        """Asks for an answer now and then, so that silence means something."""
        try:
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                await link.send_command("PING")
        except BROKEN:
            return  # the reader finds out too

    async def _read(self, link: RedisLink, hear: Hear) -> None:
        while True:
            async with asyncio.timeout(SILENCE_SECONDS):
                answer = await link.read_response()
            if (
                isinstance(answer, list)
                and len(answer) == 3
                and answer[0] == b"message"
                and isinstance(answer[2], bytes)
            ):
                self.take(answer[2], hear)

    def take(self, data: bytes, hear: Hear) -> None:
        """Hears one message, if it is one of ours, another gateway's, and new."""
        message = self._seal.opened(data)
        if message is None:
            self.ignored += 1
            return
        if message.gateway == self._gateway:
            return
        known = self._heard.get(message.gateway)
        if (known and message.number <= known.number) or not (known or self._room()):
            self.ignored += 1
            return
        self._heard[message.gateway] = ReceivedMessage(message.number, message.seq, monotonic(), self._board.state.term)
        if message.news:
            hear(message.news)
        elif message.seq > self._board.state.seq:
            hear(None)

    def _room(self) -> bool:
        """Whether one more gateway can be heard; those that are long silent make room."""
        if len(self._heard) >= MAX_GATEWAYS:
            silent = monotonic() - 10 * ALIVE_SECONDS
            self._heard = {gateway: heard for gateway, heard in self._heard.items() if heard.at > silent}
        return len(self._heard) < MAX_GATEWAYS

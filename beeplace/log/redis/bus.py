"""The bus on Redis: news and signs of life by pub/sub, the board's bitfield, and who is on which gateway.

Redis keeps nothing that cannot be rebuilt, and is believed in nothing that is not sealed with the database's
secret. Each part has its own task: one speaks, one listens, one looks after the bitfield, one counts people.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from beeplace.board.board import Board
from beeplace.log.bus import Bus, Hear, Present
from beeplace.log.committed import Committed
from beeplace.log.redis.address import Address
from beeplace.log.redis.bitfield import Bitfield
from beeplace.log.redis.codec import Seal
from beeplace.log.redis.connection import RedisConnection, Refused, Unavailable, greet
from beeplace.log.redis.presence import RemotePresence
from beeplace.log.redis.pubsub import BusPublisher, BusSubscriber
from beeplace.outage import Outage

LEAVE_SECONDS = 0.25
LOOK_SECONDS = 0.5


class RedisBus(Bus):
    """One for each gateway, `gateway` being a name that no other process ever has.

    `board` is only read; `secret` is the same for all who write to one store. Raises SettingError for what is
    no address of a Redis.
    """

    def __init__(self, url: str, board: Board, secret: bytes, gateway: str, name: str = "beeplace") -> None:
        self._address = Address(url)
        self._greeting: str | None = None
        self._outage = Outage("Redis", lambda: self._address.place)
        channel, seal = f"{{{name}}}:news", Seal(secret, name, lambda: board.state.term)
        self._told, self._asked = RedisConnection(self._address), RedisConnection(self._address)
        self._speaker = BusPublisher(self._told, channel, seal, gateway, board)
        self._listener = BusSubscriber(self._address, channel, seal, gateway, board)
        self._bitfield = Bitfield(self._asked, name, seal, board, self._listener.furthest)
        self._people = RemotePresence(self._asked, name, seal, gateway, self._listener.others)

    async def open(self) -> None:
        """Asks Redis once whether it lets us in. Raises SettingError where it does not; that it is away is no error."""
        self._greeting = await greet(self._address)
        if self._greeting:
            self._outage.lasts(self._greeting)

    @property
    def elsewhere(self) -> int:  # type: ignore[override]  # the port only ever reads it
        return self._people.count

    @property
    def failing(self) -> str | None:
        parts = self._speaker.failing, self._bitfield.failing, self._people.failing, self._listener.failing
        return self._greeting or next((why for why in parts if why), None)

    @property
    def gateways(self) -> int:  # type: ignore[override]  # the same
        return len(self._listener.others())

    @property
    def ignored(self) -> int:
        """How many messages on the channel were none of ours, or came again."""
        return self._listener.ignored

    @property
    def rebuilt(self) -> int:
        """How often this gateway had to write the whole bitfield."""
        return self._bitfield.rebuilt

    def announce(self, news: Committed) -> None:
        self._speaker.say(news)
        self._bitfield.note(news)

    async def run(self, hear: Hear, present: Present) -> None:
        self._greeting = None
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listener.run(hear), name="redis listener")
                tasks.create_task(self._speaker.run(), name="redis speaker")
                tasks.create_task(self._bitfield.run(lambda: hear(None)), name="redis bitfield")
                tasks.create_task(self._people.run(present), name="redis people")
                tasks.create_task(self._watch(), name="redis outages")
        finally:
            await self._leave()

    async def _watch(self) -> None:
        """Says when Redis is lost, for more than a moment, and when it is back."""
        while True:
            before = self.failing
            await asyncio.sleep(LOOK_SECONDS)
            now = self.failing
            if now is None:
                self._outage.over()
            elif before:
                self._outage.lasts(now)

    async def _leave(self) -> None:
        """What was committed last is still told, and the people here are here no more."""
        with suppress(Unavailable, Refused, TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._speaker.flush()
                await self._people.leave()
                await self._bitfield.leave()
        await self._told.close()
        await self._asked.close()

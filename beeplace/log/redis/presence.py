"""Counts the people on the other gateways: each keeps a set of hashes in Redis that ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from beeplace.log.bus import Present
from beeplace.log.redis.codec import Seal
from beeplace.log.redis.connection import RedisConnection, Refused, Script, Unavailable

EVERY_SECONDS = 1.0
# A gateway that died is gone from the count after both, and a second until it is asked for again: within 5 s.
LIFE_MS = 3_000
COUNT_MS = 900

PEOPLE, COUNT = Script("people"), Script("count")


class RemotePresence:
    """One for each gateway; `run` is owned by the bus. `others` says which gateways are alive."""

    def __init__(
        self, line: RedisConnection, name: str, seal: Seal, gateway: str, others: Callable[[], list[str]]
    ) -> None:
        self._line, self._seal, self._others = line, seal, others
        self._name, self._gateway = name, gateway
        self._told: dict[bytes, bytes] | None = None  # the people that Redis has, by identity; None: not known
        self.count = 0
        self.failing: str | None = None

    def _key(self, gateway: str) -> str:
        return f"{{{self._name}}}:people:{gateway}"

    async def run(self, present: Present) -> None:
        """Tells and asks once a second."""
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                here = await self._tell(present)
                self.count = max(0, await self._ask() - here)
                self.failing = None
            except (Unavailable, Refused) as error:
                self.count, self._told, self.failing = 0, None, str(error)
            await asyncio.sleep(max(0.0, began + EVERY_SECONDS - clock()))

    async def _tell(self, present: Present) -> int:
        here = set(present())
        known = self._told or {}
        came = {identity: self._seal.hidden(identity) for identity in here - known.keys()}
        left = {identity: known[identity] for identity in known.keys() - here}
        if self._told is None or not await self._write(len(known), came, left):
            came = {identity: self._seal.hidden(identity) for identity in here}
            await self._write(-1, came, {})
            self._told = came
        else:
            self._told = {i: known[i] if i in known else came[i] for i in here}
        return len(here)

    async def _write(self, expected: int, came: dict[bytes, bytes], left: dict[bytes, bytes]) -> bool:
        keys = [self._key(self._gateway)]
        hashes = b"".join(came.values()), b"".join(left.values())
        return bool(await self._line.run(PEOPLE, keys, LIFE_MS, expected, *hashes))

    async def _ask(self) -> int:
        others = self._others()
        if not others:
            return 0
        sets = [self._key(gateway) for gateway in (self._gateway, *others)]
        keys = [f"{{{self._name}}}:{key}:{self._seal.board}" for key in ("count", "union")] + sets
        answer = await self._line.run(COUNT, keys, COUNT_MS)
        if not isinstance(answer, int):
            raise await self._line.distrust()
        return answer

    async def leave(self) -> None:
        """Takes this gateway's people out at once. Raises Unavailable or Refused."""
        await self._line.ask("DEL", self._key(self._gateway))

"""Connections to Redis whose every call ends in time: a budget for each, and a breaker after a failure.

A connection on which a call did not end as it should is closed and never used again, so that no answer can
reach the wrong question. Nothing is repeated here: whoever calls knows whether that would be safe.
"""

from __future__ import annotations

import asyncio
import logging
import random
from hashlib import sha1
from importlib.resources import files
from time import monotonic
from typing import Any

from redis.exceptions import (
    AuthenticationError,
    MovedError,
    NoPermissionError,
    NoScriptError,
    ReadOnlyError,
    ResponseError,
)

from beeplace.errors import SettingError
from beeplace.log.redis.address import BROKEN, Address, RedisLink

logger = logging.getLogger("beeplace.bus")

BUDGET_SECONDS = 0.25  # for one call, a new connection included
BYTES_PER_SECOND = 20_000_000  # what a big call carries has time of its own
MAX_MOVES = 3  # from node to node of a cluster, in one call
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 1.0


_NO_SUCH_DATABASE = ("DB index", "SELECT is not allowed")  # the second in a cluster


class Unavailable(Exception):
    """Redis did not answer, or was not asked since it did not a moment ago."""


class Refused(Exception):
    """Redis answered with an error."""


class Breaker:
    """Says when Redis may be asked again after failures: 100 ms, doubling to 1 s, each somewhat shorter by chance."""

    def __init__(self) -> None:
        self._pause, self._until = 0.0, 0.0
        self.failing: str | None = None

    @property
    def seconds(self) -> float:
        """How long to wait; 0 if not at all."""
        return max(0.0, self._until - monotonic())

    def failed(self, why: str) -> None:
        """A call did not end as it should."""
        self._pause = min(LONGEST_PAUSE_SECONDS, max(FIRST_PAUSE_SECONDS, 2 * self._pause))
        self._until = monotonic() + self._pause * random.uniform(0.5, 1.0)
        if self.failing is None:
            logger.warning("failing: %s", why)
        self.failing = why

    def well(self) -> None:
        """Redis answered."""
        self._pause, self._until, self.failing = 0.0, 0.0, None


class Script:
    """One of the Lua scripts in `scripts/`."""

    def __init__(self, name: str) -> None:
        self.text = (files("beeplace.log") / "redis" / "scripts" / f"{name}.lua").read_text()
        self.digest = sha1(self.text.encode(), usedforsecurity=False).hexdigest()


class RedisConnection:
    """One connection for calls, one after the other; made when it is needed."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.breaker = Breaker()
        self._link: RedisLink | None = None
        self._turn = asyncio.Lock()

    async def ask(self, *words: str | bytes | int | float, seconds: float = BUDGET_SECONDS) -> Any:
        """Sends one command and returns the answer. Raises Unavailable or Refused."""
        async with self._turn:
            if self.breaker.seconds:
                raise Unavailable(self.breaker.failing)
            for _ in range(MAX_MOVES):
                try:
                    return await self._asked(words, seconds)
                except Refused as error:  # nothing was done there
                    if not isinstance(error.__cause__, MovedError):
                        raise
                    self._address.moved(error.__cause__)
                    await self.close()
            raise Unavailable("Redis: the nodes of the cluster do not agree on who has our keys")

    async def run(self, script: Script, keys: list[str], *arguments: str | bytes | int, size: int = 0) -> Any:
        """Runs a script that moves `size` bytes; it is sent whole only where the server does not know it.

        Raises Unavailable or Refused.
        """
        seconds = BUDGET_SECONDS + size / BYTES_PER_SECOND
        try:
            return await self.ask("EVALSHA", script.digest, len(keys), *keys, *arguments, seconds=seconds)
        except Refused as error:
            if not isinstance(error.__cause__, NoScriptError):
                raise
        return await self.ask("EVAL", script.text, len(keys), *keys, *arguments, seconds=seconds)

    async def _asked(self, words: tuple[str | bytes | int | float, ...], seconds: float) -> Any:
        try:
            async with asyncio.timeout(seconds):
                link = await self._made()
                await link.send_command(*words)
                answer = await link.read_response()
        except ResponseError as error:
            if isinstance(error, ReadOnlyError) or "READONLY" in str(error):  # 6.2 says so inside of a script's error
                await self.close()  # the name may lead to another server by now
            self.breaker.well()
            raise Refused(self._address.why(error)) from error
        except BROKEN as error:
            self._address.failed(self._link)
            await self.close()
            self.breaker.failed(self._address.why(error))
            raise Unavailable(self.breaker.failing) from error
        except BaseException:
            await self.close()
            raise
        self.breaker.well()
        return answer

    async def _made(self) -> RedisLink:
        if self._link is None:
            self._link = self._address.link()
            await self._link.connect()
        return self._link

    async def distrust(self) -> Unavailable:
        """Closes a connection that gave no answer to what was asked; to be raised."""
        await self.close()
        self.breaker.failed("Redis: not an answer to what was asked")
        return Unavailable(self.breaker.failing)

    async def close(self) -> None:
        """Closes the connection; the next call makes another."""
        link, self._link = self._link, None
        if link:
            await link.disconnect(nowait=True)


async def greet(address: Address) -> str | None:
    """Asks once whether Redis lets us in, and returns why it is not there. Raises SettingError where it does not."""
    line = RedisConnection(address)
    try:
        await line.ask("PING")
    except (Unavailable, Refused) as error:
        cause = error.__cause__
        if isinstance(cause, AuthenticationError | NoPermissionError) or any(
            text in str(cause) for text in _NO_SUCH_DATABASE
        ):
            raise SettingError(f"REDIS_URL: {address.why(cause or error)}") from None
        return str(error)
    finally:
        await line.close()
    return None

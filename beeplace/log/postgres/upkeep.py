"""What a shared database needs beside commits: old rows are forgotten and partitions made ahead, in small pieces.

Every gateway does it, and none waits for another: what one has in its hands the others leave alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count

from beeplace.errors import StoreUnavailable
from beeplace.log.postgres.connection import Link
from beeplace.log.postgres.shared_clock import TELL_SECONDS
from beeplace.log.sql_files import queries

FORGET_MS = 10_000  # board time between two sweeps of what has expired
SLICE = 1_000  # rows forgotten in one transaction
TOKENS = 100_000  # of the last commits are kept: more than all gateways make while one asks for its own
DAY_SECONDS = 86_400.0
BEATS = 10  # an idle connection that has died is noticed after so many times of telling the time

_SQL = queries("postgres")


class Upkeep:
    """Owned by the store, which tells it the board's time after each commit. Works on the first link, watches all.

    `tell_time` writes board time down where nobody has for a while.
    """

    def __init__(self, tell_time: Callable[[], Awaitable[None]], *links: Link) -> None:
        self._tell_time, self._links = tell_time, links
        self._due = asyncio.Event()
        self._swept_ms = 0
        self._now_ms = 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Makes partitions before anything is committed, and goes on by itself."""
        await self._make_partitions()
        self._task = asyncio.create_task(self._run(), name="upkeep")

    def look(self, now_ms: int) -> None:
        """Sweeps soon, if it is time."""
        if now_ms - self._swept_ms >= FORGET_MS:
            self._swept_ms = self._now_ms = now_ms
            self._due.set()

    async def stop(self) -> None:
        """Ends at once; what is left is left to the next sweep, here or elsewhere."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        made = clock()
        for beat in count(1):
            try:
                async with asyncio.timeout(TELL_SECONDS):
                    await self._due.wait()
            except TimeoutError:
                await self._beat(thorough=beat % BEATS == 0)
            if self._due.is_set():
                self._due.clear()
                await self._sweep()
            if clock() - made >= DAY_SECONDS:
                made = clock()
                await self._make_partitions()

    async def _beat(self, *, thorough: bool) -> None:
        with suppress(StoreUnavailable):
            await self._tell_time()
        for link in self._links if thorough else ():
            with suppress(StoreUnavailable):  # the link knows by now, and connects again
                await link.run(lambda db: db.execute("SELECT"))

    async def _sweep(self) -> None:
        with suppress(StoreUnavailable):  # the next sweep takes it along
            for query, bound in (
                ("forget_windows", self._now_ms),
                ("forget_requests", self._now_ms),
                ("forget_commits", TOKENS),
            ):
                while await self._forget(query, bound) == SLICE:
                    pass

    async def _forget(self, query: str, bound: int) -> int:
        status = await self._links[0].run(lambda db: db.execute(_SQL[query], bound, SLICE))
        return int(status.removeprefix("DELETE "))

    async def _make_partitions(self) -> None:
        with suppress(StoreUnavailable):  # there are some for two more months; without one, rows have the default
            await self._links[0].run(lambda db: db.execute(_SQL["make_partitions"]))

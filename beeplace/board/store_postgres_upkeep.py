"""What a shared database needs beside commits: old rows are forgotten and partitions made ahead, in small pieces.

Every gateway does it, and none waits for another: what one has in its hands the others leave alone.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from beeplace.board.queries import queries
from beeplace.board.store_postgres_link import Link
from beeplace.errors import StoreUnavailable

FORGET_MS = 10_000  # board time between two sweeps of what has expired
SLICE = 1_000  # rows forgotten in one transaction
TOKENS = 100_000  # of the last commits are kept: more than all gateways make while one asks for its own
DAY_SECONDS = 86_400.0
BEAT_SECONDS = 10.0  # an idle connection that has died is noticed by then

_SQL = queries("postgres")


class Upkeep:
    """Owned by the store, which tells it the board's time after each commit. Works on the first link, watches all."""

    def __init__(self, *links: Link) -> None:
        self._links = links
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
        while True:
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._due.wait()
            except TimeoutError:
                await self._beat()
            if self._due.is_set():
                self._due.clear()
                await self._sweep()
            if clock() - made >= DAY_SECONDS:
                made = clock()
                await self._make_partitions()

    async def _beat(self) -> None:
        for link in self._links:
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

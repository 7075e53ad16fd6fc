"""Long work on the board of the moment, done once for all who ask meanwhile, one piece at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Coalesced(Generic[K, V]):
    """At most one piece is done, and one waits for each key, whoever asks.

    Invariant: a piece begins after all who share it have asked, so it shows each of them what they may have seen.
    """

    def __init__(self, make: Callable[[K], Awaitable[V]]) -> None:
        self._make = make
        self._turn = asyncio.Lock()
        self._waiting: dict[K, asyncio.Task[V]] = {}

    def __len__(self) -> int:
        """How many pieces wait to begin."""
        return len(self._waiting)

    async def __call__(self, key: K) -> V:
        """The result of a piece that begins now or later."""
        if key not in self._waiting:
            self._waiting[key] = task = asyncio.create_task(self._work(key), name="coalesced work")
            task.add_done_callback(lambda done: done.cancelled() or done.exception())  # all who asked may have gone
        return await asyncio.shield(self._waiting[key])

    async def _work(self, key: K) -> V:
        async with self._turn:
            del self._waiting[key]
            return await self._make(key)

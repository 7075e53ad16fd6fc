"""What people ask of the past: as much at once as the store's reads bear, and an honest no beyond it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from beeplace.board.entries import Entry
from beeplace.errors import Busy
from beeplace.log.store import Store

MAX_WAITING = 32  # questions, which the store answers one after the other

T = TypeVar("T")


class Reads:
    """The store's reads for people. Each raises StoreUnavailable, and Busy where too many wait."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.waiting = 0

    async def history(self, x: int, y: int, most: int) -> list[Entry]:
        """The last changes of a pixel, newest first."""
        return await self._asked(lambda: self._store.history(x, y, most))

    async def seqs_before(self, moments: Sequence[int]) -> list[int]:
        """For each moment of the wall clock the seq of the last change before it."""
        return await self._asked(lambda: self._store.seqs_before(moments))

    async def excerpt(self, seq: int, most: int) -> list[Entry]:
        """The log after `seq`, in order, at most `most` entries."""
        return await self._asked(lambda: self._store.excerpt(seq, most))

    async def _asked(self, question: Callable[[], Awaitable[T]]) -> T:
        if self.waiting >= MAX_WAITING:
            raise Busy("too many ask for what is past; come back in a moment")
        self.waiting += 1
        try:
            return await question()
        finally:
            self.waiting -= 1

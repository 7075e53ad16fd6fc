"""The last changes of pixels for all who ask about them: read once until the pixel changes again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import NamedTuple

from beeplace.board.board import Board
from beeplace.board.entries import Entry
from beeplace.log.reads import Reads

MAX_KEPT = 256  # answers, of at most 100 changes each


class _Question(NamedTuple):
    """Invariant: the same question has the same answer. `seq` is that of the pixel's last change, `name` of the board's
    numbering."""

    name: str
    seq: int
    x: int
    y: int
    most: int


class PixelHistoryMemory:
    """Raises StoreUnavailable or Busy; many who ask the same are one reader of the store."""

    def __init__(self, reads: Reads, board: Board) -> None:
        self._reads, self._board = reads, board
        self._kept: OrderedDict[_Question, list[Entry]] = OrderedDict()
        self._reading: dict[_Question, asyncio.Task[list[Entry]]] = {}

    async def of(self, x: int, y: int, most: int) -> list[Entry]:
        """At most so many changes of a pixel of the board, newest first."""
        if (found := self.known(x, y, most)) is not None:
            return found
        asked = self._question(x, y, most)
        if asked not in self._reading:
            self._reading[asked] = task = asyncio.create_task(self._read(asked), name="a pixel's history")
            task.add_done_callback(lambda done: done.cancelled() or done.exception())  # all who asked may have gone
        return await asyncio.shield(self._reading[asked])

    def known(self, x: int, y: int, most: int) -> list[Entry] | None:
        """The same, where nothing has to be read."""
        asked = self._question(x, y, most)
        if (found := self._kept.get(asked)) is not None:
            self._kept.move_to_end(asked)
        return found

    def _question(self, x: int, y: int, most: int) -> _Question:
        state = self._board.state
        return _Question(state.name, self._board.bitmap.versions.at(y * state.width + x), x, y, most)

    async def _read(self, asked: _Question) -> list[Entry]:
        try:
            found = await self._reads.history(asked.x, asked.y, asked.most)
        finally:
            del self._reading[asked]
        if asked == self._question(asked.x, asked.y, asked.most):  # else these may be the changes of a later question
            self._kept[asked] = found
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return found

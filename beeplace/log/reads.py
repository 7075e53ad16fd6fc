"""What people ask of the past: as much at once as the store's reads bear, and an honest no beyond it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState
from beeplace.errors import Busy
from beeplace.log.archive import Epoch
from beeplace.log.past import UNDOS_AT_ONCE, ActionFilter, Beginnings, Done, DoneUndo, ListedAction
from beeplace.log.pieces.stored import PieceHead
from beeplace.log.store import Store
from beeplace.log.strips.strip import Strip

if TYPE_CHECKING:
    from beeplace.log.pieces.columns import Columns

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

    async def beginnings(self) -> Beginnings:
        """Where the present epoch began, and where the board was last empty."""
        return await self._asked(self._store.beginnings)

    async def strips(self, area: Area, after: int, to: int) -> list[Strip]:
        """Strips with the placements in an area with seqs in (after, to], and some others beside these."""
        return await self._asked(lambda: self._store.strips(area, after, to))

    async def piece_heads(self, begin: int) -> list[PieceHead]:
        """Those of the stored pieces from a number on."""
        return await self._asked(lambda: self._store.piece_heads(begin))

    async def piece(self, number: int) -> bytes | None:
        """A stored piece."""
        return await self._asked(lambda: self._store.piece(number))

    async def checkpoint(self, number: int) -> bytes | None:
        """The checkpoint before a piece."""
        return await self._asked(lambda: self._store.checkpoint(number))

    async def columns(self, after: int, to: int) -> Columns:
        """The placements with seqs in (after, to]."""
        return await self._asked(lambda: self._store.columns(after, to))

    async def rollup(self) -> tuple[int, bytes] | None:
        """How many stretches of the log are counted, and their figures."""
        return await self._asked(self._store.rollup)

    async def epochs(self) -> list[Epoch]:
        """All numberings of the board in their order."""
        return await self._asked(self._store.epochs)

    async def last_painted(self, area: Area, after: int, to: int) -> Entry | None:
        """The last entry in (after, to] that is no placement and paints pixels of an area."""
        return await self._asked(lambda: self._store.last_painted(area, after, to))

    async def state_changes(self, after: int, to: int) -> list[Entry]:
        """What changed the board's state in (after, to], without pixels and pictures."""
        return await self._asked(lambda: self._store.state_changes(after, to))

    async def first_state(self) -> BoardState:
        """The board as it began."""
        return await self._asked(self._store.first_state)

    async def moments(self, seqs: Sequence[int]) -> dict[int, int]:
        """When changes were committed, in ms since 1970."""
        return await self._asked(lambda: self._store.moments(seqs))

    async def actions(self, asked: ActionFilter, most: int) -> list[ListedAction]:
        """The last actions of organisers, newest first."""
        return await self._asked(lambda: self._store.actions(asked, most))

    async def undos(self, after: int) -> AsyncIterator[DoneUndo]:
        """The undos after a seq, in order, of which some are in memory at a time."""
        found: list[DoneUndo] = []
        while not found or len(found) == UNDOS_AT_ONCE:
            begin = found[-1].seq if found else after
            found = await self._asked(partial(self._store.undos, begin))
            for undo in found:
                yield undo
            if not found:
                return

    async def action(self, seq: int) -> Done | None:
        """One action of an organiser."""
        return await self._asked(lambda: self._store.action(seq))

    async def _asked(self, question: Callable[[], Awaitable[T]]) -> T:
        if self.waiting >= MAX_WAITING:
            raise Busy("too many ask for what is past; come back in a moment")
        self.waiting += 1
        try:
            return await question()
        finally:
            self.waiting -= 1

"""What people read of the past from the embedded store: asked on the event loop, answered on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import apsw

from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState
from beeplace.log.archive import Epoch
from beeplace.log.keys import StoredKey
from beeplace.log.past import ActionFilter, Beginnings, Done, DoneUndo, ListedAction, Past
from beeplace.log.pieces.stored import PieceHead
from beeplace.log.sqlite.reads import SqliteReads
from beeplace.log.sqlite.reasons import translated
from beeplace.log.sqlite.thread import StoreThread
from beeplace.log.strips.strip import Strip

if TYPE_CHECKING:
    from beeplace.log.pieces.columns import Columns

T = TypeVar("T")


class SqlitePast(Past):
    """The part of the store that only reads."""

    def __init__(self, reads: SqliteReads) -> None:
        self._reads = reads
        self._reader = StoreThread("store reads")

    async def _read(self, work: Callable[..., T], *args: object) -> T:
        return await self._reader.run(translated, self._reads.run, (work, *args))

    async def _ask(self, work: Callable[[apsw.Connection], T]) -> T:
        return await self._read(self._reads.ask, work)

    def _end_reading(self) -> None:
        self._reader.end()

    async def excerpt(self, seq: int, most: int) -> list[Entry]:
        return await self._read(self._reads.entries_after, seq, most)

    async def seqs_before(self, moments: Sequence[int]) -> list[int]:
        return await self._read(self._reads.seqs_before, moments)

    async def history(self, x: int, y: int, most: int) -> list[Entry]:
        return await self._read(self._reads.history, x, y, most)

    async def beginnings(self) -> Beginnings:
        return await self._read(self._reads.beginnings)

    async def strips(self, area: Area, after: int, to: int) -> list[Strip]:
        return await self._read(self._reads.strips, area, after, to)

    async def stretches(self) -> int:
        return await self._read(self._reads.stretches)

    async def packed(self, number: int) -> list[Strip]:
        return await self._read(self._reads.packed, number)

    async def columns(self, after: int, to: int) -> Columns:
        return await self._read(self._reads.columns, after, to)

    async def others(self, after: int, to: int) -> list[Entry]:
        return await self._read(self._reads.others, after, to)

    async def piece_heads(self, begin: int) -> list[PieceHead]:
        return await self._read(self._reads.piece_heads, begin)

    async def piece(self, number: int) -> bytes | None:
        return await self._read(self._reads.piece, number)

    async def checkpoint(self, number: int) -> bytes | None:
        return await self._read(self._reads.checkpoint, number)

    async def rollup(self) -> tuple[int, bytes] | None:
        return await self._read(self._reads.rollup)

    async def epochs(self) -> list[Epoch]:
        return await self._read(self._reads.epochs)

    async def keys(self) -> list[StoredKey]:
        """As the store's port says."""
        return await self._read(self._reads.keys)

    async def secrets(self) -> dict[str, bytes]:
        """As the store's port says."""
        return await self._read(self._reads.secrets)

    async def last_painted(self, area: Area, after: int, to: int) -> Entry | None:
        return await self._read(self._reads.last_painted, area, after, to)

    async def state_changes(self, after: int, to: int) -> list[Entry]:
        return await self._read(self._reads.state_changes, after, to)

    async def actions(self, asked: ActionFilter, most: int) -> list[ListedAction]:
        return await self._read(self._reads.actions, asked, most)

    async def undos(self, after: int) -> list[DoneUndo]:
        return await self._read(self._reads.undos, after)

    async def action(self, seq: int) -> Done | None:
        return await self._read(self._reads.action, seq)

    async def first_state(self) -> BoardState:
        return await self._read(self._reads.first_state)

    async def moments(self, seqs: Sequence[int]) -> dict[int, int]:
        return await self._read(self._reads.moments, seqs)

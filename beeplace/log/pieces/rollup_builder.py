"""Counts each stretch of the log once it is whole, in the background: what is asked later needs no scan."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from beeplace.board.board import Board
from beeplace.errors import RollupDamaged
from beeplace.log.pieces.upkeep import run_steps
from beeplace.log.store import Store
from beeplace.log.strips.strip import STRETCH

if TYPE_CHECKING:
    from beeplace.log.pieces.columns import Columns
    from beeplace.log.pieces.rollup import Rollup

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class RollupBuilder:
    """One for each gateway, `entries` to a stretch. How far the log is counted is stored with the counts, in one row: a
    crash, or another gateway that counts the same, counts nothing twice."""

    def __init__(self, store: Store, board: Board, entries: int = STRETCH) -> None:
        self._store, self._board, self._entries = store, board, entries
        self._stretches, self._term = 0, ""  # that are known to be counted: while no other is whole, nothing is asked
        self._doubted = False  # whether the stored counts are said to be damaged

    async def run(self) -> None:
        """Until it is cancelled."""
        await run_steps("figures", self.build_next)

    def doubt(self) -> None:
        """The stored figures could not be read: the next step looks at them, though it may have nothing to count."""
        self._doubted, self._term = True, ""

    async def build_next(self) -> bool:
        """Counts the next whole stretch, or does away with counts that are damaged, so that the next step begins with
        the first stretch; False where there was nothing to do. Raises StoreUnavailable."""
        state = self._board.state
        if state.term != self._term:  # the log may have gone back, and its counts with it
            self._stretches, self._term = 0, state.term
        if (self._stretches + 1) * self._entries > state.seq:
            return False
        kept = await self._store.rollup()
        self._stretches = kept[0] if kept else 0
        after, to = self._stretches * self._entries, (self._stretches + 1) * self._entries
        if to > state.seq and not self._doubted:
            return False
        self._doubted = False
        try:
            rollup = await asyncio.to_thread(_rollup, kept and kept[1])
        except RollupDamaged as error:
            log.error("the figures of the log are damaged, and are counted anew", error=str(error))
            self._stretches = 0
            await self._store.drop_rollup(kept[1] if kept else b"")
            return True
        if to > state.seq:
            return False
        body = await asyncio.to_thread(_counted, rollup, await self._store.columns(after, to))
        await self._store.keep_rollup(self._stretches + 1, body, state.term)
        self._stretches += 1
        return True


def _rollup(body: bytes | None) -> Rollup:
    """The one that is kept, or a new one; for a thread, which loads NumPy where nobody needed it yet."""
    from beeplace.log.pieces.rollup import Rollup  # noqa: PLC0415

    return Rollup.unpack(body) if body is not None else Rollup()


def _counted(rollup: Rollup, columns: Columns) -> bytes:
    rollup.add(columns)
    return rollup.pack()

"""Keeps the stored board close to the log, so that a start reads a short tail however long the log is.

The board's changed blocks are stored a few at a time between commits. A block may be newer than the seq
that is marked in the end: playing the log's tail over it changes nothing, since an older change never
replaces a newer one.
"""

from __future__ import annotations

from beeplace.board.board import Board
from beeplace.board.changes.resize import Size
from beeplace.log.crash_points import passing
from beeplace.log.store import Store

EVERY = 100_000  # entries between two passes: a tail of that length is played in about a third of a second
SLICE = 64  # blocks in one transaction, at most 576 kB


class Checkpoints:
    """Owned by the commit loop, which calls it when no commit is under way."""

    def __init__(self, board: Board, store: Store, every: int = EVERY) -> None:
        self._board = board
        self._store = store
        self._every = every
        self._kept = self._aim = board.checkpoint_seq  # not the board's seq: after a crash it is ahead of the blocks
        self._epoch, self._term = board.state.epoch, board.state.term
        self._numbers: list[int] = []

    async def keep_some(self) -> None:
        """Begins a pass when one is due, and stores the next slice of the one under way."""
        self._look()
        if not self._numbers and self._board.state.seq - self._kept >= self._every:
            self._begin()
        if self._numbers:
            await self._keep_slice()

    async def keep_all(self) -> None:
        """Stores all that is not stored yet; nothing may be committed meanwhile."""
        self._look()
        self._begin()
        while self._numbers:
            await self._keep_slice()

    def _look(self) -> None:
        """Starts over with another epoch or term."""
        state = self._board.state
        if (self._epoch, self._term) == (state.epoch, state.term):
            return
        # A reset and a resize have marked their own seq; a new palette leaves the blocks as they are. What was stored
        # in another term may be lost with it, and the board that was loaded since knows.
        self._kept = min(self._kept, state.seq) if self._term == state.term else self._board.checkpoint_seq
        self._epoch, self._term, self._numbers = state.epoch, state.term, []

    def _begin(self) -> None:
        self._aim = self._board.state.seq
        self._numbers = self._board.bitmap.blocks_since(self._kept)

    async def _keep_slice(self) -> None:
        now, rest = self._numbers[:SLICE], self._numbers[SLICE:]
        blocks = [self._board.bitmap.block(number) for number in now]
        size = Size(self._board.state.width, self._board.state.height)
        await self._store.keep(blocks, None if rest else self._aim, self._term, size)
        passing("keeping")
        self._numbers = rest  # only now: a slice that could not be stored is due again
        if not rest:
            self._kept = self._aim

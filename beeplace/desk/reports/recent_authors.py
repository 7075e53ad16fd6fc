"""Who has drawn, by the newest part of the log: read when it is first asked for, and then what came since."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from beeplace.board.board import Board
from beeplace.coalesced import Coalesced
from beeplace.log.reads import Reads

if TYPE_CHECKING:
    from beeplace.log.pieces.columns import Columns, Numbers

LOOK_BACK: Final = 1 << 20  # changes
_AT_ONCE: Final = 1 << 16
_IDENTITY_BYTES: Final = 16
_NAME_BYTES: Final = 8  # the beginning of an identity, which is a hash


class RecentAuthors:
    """Of one gateway. Nobody who asks waits for more than one reading to end and one to be made.

    Invariant: no more than twice `LOOK_BACK` people are known, 8 bytes each.
    """

    def __init__(self, board: Board, reads: Reads) -> None:
        self._board, self._reads = board, reads
        self._catch_up = Coalesced(self._read)
        self._forget("")

    def _forget(self, term: str) -> None:
        self._known: Numbers | None = None  # in order, each once
        self._seq, self._term = 0, term  # up to which the log is read

    @property
    def known(self) -> int:
        """How many people."""
        return 0 if self._known is None else len(self._known)

    async def has(self, identity: bytes) -> bool:
        """Whether somebody placed one of the newest pixels. Raises StoreUnavailable, Busy."""
        if not self._knows(identity):
            await self._catch_up(None)
        return self._knows(identity)

    def _knows(self, identity: bytes) -> bool:
        if self._known is None:
            return False
        name = int.from_bytes(identity[:_NAME_BYTES], "little", signed=True)
        at = int(self._known.searchsorted(name))
        return at < len(self._known) and int(self._known[at]) == name

    async def _read(self, _: None) -> None:
        state = self._board.state
        if state.term != self._term or (self.known > LOOK_BACK):
            self._forget(state.term)
        after = max(self._seq, state.seq - LOOK_BACK)
        while after < state.seq:
            to = min(after + _AT_ONCE, state.seq)
            columns = await self._reads.columns(after, to)
            self._known = await asyncio.to_thread(_joined, self._known, columns)
            self._seq = after = to


def _joined(known: Numbers | None, columns: Columns) -> Numbers:
    import numpy as np  # noqa: PLC0415  # not on the event loop, and not before somebody floods the queue

    rows = np.frombuffer(columns.identities, np.uint8).reshape(-1, _IDENTITY_BYTES)
    names = np.ascontiguousarray(rows[:, :_NAME_BYTES]).view("<i8").ravel()
    return np.unique(names) if known is None else np.union1d(known, names)

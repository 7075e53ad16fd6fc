"""Who has drawn, by the newest part of the log: read when it is first asked for, and then what came since."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from beeplace.board.board import Board
from beeplace.coalesced import Coalesced
from beeplace.log.reads import Reads

if TYPE_CHECKING:
    from beeplace.log.pieces.columns import Columns

LOOK_BACK: Final = 1 << 20  # changes
_AT_ONCE: Final = 1 << 16
_IDENTITY_BYTES: Final = 16


class RecentAuthors:
    """Of one gateway. Nobody who asks waits for more than one reading to end and one to be made."""

    def __init__(self, board: Board, reads: Reads) -> None:
        self._board, self._reads = board, reads
        self._known: set[bytes] = set()
        self._seq = 0  # up to which the log is read
        self._catch_up = Coalesced(self._read)

    async def has(self, identity: bytes) -> bool:
        """Whether somebody placed one of the newest pixels. Raises StoreUnavailable, Busy."""
        if identity not in self._known:
            await self._catch_up(None)
        return identity in self._known

    async def _read(self, _: None) -> None:
        newest = self._board.state.seq
        after = max(self._seq, newest - LOOK_BACK)
        while after < newest:
            to = min(after + _AT_ONCE, newest)
            self._known |= await asyncio.to_thread(_people, await self._reads.columns(after, to))
            self._seq = after = to


def _people(columns: Columns) -> set[bytes]:
    packed = columns.identities
    return {packed[at : at + _IDENTITY_BYTES] for at in range(0, len(packed), _IDENTITY_BYTES)}

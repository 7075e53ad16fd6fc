"""Makes a piece of each stretch of the log once it is whole: in the background, one at a time, unhurriedly.

The codec is loaded, with NumPy, in the thread that needs it first: a gateway of a short log never does.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from typing import TYPE_CHECKING

from beeplace.board.board import Board
from beeplace.board.entries import Entry
from beeplace.errors import StoreUnavailable
from beeplace.log.pieces.stored import PieceHead, StoredPiece
from beeplace.log.pieces.upkeep import run_steps
from beeplace.log.store import Store
from beeplace.log.strips.strip import STRETCH

if TYPE_CHECKING:
    from beeplace.log.pieces.columns import Columns

BYTES_A_PLACEMENT = 5  # there are as many checkpoints as make no more of it than this, with the pieces
_LEVEL = 6


class PieceBuilder:
    """One for each gateway, `entries` to a piece; where several share a log, each finds what another has made."""

    def __init__(self, store: Store, board: Board, entries: int = STRETCH) -> None:
        self._store, self._board, self._entries = store, board, entries
        self._made: list[PieceHead] = []  # the pieces that are known to be there, from the first on
        self._pixels, self._number = bytearray(), -1  # the board before the piece with that number
        self._width = board.state.width
        self._term = ""

    async def run(self) -> None:
        """Until it is cancelled."""
        await run_steps("pieces", self.build_next)

    async def build_next(self) -> bool:
        """Makes that of the next whole stretch; False where there is none. Raises StoreUnavailable."""
        state = self._board.state
        if state.term != self._term:  # the log may have gone back, and its pieces with it
            self._term, self._made, self._number = state.term, [], -1
        if (len(self._made) + 1) * self._entries > state.seq:
            return False
        self._made += await self._store.piece_heads(len(self._made))
        number = len(self._made)
        if (number + 1) * self._entries > state.seq:
            return False
        await self._paint_up_to(number)
        stretch = await self._stretch(number)
        since = self._made[self._checkpoint(number) :]
        left = BYTES_A_PLACEMENT * len(since) * self._entries - sum(head.packed_bytes for head in since)
        piece = await asyncio.to_thread(make_piece, number, *stretch, self._pixels, left)
        await self._store.keep_piece(piece, state.term)
        self._number = -1  # until all of it is painted
        self._pixels, self._width = await asyncio.to_thread(_painted, self._pixels, self._width, *stretch)
        self._number = number + 1
        return True

    async def _stretch(self, number: int) -> tuple[Columns, Sequence[Entry]]:
        """All entries of one. Raises StoreUnavailable where some are not there."""
        after, to = number * self._entries, (number + 1) * self._entries
        columns, others = await self._store.columns(after, to), await self._store.others(after, to)
        if len(columns.seqs) + len(others) != self._entries:
            raise StoreUnavailable(f"the log lacks entries after {after:,}")
        return columns, others

    async def _paint_up_to(self, number: int) -> None:
        """Brings the board to where a piece begins: from the last checkpoint, unless it is there already."""
        begin = self._checkpoint(number)
        if not begin <= self._number <= number:
            stored = await self._store.checkpoint(begin) if begin else None
            epochs = await self._store.epochs()
            epoch = next((one for one in reversed(epochs) if one.first_seq <= begin * self._entries), epochs[0])
            self._pixels = bytearray(
                await asyncio.to_thread(gzip.decompress, stored) if stored else epoch.width * epoch.height
            )
            self._width, self._number = epoch.width, begin
        while self._number < number:
            stretch = await self._stretch(self._number)
            self._pixels, self._width = await asyncio.to_thread(_painted, self._pixels, self._width, *stretch)
            self._number += 1

    def _checkpoint(self, number: int) -> int:
        """The last piece before this one that has a checkpoint; 0, before which the board is empty, where none has."""
        return next((head.number for head in reversed(self._made[:number]) if head.checkpoint_bytes is not None), 0)


def make_piece(
    number: int, columns: Columns, others: Sequence[Entry], before: bytearray, most_bytes: int
) -> StoredPiece:
    """The piece, and the checkpoint before it where it has at most so many bytes."""
    from beeplace.log.pieces.codec import encode  # noqa: PLC0415

    packed = gzip.compress(encode(columns, others), _LEVEL, mtime=0)
    checkpoint = gzip.compress(before, _LEVEL, mtime=0) if most_bytes > 0 else None
    if checkpoint and len(checkpoint) > most_bytes:
        checkpoint = None
    ends = [*(columns.seqs[[0, -1]] if len(columns.seqs) else ()), *(entry.seq for entry in others)]
    moments = [*(columns.at_ms[[0, -1]] if len(columns.seqs) else ()), *(entry.at_ms for entry in others)]
    (_, first_ms), (_, last_ms) = min(found := list(zip(ends, moments, strict=True))), max(found)
    return StoredPiece(number, int(first_ms), int(last_ms), packed, checkpoint)


def _painted(pixels: bytearray, width: int, columns: Columns, others: Sequence[Entry]) -> tuple[bytearray, int]:
    """See `paint`."""
    from beeplace.log.pieces.codec import paint  # noqa: PLC0415

    return paint(pixels, width, columns, others)

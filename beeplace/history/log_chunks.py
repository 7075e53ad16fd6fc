"""The log in blocks of 1,024 entries, read from the store once and kept as text: what is committed never changes.

A block is read, encoded and compressed once for all who ask for it, also for those who ask at the same time. The text
names the term in which the log goes on; in another it is made anew.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from beeplace.board.entries import Entry
from beeplace.board.terms import place_name
from beeplace.errors import LogWentBack
from beeplace.history.delayed_board import DelayedBoard
from beeplace.history.log_text import encode_log
from beeplace.log.reads import Reads

BLOCK = 1024
MAX_BLOCKS = 256  # about 4 MB of text, and a third of it compressed
MAX_ENDS = 16  # of the log: what lies behind the last whole block, for those who ask at the same moment
FRESH_SECONDS = 1.0  # how long it is known where the last minutes began


_Key = tuple[str, int, int]  # a term, and the entries in (after, end]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines, and the same as a raw deflate stream (RFC 1951) that ends at a byte and refers to nothing before."""

    text: bytes
    deflated: bytes


class LogChunks:
    """Reads the log for walls; at most one block is held for an answer under way, whatever its length."""

    def __init__(
        self, reads: Reads, delayed: DelayedBoard, clock: Callable[[], float], wall_ms: Callable[[], int]
    ) -> None:
        self._board, self._reads, self._delayed = delayed.source, reads, delayed
        self._clock, self._wall_ms = clock, wall_ms
        self._finding = asyncio.Lock()
        self.reloaded()

    def reloaded(self) -> None:
        """The log is another; nothing that was read of it is kept."""
        self._whole, self._ends = _Shared(MAX_BLOCKS), _Shared(MAX_ENDS)
        self._begins: dict[int, tuple[float, int]] = {}

    async def begin(self, minutes: int) -> int:
        """The seq of the last change before the last minutes. Raises StoreUnavailable or Busy."""
        async with self._finding:
            found = self._begins.get(minutes)
            if found is None or self._clock() - found[0] > FRESH_SECONDS:
                [seq] = await self._reads.seqs_before([self._wall_ms() - minutes * 60_000])
                found = self._begins[minutes] = self._clock(), seq
            return found[1]

    async def read(self, after: int, to: int) -> AsyncIterator[Piece]:
        """The entries in (after, to], in pieces. `to` is committed.

        Raises StoreUnavailable, LogWentBack among them where the log goes on in another term meanwhile, or Busy.
        """
        term = self._board.state.term
        while after < to:
            number, inside = divmod(after, BLOCK)
            end = min(to, (number + 1) * BLOCK)
            shared = self._whole if inside == 0 and end - after == BLOCK else self._ends
            piece = await shared.get((term, after, end), self._make)
            if term != self._board.state.term:
                raise LogWentBack
            yield piece
            after = end

    async def _make(self, key: _Key) -> Piece:
        term, after, end = key
        entries = self._delayed.after(after, end - after)
        if entries is None:
            entries = await self._reads.excerpt(after, end - after)
        return await asyncio.to_thread(_piece, entries, partial(place_name, term=term))


class _Shared:
    """Pieces that are kept, the least recently used forgotten; one that is being made is made once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[_Key, Piece] = OrderedDict()
        self._making: dict[_Key, asyncio.Task[Piece]] = {}

    async def get(self, key: _Key, make: Callable[[_Key], Coroutine[Any, Any, Piece]]) -> Piece:
        if kept := self._kept.get(key):
            self._kept.move_to_end(key)
            return kept
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(make(key), name="log piece")
            task.add_done_callback(lambda made: self._made(key, made))
        return await asyncio.shield(task)  # who leaves does not take it from the others

    def _made(self, key: _Key, made: asyncio.Task[Piece]) -> None:
        del self._making[key]
        if made.cancelled() or made.exception():
            return
        self._kept[key] = made.result()
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _piece(entries: list[Entry], name: Callable[[str], str]) -> Piece:
    text = encode_log(entries, name).encode()
    packer = zlib.compressobj(6, wbits=-15)
    return Piece(text, packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH))

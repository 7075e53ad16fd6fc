"""The evening for replays: an index of the log's pieces, its epochs and its moments, and the pieces themselves.

Pieces and checkpoints never change, so the last that were read stay in memory; the index is made at most every
two seconds. What is not in a piece yet is the log after the index's `seq`.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, NamedTuple

import orjson

from beeplace.board.board import Board
from beeplace.board.changes import KINDS
from beeplace.coalesced import Coalesced
from beeplace.log.archive import Epoch
from beeplace.log.past import ActionFilter
from beeplace.log.pieces.stored import PieceHead
from beeplace.log.reads import Reads
from beeplace.log.strips.strip import STRETCH

FORMAT: Final = 1
FRESH_SECONDS: Final = 2.0
MOST_MOMENTS: Final = 500  # organisers' last actions that everybody could see
MAX_KEPT_BYTES: Final = 8_000_000
SEEN: Final = frozenset({"fill", "paste", "clear", "rewind", "undo", "reset", "read-only", "panic", "palette", "size"})

_ALL = 2**62
_NAME = re.compile(r"(0|[1-9][0-9]{0,8})-([0-9a-f]{16})")


class Index(NamedTuple):
    """A JSON text, its gzip and its ETag: made once for all who ask."""

    body: bytes
    packed: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes) -> Index:
        """That of a text."""
        return cls(body, gzip.compress(body, mtime=0), f'"{hashlib.sha256(body).hexdigest()[:16]}"')


class HistoryPieces:
    """For the routes, of a log with `entries` to a piece. `clock` gives seconds that never go back.

    All methods raise StoreUnavailable or Busy.
    """

    def __init__(self, reads: Reads, board: Board, clock: Callable[[], float], entries: int = STRETCH) -> None:
        self._reads, self._board, self._clock, self._entries = reads, board, clock, entries
        self._making = asyncio.Lock()
        self._pieces = _Kept(reads.piece)
        self._checkpoints = _Kept(reads.checkpoint)
        self._forget("")

    def _forget(self, term: str) -> None:
        self._term, self._made_at, self._index = term, float("-inf"), Index.of(b"")
        self._heads: list[PieceHead] = []

    async def index(self) -> Index:
        """As it is now; see `docs/history.md`."""
        async with self._making:
            await self._look()
        return self._index

    async def piece(self, name: str) -> bytes | None:
        """Gzip of a piece; None where there is none of that name."""
        return await self._named(name, self._pieces)

    async def checkpoint(self, name: str) -> bytes | None:
        """Gzip of the board before a piece; None where there is none of that name."""
        return await self._named(name, self._checkpoints)

    async def _named(self, name: str, kept: _Kept) -> bytes | None:
        if (matched := _NAME.fullmatch(name)) is None:
            return None
        number = int(matched[1])
        if not self._there(number, matched[2]):
            await self.index()
        return await kept.get((number, matched[2])) if self._there(number, matched[2]) else None

    def _there(self, number: int, digest: str) -> bool:
        """Whether this is a piece of the log as it is."""
        known = self._term == self._board.state.term and number < len(self._heads)
        return known and self._heads[number].digest == digest

    async def _look(self) -> None:
        if (term := self._board.state.term) != self._term:
            self._forget(term)
        if self._clock() - self._made_at < FRESH_SECONDS:
            return
        heads = self._heads + await self._reads.piece_heads(len(self._heads))
        epochs = await self._reads.epochs()
        actions = await self._reads.actions(ActionFilter(_ALL), MOST_MOMENTS)
        moments = [
            moment for action in reversed(actions) if (moment := moment_shown(action.seq, action.at_ms, action.kind))
        ]
        body = orjson.dumps(index(heads, self._entries, len(heads) * self._entries, epochs, moments))
        made = self._index if body == self._index.body else await asyncio.to_thread(Index.of, body)
        if term == self._board.state.term:
            self._heads, self._index, self._made_at = heads, made, self._clock()


def index(
    heads: Sequence[PieceHead], entries: int, seq: int, epochs: Sequence[Epoch], moments: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """What is known of an evening without reading its pieces, which have `entries` each, the last one up to `seq`;
    addresses are relative to the index's own."""
    return {
        "format": FORMAT,
        "seq": seq,
        "pieces": [
            {
                "url": f"pieces/{head.number}-{head.digest}", "after": head.number * entries,
                "to": min(seq, (head.number + 1) * entries), "at": head.first_ms, "until": head.last_ms,
                "bytes": head.packed_bytes,
            }
            for head in heads
        ],
        "checkpoints": [
            {
                "url": f"checkpoints/{head.number}-{head.digest}", "seq": head.number * entries,
                "bytes": head.checkpoint_bytes,
            }
            for head in heads if head.checkpoint_bytes is not None
        ],
        "epochs": [
            {
                "name": epoch.name, "from": epoch.first_seq, "at": epoch.at_ms, "width": epoch.width,
                "height": epoch.height, "colors": epoch.palette.colors,
            }
            for epoch in epochs
        ],
        "moments": moments,
    }  # fmt: skip


def moment_shown(seq: int, at_ms: int, kind: int) -> dict[str, Any] | None:
    """An organiser's action that everybody could see, as the index names it; None for another."""
    name = KINDS[kind].NAME.replace("_", "-") if kind in KINDS else "other"
    return {"seq": seq, "at": at_ms, "kind": name} if name in SEEN else None


class _Kept:
    """Bodies that were read, the least recently used forgotten; those who ask for one at the same time share a read."""

    def __init__(self, read: Callable[[int], Awaitable[bytes | None]]) -> None:
        self._bodies: OrderedDict[tuple[int, str], bytes] = OrderedDict()
        self._read = Coalesced(read)
        self._bytes = 0

    async def get(self, name: tuple[int, str]) -> bytes | None:
        if name in self._bodies:
            self._bodies.move_to_end(name)
            return self._bodies[name]
        body = await self._read(name[0])
        if body is not None and name not in self._bodies:
            self._bodies[name] = body
            self._bytes += len(body)
            while self._bytes > MAX_KEPT_BYTES and len(self._bodies) > 1:
                self._bytes -= len(self._bodies.popitem(last=False)[1])
        return body

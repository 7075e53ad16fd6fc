"""Logs of millions of placements for benchmarks, in the form in which the stores write them.

Method: the real store makes the database. Placements are then added in bulk, with the same tables, columns, indexes
and blocks: PER_SECOND a second up to now, of PEOPLE, half of them anywhere and half around twenty spots; the same for
the same seed. All but the last `tail` are in stored blocks, made by the real store from the log; strips are made by
the real builder. VANDALS people besides drew VANDAL_PIXELS each, all over the board, within the last hour.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import asyncpg
import numpy as np
from numpy.typing import NDArray

from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.errors import StoreUnavailable
from beeplace.log.checkpoints import Checkpoints
from beeplace.log.postgres.store import PostgresStore
from beeplace.log.sqlite.store import SqliteStore
from beeplace.log.store import BoardSpec, Store
from beeplace.log.strips.builder import StripBuilder

PEOPLE = 100_000
PER_SECOND = 300
VANDALS, VANDAL_PIXELS = 6, 5_000
AT_ONCE = 250_000
COLORS = len(THESIS_COLORS)

_COLUMNS = ("epoch", "kind", "hex", "identity", "seq", "x", "y", "color", "at_ms", "previous")
_SQLITE = f"INSERT INTO log ({', '.join(_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

Numbers = NDArray[np.int64]
Column = list[Any]
Add = Callable[[int, Iterator[list[Column]]], Awaitable[None]]  # the last seq, and columns


class Piece(NamedTuple):
    """Placements that follow each other, as columns; `people` are indices, `previous` the seqs before of each pixel."""

    seqs: Numbers
    xs: Numbers
    ys: Numbers
    colors: Numbers
    people: Numbers
    previous: Numbers


@dataclass(frozen=True)
class LongLog:
    """What is in a log; two with the same figures have the same placements."""

    rows: int
    side: int
    tail: int = 0
    seed: int = 1

    @property
    def spec(self) -> BoardSpec:
        """The board."""
        return BoardSpec(self.side, self.side, Palette(THESIS_COLORS))

    def identities(self) -> list[bytes]:
        """The people, and after them the vandals."""
        names = np.random.default_rng(self.seed).bytes(16 * (PEOPLE + VANDALS))
        return [names[at : at + 16] for at in range(0, len(names), 16)]

    def pieces(self, first: int, last: int) -> Iterator[Piece]:
        """The placements of seqs first..last; those before are made, too, as they depend on each other."""
        newest: Numbers = np.zeros(self.side * self.side, np.int64)
        for begin in range(0, last, AT_ONCE):
            piece = self._piece(begin, min(AT_ONCE, self.rows - begin), newest)
            if begin + AT_ONCE >= first:
                yield Piece(*(column[max(0, first - 1 - begin) : last - begin] for column in piece))

    def _piece(self, begin: int, count: int, newest: Numbers) -> Piece:
        chance = np.random.default_rng((self.seed, begin))
        seqs = np.arange(begin + 1, begin + count + 1)
        spots = np.random.default_rng(self.seed).integers(0, self.side, (20, 2))[chance.integers(0, 20, count)]
        near = np.clip(spots + chance.normal(0, self.side / 20, (count, 2)), 0, self.side - 1).astype(np.int64)
        anywhere = chance.integers(0, self.side, (count, 2))
        xs, ys = np.where(chance.random(count)[:, None] < 0.5, near, anywhere).T
        people = (PEOPLE * chance.random(count) ** 2).astype(np.int64)
        hour = min(self.rows, 3_600 * PER_SECOND)
        vandals = (chance.random(count) < VANDALS * VANDAL_PIXELS / hour) & (seqs > self.rows - hour)
        people[vandals] = PEOPLE + chance.integers(0, VANDALS, int(vandals.sum()))
        xs[vandals], ys[vandals] = anywhere[vandals].T
        offsets = ys * self.side + xs
        order = np.argsort(offsets, kind="stable")
        before = np.roll(order, 1)
        same = offsets[order] == offsets[before]
        same[:1] = False
        previous = newest[offsets]
        previous[order[same]] = seqs[before[same]]
        newest[offsets] = seqs  # of a pixel's rows the last one counts
        return Piece(seqs, xs, ys, chance.integers(1, COLORS, count), people, previous)

    def board(self) -> bytes:
        """What all of it makes of the board."""
        pixels = np.zeros(self.side * self.side, np.uint8)
        for piece in self.pieces(1, self.rows):
            pixels[piece.ys * self.side + piece.xs] = piece.colors
        return pixels.tobytes()


async def make_sqlite(log: LongLog, database: Path) -> None:
    """A database file, as of a server that was killed `tail` entries after it had stored its blocks."""

    async def add(last: int, rows: Iterator[list[Column]]) -> None:
        with closing(apsw.Connection(str(database))) as db:
            db.execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000")
            for columns in rows:
                with db:
                    db.executemany(_SQLITE, zip(*columns, strict=True))
            db.execute("UPDATE board SET seq = ?", (last,))
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    await _make(log, lambda: SqliteStore(database), add)


async def make_postgres(log: LongLog, url: str) -> None:
    """The same in a PostgreSQL database, with the statistics that autovacuum would have taken."""

    async def add(last: int, rows: Iterator[list[Column]]) -> None:
        db = await asyncpg.connect(url)
        try:
            for columns in rows:
                records = zip(*columns[:-1], strict=True)  # an index has what `previous` says
                await db.copy_records_to_table("log", records=records, columns=_COLUMNS[:-1])
            await db.execute("UPDATE board SET seq = $1", last)
            await db.execute("VACUUM (ANALYZE)", timeout=600)
        finally:
            await db.close()

    await _make(log, lambda: PostgresStore(url), add)


async def _make(log: LongLog, store_of: Callable[[], Store], add: Add) -> None:
    end_ms, stored = int(time.time() * 1000), log.rows - log.tail
    store = store_of()
    await store.open(log.spec)
    await store.close()
    await add(stored, _columns(log, 1, stored, end_ms))
    store = store_of()
    board = await store.open(log.spec)
    await Checkpoints(board, store).keep_all()
    builder, more = StripBuilder(store, board), True
    while more:
        with suppress(StoreUnavailable):  # a machine at work: asked again, as a gateway would
            more = await builder.build_next()
    await store.close()
    if log.tail:
        await add(log.rows, _columns(log, stored + 1, log.rows, end_ms))


def _columns(log: LongLog, first: int, last: int, end_ms: int) -> Iterator[list[Column]]:
    """The columns of `_COLUMNS` of one piece after the other."""
    names = log.identities()
    for piece in log.pieces(first, last):
        count = len(piece.seqs)
        moments = end_ms - (log.rows - piece.seqs) * 1000 // PER_SECOND
        hexes = [THESIS_COLORS[color] for color in piece.colors.tolist()]
        people = [names[who] for who in piece.people.tolist()]
        numbers = [
            column.tolist() for column in (piece.seqs, piece.xs, piece.ys, piece.colors, moments, piece.previous)
        ]
        yield [[1] * count, [1] * count, hexes, people, *numbers]

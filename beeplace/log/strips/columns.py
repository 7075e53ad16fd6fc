"""Entries of the log as columns: arrays of placements, for those who look at tens of millions of them.

A database packs its numbers itself, so that no Python object is made for an entry: that is three times as fast as rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy
from numpy.typing import NDArray

from beeplace.errors import StoreUnavailable
from beeplace.log.archive import Row

AT_ONCE = 16_384  # entries of one piece
IDENTITY_BYTES = 16
_X_BITS, _Y_BITS = 8, 20  # where a packed spot has them: `y << 20 | x << 8 | color`


class PlacementColumns(NamedTuple):
    """Placements of one pixel by people, in the order of the log; all arrays have one length.

    `identity` has 16 bytes for each.
    """

    seq: NDArray[numpy.int64]
    at_ms: NDArray[numpy.int64]
    x: NDArray[numpy.uint16]
    y: NDArray[numpy.uint16]
    color: NDArray[numpy.uint8]
    identity: NDArray[numpy.uint8]


class LogColumns(NamedTuple):
    """The entries in (after, to]: placements as columns, and all else as rows."""

    after: int
    to: int
    placements: PlacementColumns
    others: list[Row]

    def whole(self) -> LogColumns:
        """Itself. Raises StoreUnavailable where an entry is missing."""
        placed, told = self.placements.seq, [row.seq for row in self.others]
        seqs = numpy.union1d(placed, numpy.array(told, numpy.int64)) if told else placed
        expected = numpy.arange(self.after + 1, self.to + 1)
        if len(placed) + len(told) == len(expected) and numpy.array_equal(seqs, expected):
            return self
        there = min(len(seqs), len(expected))
        wrong = numpy.flatnonzero(seqs[:there] != expected[:there])
        last = self.after + (int(wrong[0]) if len(wrong) else there)
        raise StoreUnavailable(f"the log is damaged after entry {last}; beeplace verify tells more")


def from_numbers(after: int, numbers: Iterable[NDArray[numpy.int64]], people: bytes) -> PlacementColumns:
    """The columns of placements from their seqs, counted from `after`, their moments and their packed spots."""
    seqs, at_ms, spots = numbers
    return PlacementColumns(
        seqs + after,
        at_ms,
        (spots >> _X_BITS & 0xFFF).astype(numpy.uint16),
        (spots >> _Y_BITS).astype(numpy.uint16),
        (spots & 0xFF).astype(numpy.uint8),
        numpy.frombuffer(people, numpy.uint8).reshape(-1, IDENTITY_BYTES),
    )


def as_rows(columns: PlacementColumns, colors: Sequence[str], *more: NDArray[Any]) -> Iterator[tuple[Any, ...]]:
    """Placements one by one: seq, x, y, colour, colour as #RRGGBB, moment, identity, and what more there is of each."""
    packed = columns.identity.tobytes()
    return zip(
        columns.seq.tolist(),
        columns.x.tolist(),
        columns.y.tolist(),
        columns.color.tolist(),
        map(colors.__getitem__, columns.color.tolist()),
        columns.at_ms.tolist(),
        (packed[at : at + IDENTITY_BYTES] for at in range(0, len(packed), IDENTITY_BYTES)),
        *(column.tolist() for column in more),
        strict=True,
    )

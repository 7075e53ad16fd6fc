"""Which entries of the log an export has, where that is not all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy
from numpy.typing import NDArray

from beeplace.board.changes.placement import Placement
from beeplace.board.changes.resize import Resize
from beeplace.board.geometry import Area
from beeplace.log.archive import Archive, Head, Row
from beeplace.log.strips.columns import LogColumns

_NAME_BYTES: Final = 4  # of an identity, which pages name people by

Mask = NDArray[numpy.bool_]


@dataclass(frozen=True, slots=True)
class ChosenEntries:
    """The entries in (after, to] that touch the area, are of these kinds, and of these people but not of those.

    Empty sets leave a filter out, and so does no area: with one, what changes no pixel is left out. People are the
    first four bytes of their identities.
    """

    after: int
    to: int
    area: Area | None = None
    people: frozenset[bytes] = frozenset()
    others: frozenset[bytes] = frozenset()
    kinds: frozenset[int] = frozenset()

    def mask(self, piece: LogColumns) -> Mask | None:
        """True for those of a piece that are meant, which lies in the range; None where all are."""
        if not (self.area or self.people or self.others or self.kinds):
            return None
        found = numpy.zeros(piece.to - piece.after, bool)
        found[piece.placements.seq - piece.after - 1] = self._placements(piece)
        for row in piece.others:
            found[row.seq - piece.after - 1] = self._takes(row)
        return found

    def _placements(self, piece: LogColumns) -> Mask:
        placed = piece.placements
        meant = numpy.full(len(placed.seq), not self.kinds or Placement.NUMBER in self.kinds)
        if area := self.area:
            meant &= (placed.x >= area.x) & (placed.x < area.x + area.width)
            meant &= (placed.y >= area.y) & (placed.y < area.y + area.height)
        names = numpy.ascontiguousarray(placed.identity[:, :_NAME_BYTES]).view(numpy.uint32).reshape(-1)
        if self.people:
            meant &= numpy.isin(names, _numbers(self.people))
        if self.others:
            meant &= ~numpy.isin(names, _numbers(self.others))
        return meant

    def _takes(self, row: Row) -> bool:
        if self.kinds and row.kind not in self.kinds:
            return False
        name = row.identity[:_NAME_BYTES]
        if (self.people and name not in self.people) or name in self.others:
            return False
        if self.area is None:
            return True
        touched = row.record.area
        return touched is not None and _meet(touched, self.area)


def _meet(one: Area, other: Area) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def _numbers(names: frozenset[bytes]) -> NDArray[Any]:
    return numpy.frombuffer(b"".join(sorted(names)), numpy.uint32)


async def seq_before(archive: Archive, last: int, moment_ms: int) -> int:
    """The last entry up to `last` that was committed before a moment; 0 for none.

    As everywhere, moments are taken to go up with the seqs.
    """
    low, high = 0, last
    while low < high:
        middle = (low + high + 1) // 2
        if await _at_ms(archive, middle) < moment_ms:
            low = middle
        else:
            high = middle - 1
    return low


async def beginning(archive: Archive, head: Head) -> int:
    """The entry up to which nothing is selected: the one with which the present epoch began, another size apart."""
    for epoch in reversed(head.epochs[1:]):
        if (await _one(archive, epoch.first_seq)).others[0].kind != Resize.NUMBER:
            return epoch.first_seq
    return 0


async def _at_ms(archive: Archive, seq: int) -> int:
    piece = await _one(archive, seq)
    return int(piece.placements.at_ms[0]) if len(piece.placements.seq) else piece.others[0].at_ms


async def _one(archive: Archive, seq: int) -> LogColumns:
    """An entry alone."""
    [piece] = [piece.whole() async for piece in archive.columns(seq - 1, seq)]
    return piece

"""Placements as columns of numbers: out of strips, and which of them a selection takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from beeplace.board.changes.placement import Placement
from beeplace.board.geometry import Area
from beeplace.desk.selection import Selection
from beeplace.log.strips.strip import BAND_ROWS, NAME_BYTES, ROW_BYTES, STRETCH, Strip

Seqs: TypeAlias = NDArray[np.uint64]
Flags: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]
Names: TypeAlias = NDArray[np.uint32]  # the first bytes of identities, as they lie in memory


class Placements(NamedTuple):
    """Placements in the order of their seqs, those of each pixel at least; `offsets` are indices in an area."""

    seqs: Seqs
    offsets: Numbers
    colors: Bytes
    names: Names

    def at(self, rows: NDArray[Any]) -> Placements:
        """Some of them: their numbers, or a flag for each."""
        return Placements(self.seqs[rows], self.offsets[rows], self.colors[rows], self.names[rows])


def rows(strips: Sequence[Strip], area: Area, after: int, to: int) -> Placements:
    """The placements of strips that lie in an area and have seqs in (after, to].

    Most that is read lies beside the area. So places are looked at in 16 bits, where what lies to the left or above
    becomes large, and only what is inside gets its other columns.
    """
    counts = [len(strip.packed) // ROW_BYTES for strip in strips]
    tops = np.array([strip.band * BAND_ROWS - area.y for strip in strips], np.int64).astype(np.uint16)
    firsts = np.array([strip.number * STRETCH + 1 for strip in strips], np.uint64)
    places = _column(strips, counts, "<u2", 2)
    xs, ys = (places & 0xFFF) - np.uint16(area.x), (places >> 12) + np.repeat(tops, counts)
    inside = (xs < area.width) & (ys < area.height)
    where = slice(None) if inside.all() else np.flatnonzero(inside)
    seqs = np.repeat(firsts, counts)[where] + _column(strips, counts, "<u2", 0)[where]
    offsets = np.multiply(ys[where], area.width, dtype=np.int64) + xs[where]
    found = Placements(seqs, offsets, _column(strips, counts, "u1", 4)[where], _column(strips, counts, "u4", 5)[where])
    if not len(seqs) or after < seqs.min() <= seqs.max() <= to:
        return found
    meant = (seqs > after) & (seqs <= to)
    return found.at(meant)


def _column(strips: Sequence[Strip], counts: Sequence[int], form: str, at: int) -> NDArray[Any]:
    """One column of all strips; `at` is where its numbers begin in a strip of one placement."""
    if not strips:
        return np.zeros(0, form)
    return np.concatenate([np.frombuffer(s.packed, form, n, at * n) for s, n in zip(strips, counts, strict=True)])


def chosen(found: Placements, selection: Selection) -> Flags:
    """Which placements a selection takes, all of which are in its area."""
    flags: Flags = np.ones(len(found.seqs), np.bool_)
    if len(flags) and not selection.after < found.seqs.min() <= found.seqs.max() <= selection.to:
        flags = (found.seqs > selection.after) & (found.seqs <= selection.to)
    if selection.kinds and Placement.NUMBER not in selection.kinds:
        flags[:] = False
    if selection.people:
        flags &= _is_of(found.names, selection.people)
    if selection.others:
        flags &= ~_is_of(found.names, selection.others)
    return flags


def _is_of(names: Names, people: frozenset[bytes]) -> Flags:
    assert {len(person) for person in people} == {NAME_BYTES}
    wanted: Names = np.frombuffer(b"".join(people), np.uint32)
    return names == wanted[0] if len(wanted) == 1 else np.isin(names, wanted)

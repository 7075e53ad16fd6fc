"""Placements as columns of numbers: out of strips, and which of them a selection takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

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


def rows(strips: Sequence[Strip], area: Area, after: int, to: int) -> Placements:
    """The placements of strips that lie in an area and have seqs in (after, to]."""
    counts = [len(strip.packed) // ROW_BYTES for strip in strips]
    in_stretch, places, colors, names = (
        np.concatenate([np.frombuffer(s.packed, form, n, at * n) for s, n in zip(strips, counts, strict=True)])
        if strips
        else np.zeros(0, form)
        for form, at in (("<u2", 0), ("<u2", 2), ("u1", 4), ("u4", 5))
    )
    tops = np.repeat(np.array([strip.band * BAND_ROWS for strip in strips], np.int64), counts)
    firsts = np.repeat(np.array([strip.number * STRETCH + 1 for strip in strips], np.uint64), counts)
    xs, ys, seqs = (places & 0xFFF).astype(np.int64) - area.x, tops + (places >> 12) - area.y, firsts + in_stretch
    inside = (xs >= 0) & (xs < area.width) & (ys >= 0) & (ys < area.height) & (seqs > after) & (seqs <= to)
    return Placements(seqs[inside], (ys * area.width + xs)[inside], colors[inside], names[inside])


def chosen(found: Placements, selection: Selection) -> Flags:
    """Which placements a selection takes, all of which are in its area."""
    flags: Flags = (found.seqs > selection.after) & (found.seqs <= selection.to)
    if selection.kinds and Placement.NUMBER not in selection.kinds:
        flags[:] = False
    if selection.people:
        flags &= np.isin(found.names, _names(selection.people))
    if selection.others:
        flags &= ~np.isin(found.names, _names(selection.others))
    return flags


def _names(people: frozenset[bytes]) -> Names:
    assert {len(person) for person in people} == {NAME_BYTES}
    return np.frombuffer(b"".join(people), np.uint32)

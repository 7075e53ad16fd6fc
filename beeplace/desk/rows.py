"""Placements as columns of numbers: which of them a selection takes, and whose they are."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from beeplace.board.changes.placement import Placement
from beeplace.desk.selection import Selection
from beeplace.log.past import Columns

Seqs: TypeAlias = NDArray[np.uint64]
Flags: TypeAlias = NDArray[np.bool_]
Rows: TypeAlias = NDArray[np.int64]

_MIXED = np.uint64(0x9E37_79B9_7F4A_7C15)  # odd: no identity is lost in the product


def chosen_rows(piece: Columns, seqs: Seqs, selection: Selection) -> Flags:
    """Which placements a selection takes, all of which are in its area."""
    chosen: Flags = (seqs > selection.after) & (seqs <= selection.to)
    if selection.kinds and Placement.NUMBER not in selection.kinds:
        chosen[:] = False
    if selection.people:
        chosen &= _of(piece, selection.people)
    if selection.others:
        chosen &= ~_of(piece, selection.others)
    return chosen


def _of(piece: Columns, people: frozenset[bytes]) -> Flags:
    """Which placements are of these people, who are told by 4 bytes or by 16."""
    short = np.frombuffer(b"".join(person for person in people if len(person) == 4), np.uint32)
    rows: Flags = np.isin(np.frombuffer(piece.identities, np.uint32)[::4], short)
    whole = [person for person in people if len(person) == 16]
    starts = np.frombuffer(b"".join(person[:8] for person in whole), np.uint64)
    for row in np.flatnonzero(np.isin(np.frombuffer(piece.identities, np.uint64)[::2], starts)).tolist():
        rows[row] |= piece.identities[16 * row : 16 * row + 16] in people
    return rows


def keys(piece: Columns, rows: Rows) -> Seqs:
    """A number for the identity of each of these placements."""
    halves = np.frombuffer(piece.identities, np.uint64).reshape(-1, 2)[rows]
    mixed: Seqs = halves[:, 0] * _MIXED + halves[:, 1]
    return mixed

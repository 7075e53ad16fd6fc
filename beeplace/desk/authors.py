"""Who drew in a selection: people, how many pixels each placed there, and when first and last."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np

from beeplace.desk.log_walk import backwards, bands
from beeplace.desk.rows import chosen_rows, keys
from beeplace.desk.selection import Selection
from beeplace.log.past import Columns
from beeplace.log.reads import Reads


@dataclass(slots=True)
class Author:
    """One person: placements in the selection, and the seqs of the first and the last."""

    identity: bytes
    pixels: int
    first_seq: int
    last_seq: int


async def authors(reads: Reads, selection: Selection) -> list[Author]:
    """Everyone who placed a pixel in the selection, who placed most first."""
    found: dict[int, Author] = {}
    for area in bands(selection.area):
        async for piece in backwards(reads, area, selection.after, selection.to):
            if isinstance(piece, Columns):
                await asyncio.to_thread(_count, piece, selection, found)
    return sorted(found.values(), key=lambda author: (-author.pixels, author.first_seq))


def _count(piece: Columns, selection: Selection, found: dict[int, Author]) -> None:
    seqs = np.frombuffer(piece.seqs, np.uint64)
    rows = np.flatnonzero(chosen_rows(piece, seqs, selection))
    names, firsts, counts = np.unique(keys(piece, rows), return_index=True, return_counts=True)
    lasts = len(rows) - 1 - np.unique(keys(piece, rows[::-1]), return_index=True)[1]
    for name, first, last, count in zip(
        names.tolist(), rows[firsts].tolist(), rows[lasts].tolist(), counts.tolist(), strict=True
    ):
        identity = piece.identities[16 * first : 16 * first + 16]
        author = found.setdefault(name, Author(identity, 0, piece.seqs[first], piece.seqs[last]))
        author.pixels += count
        author.first_seq = min(author.first_seq, piece.seqs[first])
        author.last_seq = max(author.last_seq, piece.seqs[last])

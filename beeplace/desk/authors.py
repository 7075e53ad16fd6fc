"""Who drew in a selection: people, how many pixels each placed there, and when first and last."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from beeplace.board.entries import Entry
from beeplace.desk.beside import Beside
from beeplace.desk.log_walk import Piece, backwards, bands
from beeplace.desk.rows import Names, Numbers, Seqs, chosen, rows
from beeplace.desk.selection import Selection
from beeplace.log.reads import Reads

_AT_MOST = 1 << 18  # rows of `_Counts` that wait to be put together


class Author(NamedTuple):
    """One person, by the first bytes of the identity: placements in the selection, seqs of the first and the last."""

    name: bytes
    pixels: int
    first_seq: int
    last_seq: int


class Authors(NamedTuple):
    """All people of a selection: those who drew most, how many there are, and what they placed together."""

    first: list[Author]
    people: int
    pixels: int


class _Counts(NamedTuple):
    """People, each once in what was counted together: placements, and the seqs of the first and the last."""

    names: Names
    pixels: Numbers
    firsts: Seqs
    lasts: Seqs


async def authors(reads: Reads, beside: Beside, selection: Selection, most: int) -> Authors:
    """Everyone who placed a pixel in the selection; `most` of them by name."""
    counts, waiting = [_nobody()], 0
    for area in bands(selection.area):
        async for piece in backwards(reads, area, selection.after, selection.to):
            if isinstance(piece, Entry):
                continue
            counts.append(await beside.run(counted, piece, selection))
            waiting += len(counts[-1].names)
            if waiting > _AT_MOST:
                counts, waiting = [await beside.run(summed, counts)], 0
    return await beside.run(_first, await beside.run(summed, counts), most)


def _nobody() -> _Counts:
    return _Counts(np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0, np.uint64))


def counted(piece: Piece, selection: Selection) -> _Counts:
    found = rows(*piece)
    taken = np.flatnonzero(chosen(found, selection))
    names, seqs = found.names[taken], found.seqs[taken]
    del found
    order, begins = _by_name(names)
    if not len(begins):
        return _nobody()
    seqs = seqs[order]
    pixels = np.diff(begins, append=len(names))
    return _Counts(names[order[begins]], pixels, np.minimum.reduceat(seqs, begins), np.maximum.reduceat(seqs, begins))


def summed(counts: list[_Counts]) -> _Counts:
    """One row for each person."""
    names = np.concatenate([part.names for part in counts])
    order, begins = _by_name(names)
    if not len(begins):
        return counts[0]
    return _Counts(
        names[order[begins]],
        np.add.reduceat(np.concatenate([part.pixels for part in counts])[order], begins),
        np.minimum.reduceat(np.concatenate([part.firsts for part in counts])[order], begins),
        np.maximum.reduceat(np.concatenate([part.lasts for part in counts])[order], begins),
    )


def _by_name(names: Names) -> tuple[Numbers, Numbers]:
    """The order in which equal names follow each other, and where each name begins in it."""
    keys = names.astype(np.uint64)
    keys <<= 32
    keys |= np.arange(len(names), dtype=np.uint64)
    keys.sort()  # of plain numbers, which is five times as fast as the order of names
    order = (keys & 0xFFFFFFFF).astype(np.int64)
    keys >>= 32
    return order, np.flatnonzero(np.concatenate([keys[:1] == keys[:1], keys[1:] != keys[:-1]]))


def _first(counts: _Counts, most: int) -> Authors:
    order = np.lexsort((counts.firsts, -counts.pixels))[:most]
    names = counts.names[order].tobytes()
    columns = (column[order].tolist() for column in counts[1:])
    first = [Author(names[4 * i : 4 * i + 4], *row) for i, row in enumerate(zip(*columns, strict=True))]
    return Authors(first, len(counts.names), int(counts.pixels.sum()))

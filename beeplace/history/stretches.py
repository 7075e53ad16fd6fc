"""The whole log in stretches of numbers, for what is made of an evening after it: pieces, figures, films."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from beeplace.board.changes import read_on
from beeplace.board.entries import Entry
from beeplace.errors import StoreUnavailable
from beeplace.log.archive import Archive, Epochs, Head
from beeplace.log.pieces.columns import Columns
from beeplace.log.strips.columns import AT_ONCE, LogColumns
from beeplace.log.strips.strip import STRETCH


class Stretch(NamedTuple):
    """All entries in (after, to]: placements as columns, and what is none."""

    after: int
    to: int
    columns: Columns
    others: list[Entry]


async def stretches(archive: Archive, head: Head, entries: int = STRETCH) -> AsyncIterator[Stretch]:
    """The log up to a moment, `entries` to a stretch, the last one shorter.

    Raises StoreUnavailable, also where an entry is missing.
    """
    epochs, waiting = Epochs(head), list[LogColumns]()
    whole = -(-entries // AT_ONCE)
    async for piece in archive.columns(0, head.state.seq):
        waiting.append(piece.whole())
        if len(waiting) == whole:
            yield _joined(waiting, epochs)
            waiting = []
    if waiting:
        yield _joined(waiting, epochs)


def _joined(pieces: Sequence[LogColumns], epochs: Epochs) -> Stretch:
    placed = [piece.placements for piece in pieces]
    columns = Columns(
        np.concatenate([one.seq for one in placed]),
        np.concatenate([one.x for one in placed]).astype(np.int64),
        np.concatenate([one.y for one in placed]).astype(np.int64),
        np.concatenate([one.color for one in placed]),
        np.concatenate([one.at_ms for one in placed]),
        b"".join(one.identity.tobytes() for one in placed),
    )
    others = [
        Entry(
            row.seq, epochs.at(row.seq).name, row.at_ms, row.identity, row.action,
            read_on(epochs.state_before(row.seq), row.record), row.hex,
        )
        for piece in pieces for row in piece.others
    ]  # fmt: skip
    return Stretch(pieces[0].after, pieces[-1].to, columns, others)


async def moment_of(archive: Archive, seq: int) -> int:
    """When an entry was committed, in ms since 1970. Raises StoreUnavailable."""
    async for piece in archive.columns(seq - 1, seq):
        at_ms = piece.whole().placements.at_ms
        return int(at_ms[0]) if len(at_ms) else piece.others[0].at_ms
    raise StoreUnavailable(f"the log lacks entry {seq:,}")


class LastChanges:
    """The seq of each pixel's last change on the board that is played, row by row; 0 for none since it was empty."""

    def __init__(self, head: Head) -> None:
        self._epochs = Epochs(head)
        first = head.epochs[0]
        self.seqs: NDArray[np.uint64] = np.zeros((first.height, first.width), np.uint64)

    def follow(self, stretch: Stretch) -> None:
        """Takes in what comes next in the log."""
        columns, begin = stretch.columns, 0
        for entry in stretch.others:
            end = int(np.searchsorted(columns.seqs, entry.seq))
            self._place(columns, slice(begin, end))
            self._act(entry)
            begin = end
        self._place(columns, slice(begin, None))

    def _place(self, columns: Columns, these: slice) -> None:
        self.seqs[columns.ys[these], columns.xs[these]] = columns.seqs[these]  # of several of one pixel the last holds

    def _act(self, entry: Entry) -> None:
        change = entry.change
        if change.EMPTIES:
            self.seqs[:] = 0
            return
        if change.RESIZES:
            epoch, before = self._epochs.at(entry.seq), self.seqs
            self.seqs = np.zeros((epoch.height, epoch.width), np.uint64)
            kept = before[: epoch.height, : epoch.width]
            self.seqs[: kept.shape[0], : kept.shape[1]] = kept
        flat = self.seqs.reshape(-1)
        for stroke in change.strokes(self.seqs.shape[1]):
            some = flat[stroke.offsets.start : stroke.offsets.stop]
            some[slice(None) if stroke.mask is None else np.frombuffer(stroke.mask, bool)] = entry.seq

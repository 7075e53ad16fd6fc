"""The board at one moment after the other, from one pass through the log in bounded memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from beeplace.history.stretches import Stretch, stretches
from beeplace.log.archive import Archive, Epoch, Epochs, Head
from beeplace.log.pieces.codec import paint
from beeplace.log.pieces.columns import Bytes, Columns
from beeplace.log.strips.columns import AT_ONCE


class Shown(NamedTuple):
    """The board after the entry `seq`, row by row: a view that holds until the next is asked for."""

    seq: int
    epoch: Epoch
    pixels: Bytes


async def boards(archive: Archive, head: Head, moments: Sequence[float]) -> AsyncIterator[Shown]:
    """The board at each of the moments, which must not step back; a clock that was set back stands still.

    Raises StoreUnavailable.
    """
    played, shown, latest = _Played(head), 0, float("-inf")
    async for stretch in stretches(archive, head, AT_ONCE):
        times = _times(stretch, latest)
        latest = float(times[-1])
        while shown < len(moments) and (count := int(np.searchsorted(times, moments[shown], "right"))) < len(times):
            played.play(stretch, stretch.after + count)
            yield played.shown
            shown += 1
        if shown == len(moments):
            return
        played.play(stretch, stretch.to)
    for _ in range(shown, len(moments)):
        yield played.shown


def _times(stretch: Stretch, latest: float) -> NDArray[np.float64]:
    """When each entry was, never earlier than the one before."""
    times = np.empty(stretch.to - stretch.after, np.float64)
    times[stretch.columns.seqs - stretch.after - 1] = stretch.columns.at_ms
    for entry in stretch.others:
        times[entry.seq - stretch.after - 1] = entry.at_ms
    times[0] = max(times[0], latest)
    return np.maximum.accumulate(times)


class _Played:
    def __init__(self, head: Head) -> None:
        self._epochs, first = Epochs(head), head.epochs[0]
        self._pixels, self._width, self._seq = bytearray(first.width * first.height), first.width, 0

    def play(self, stretch: Stretch, to: int) -> None:
        """Plays the entries of a stretch after the last one that was played."""
        if to == self._seq:
            return
        columns = stretch.columns
        begin, end = np.searchsorted(columns.seqs, (self._seq, to), "right").tolist()
        these = slice(begin, end)
        some = Columns(
            columns.seqs[these], columns.xs[these], columns.ys[these], columns.colors[these], columns.at_ms[these], b""
        )
        others = [entry for entry in stretch.others if self._seq < entry.seq <= to]
        self._pixels, self._width = paint(self._pixels, self._width, some, others)
        self._seq = to

    @property
    def shown(self) -> Shown:
        """The board as far as it was played."""
        epoch = self._epochs.at(self._seq)
        return Shown(self._seq, epoch, np.frombuffer(self._pixels, np.uint8).reshape(-1, self._width))

"""Batches as the whole crowd receives them: read once, with the moments at which what they show was placed."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import orjson

from beeplace.board.terms import parted
from beeplace.rehearsal.figures import Delays

_MAX_KEPT = 32
PlacedPixel = tuple[str, str, str]  # x, y, colour, as a batch writes them


@dataclass(frozen=True, slots=True)
class ReceivedBatch:
    """The range (after, to] of an epoch, and when those of its pixels that are ours were placed."""

    epoch: str
    after: int
    to: int
    placed: Sequence[float]


class ReceivedBatches:
    """Knows which placements wait to be seen. Invariant: each is told of one batch, or of none."""

    def __init__(self, delays: Delays) -> None:
        self._delays = delays
        self._kept: dict[str, ReceivedBatch] = {}
        self._awaited: dict[PlacedPixel, float] = {}
        self._confirmed: list[tuple[int, PlacedPixel]] = []  # a heap, by seq
        self._turn = cycle(range(1_000_000))
        self.epoch = ""

    def __len__(self) -> int:
        """Placements that are confirmed, and in no batch yet."""
        return len(self._confirmed)

    def place(self, pixel: PlacedPixel, now: float) -> bool:
        """Somebody places this; False where the same waits already."""
        if pixel in self._awaited:
            return False
        self._awaited[pixel] = now
        return True

    def confirmed(self, pixel: PlacedPixel, seq: int) -> None:
        """It is in the log; what is overwritten before the next batch is never seen."""
        if pixel in self._awaited:
            heapq.heappush(self._confirmed, (seq, pixel))

    def rejected(self, pixel: PlacedPixel) -> None:
        """It is not."""
        self._awaited.pop(pixel, None)

    def begin(self, epoch: str) -> None:
        """The board is this one: what waits of another is not seen any more."""
        if epoch != self.epoch:
            self.epoch = epoch
            self._awaited.clear()
            self._confirmed.clear()

    def read(self, text: str) -> ReceivedBatch:
        """What the packet of a batch says."""
        batch = self._kept.get(text)
        if batch is None:
            if len(self._kept) >= _MAX_KEPT:
                self._kept.clear()
            batch = self._kept[text] = self._read(text)
        return batch

    def _read(self, text: str) -> ReceivedBatch:
        _, pixels, span = orjson.loads(text[2:])
        epoch, after, to = span.split(":")
        self.begin(parted(epoch)[0])
        parts = pixels.split(",")
        shown = zip(parts[::3], parts[1::3], parts[2::3], strict=True) if pixels else ()
        placed = [self._awaited.pop(pixel) for pixel in shown if pixel in self._awaited]
        last = int(to)
        while self._confirmed and self._confirmed[0][0] <= last:
            self._awaited.pop(heapq.heappop(self._confirmed)[1], None)
        return ReceivedBatch(epoch, int(after), last, placed)

    def seen(self, batch: ReceivedBatch, now: float) -> None:
        """Somebody received it: one of its placements is measured, each in its turn."""
        if batch.placed:
            self._delays.add(now - batch.placed[next(self._turn) % len(batch.placed)])

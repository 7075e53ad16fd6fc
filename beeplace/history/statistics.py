"""Figures for a wall: how many people, how many changes and when, which colours. Made at most every five seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sized
from itertools import pairwise
from typing import Any

from beeplace.board.board import Board
from beeplace.history.evening_figures import EveningFigures
from beeplace.log.reads import Reads

MINUTES = 60
_MINUTE_MS = 60_000
FRESH_SECONDS = 5.0
_SLICE_PIXELS = 262_144


class Statistics:
    """Counts by the log's numbers alone, so that it costs the same after ten changes and after forty million."""

    def __init__(
        self,
        *,
        board: Board,
        reads: Reads,
        people: Sized,
        evening: EveningFigures,
        clock: Callable[[], float],
        wall_ms: Callable[[], int],
    ) -> None:
        self._board, self._reads, self._people, self.evening = board, reads, people, evening
        self._clock, self._wall_ms = clock, wall_ms
        self._latest: dict[str, Any] = {}
        self._made_at = float("-inf")
        self._making = asyncio.Lock()

    def reloaded(self) -> None:
        """The board is another; the next figures are its own."""
        self._made_at = float("-inf")

    async def latest(self) -> dict[str, Any]:
        """The figures, at most five seconds old. Raises StoreUnavailable or Busy."""
        async with self._making:
            if self._clock() - self._made_at > FRESH_SECONDS:
                self._latest = await self._make()
                self._made_at = self._clock()
        return self._latest

    async def _make(self) -> dict[str, Any]:
        now_ms, state, pixels = self._wall_ms(), self._board.state, self._board.pixels
        minutes = [now_ms - age * _MINUTE_MS for age in range(MINUTES, 0, -1)]
        seqs = [*await self._reads.seqs_before(minutes), state.seq]
        colors = await asyncio.to_thread(_counted, pixels, len(state.palette.colors))
        return {
            "at": now_ms,
            "people": len(self._people),
            "changes": state.seq,
            # A clock that was set back can make a minute look like less than nothing.
            "perMinute": [max(0, later - earlier) for earlier, later in pairwise(seqs)],
            "colors": colors,
            "evening": (await self.evening.latest()).told,
        }


def _counted(pixels: bytes | bytearray, colors: int) -> list[int]:
    """How often each colour is there, piece by piece as the board is then.

    For a thread: a count keeps the interpreter to itself, and so does a copy, so each is a short one.
    """
    from PIL import Image  # noqa: PLC0415  # in a thread, and not before somebody asks

    counts = [0] * colors
    for start in range(0, len(pixels), _SLICE_PIXELS):
        part = Image.frombytes(
            "L", (min(_SLICE_PIXELS, len(pixels) - start), 1), bytes(pixels[start : start + _SLICE_PIXELS])
        )
        counts = [before + more for before, more in zip(counts, part.histogram(), strict=False)]
        time.sleep(0)  # the loop goes first
    return counts

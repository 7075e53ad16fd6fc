"""The board of a minute ago for all walls that load at about the same time: one copy, and one deflated."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from beeplace.board.state import BoardState
from beeplace.coalesced import Coalesced
from beeplace.history.delayed_board import DelayedBoard

SHARED_SECONDS = 1.0  # for which one is given on although the delayed board has gone on: the log has what it lacks


@dataclass(slots=True)
class Earlier:
    """The rules' view of the board, the seq up to which its pixels go, and the pixels."""

    state: BoardState
    seq: int
    pixels: bytes
    made_at: float
    deflated: bytes | None = None


class EarlierBoards:
    """Copies of the delayed board's board. `clock` gives seconds that never go back."""

    def __init__(self, delayed: DelayedBoard, clock: Callable[[], float]) -> None:
        self._delayed, self._clock = delayed, clock
        self.shared_seconds: Callable[[], float] = lambda: 0.0  # longer where slow readers hold many
        self._kept: Earlier | None = None
        self._deflate = Coalesced(self._deflated)

    def reloaded(self) -> None:
        """The trail begins anew, with another board."""
        self._kept = None

    def latest(self) -> Earlier:
        """One that is at most a second older than the delayed board's; every one while nothing changes is the same."""
        kept, now, (epoch, seq) = self._kept, self._clock(), self._delayed.at
        if kept and kept.state.epoch == epoch and (kept.seq == seq or now - kept.made_at < self._seconds()):
            return kept
        self._kept = made = Earlier(*self._delayed.earlier(), now)
        return made

    def _seconds(self) -> float:
        return max(SHARED_SECONDS, self.shared_seconds())

    async def packed(self) -> Earlier:
        """The same, with its pixels deflated."""
        kept = self.latest()
        return kept if kept.deflated else await self._deflate(None)

    async def _deflated(self, _: None) -> Earlier:
        kept = self.latest()
        if kept.deflated is None:
            kept.deflated = await asyncio.to_thread(zlib.compress, kept.pixels, 1)
        return kept

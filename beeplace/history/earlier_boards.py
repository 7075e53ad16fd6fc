"""The board of a minute ago for all walls that load at about the same time: one copy, and one deflated."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from beeplace.board.state import BoardState
from beeplace.coalesced import Coalesced
from beeplace.history.delayed_board import Trail

SHARED_SECONDS = 1.0  # for which one is given on although the trail has gone on: the log has what it lacks


@dataclass(slots=True)
class Earlier:
    """The rules' view of the board, the seq up to which its pixels go, and the pixels."""

    state: BoardState
    seq: int
    pixels: bytes
    made_at: float
    deflated: bytes | None = None


class EarlierBoards:
    """Copies of the trail's board. `clock` gives seconds that never go back."""

    def __init__(self, trail: Trail, clock: Callable[[], float]) -> None:
        self._trail, self._clock = trail, clock
        self._kept: Earlier | None = None
        self._deflate = Coalesced(self._deflated)

    def reloaded(self) -> None:
        """The trail begins anew, with another board."""
        self._kept = None

    def latest(self) -> Earlier:
        """One that is at most a second older than the trail's; every one while nothing changes is the same."""
        kept, now, (epoch, seq) = self._kept, self._clock(), self._trail.at
        if kept and kept.state.epoch == epoch and (kept.seq == seq or now - kept.made_at < SHARED_SECONDS):
            return kept
        self._kept = made = Earlier(*self._trail.earlier(), now)
        return made

    async def packed(self) -> Earlier:
        """The same, with its pixels deflated."""
        kept = self.latest()
        return kept if kept.deflated else await self._deflate(None)

    async def _deflated(self, _: None) -> Earlier:
        kept = self.latest()
        if kept.deflated is None:
            kept.deflated = await asyncio.to_thread(zlib.compress, kept.pixels, 1)
        return kept

"""The figures of the whole evening and its heat map: from what the log's stretches were counted to, and the few entries
after them. Made at most every half minute, and only while somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from beeplace.board.board import Board
from beeplace.errors import Busy, RollupDamaged
from beeplace.imports import load
from beeplace.log.reads import Reads
from beeplace.log.strips.strip import STRETCH

if TYPE_CHECKING:
    from beeplace.log.pieces.rollup import Rollup

FRESH_SECONDS: Final = 30.0
_AT_ONCE: Final = 16_384  # entries of one read
_MOST_AFTER: Final = 2 * STRETCH  # while a long log from before is being counted, figures are as of where that has come


@dataclass(frozen=True, slots=True)
class Figures:
    """As of `seq`. `told` is for JSON; `heat` has a byte for each pixel, 0 where nobody placed, 255 where most did."""

    seq: int
    told: dict[str, Any]
    heat: bytes
    width: int
    height: int


class EveningFigures:
    """`clock` gives seconds that never go back; there are `entries` to a stretch. `doubt` hears of stored figures that
    cannot be read. Raises StoreUnavailable or Busy."""

    def __init__(
        self, reads: Reads, board: Board, clock: Callable[[], float], doubt: Callable[[], None], entries: int = STRETCH
    ) -> None:
        self._reads, self._board, self._clock, self._doubt, self._entries = reads, board, clock, doubt, entries
        self._making = asyncio.Lock()
        self.reloaded()

    def reloaded(self) -> None:
        """The log is another; the next figures are its own."""
        self._latest: Figures | None = None
        self._made_at = float("-inf")

    async def latest(self) -> Figures:
        """The figures, at most half a minute old."""
        async with self._making:
            if self._latest is None or self._clock() - self._made_at > FRESH_SECONDS:
                self._latest = await self._make()
                self._made_at = self._clock()
            return self._latest

    async def _make(self) -> Figures:
        await load("beeplace.history.evening_counts")
        from beeplace.history.evening_counts import heat, longest_standing, told  # noqa: PLC0415

        seq, rollup = await self._stored()
        newest = self._board.state.seq
        if newest - seq <= _MOST_AFTER:
            while seq < newest:
                to = min(newest, seq + _AT_ONCE)
                await asyncio.to_thread(rollup.add, await self._reads.columns(seq, to))
                seq = to
        elif seq == 0:  # figures of nothing would be taken for those of the evening
            raise Busy("the evening is being counted; come back in a moment")
        state, versions = self._board.state, self._board.bitmap.versions
        placed = await asyncio.to_thread(rollup.within, state.width, state.height)
        standing = await asyncio.to_thread(longest_standing, versions.pieces([range(len(placed))]), placed)
        moments = await self._reads.moments([at for at, _ in standing])
        longest = [
            {"x": offset % state.width, "y": offset // state.width, "seq": at, "at": moments[at]}
            for at, offset in standing if at in moments
        ]  # fmt: skip
        figures = await asyncio.to_thread(told, rollup, len(state.palette)) | {"seq": seq, "longest": longest}
        return Figures(seq, figures, await asyncio.to_thread(heat, placed), state.width, state.height)

    async def _stored(self) -> tuple[int, Rollup]:
        """How far the log is counted, and its figures; what cannot be read counts as none."""
        from beeplace.log.pieces.rollup import Rollup  # noqa: PLC0415

        kept = await self._reads.rollup()
        try:
            return (kept[0] * self._entries, await asyncio.to_thread(Rollup.unpack, kept[1])) if kept else (0, Rollup())
        except RollupDamaged:
            self._doubt()
            return 0, Rollup()

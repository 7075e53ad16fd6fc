"""Makes the strips of each stretch of the log once it is whole: in the background, one at a time, unhurriedly."""

from __future__ import annotations

from beeplace.board.board import Board
from beeplace.log.pieces.upkeep import run_steps
from beeplace.log.store import Store
from beeplace.log.strips.strip import STRETCH, Strip


class StripBuilder:
    """One for each gateway; where several share a log, each finds what another has made."""

    def __init__(self, store: Store, board: Board) -> None:
        self._store, self._board = store, board
        self._stretches = 0  # that are known to be there: while no other is whole, nothing is asked

    async def run(self) -> None:
        """Until it is cancelled."""
        await run_steps("strips", self.build_next)

    async def build_next(self) -> bool:
        """Makes those of the next whole stretch; False where there is none. Raises StoreUnavailable."""
        if (self._stretches + 1) * STRETCH > self._board.state.seq:
            return False
        number = self._stretches = await self._store.stretches()
        if (number + 1) * STRETCH > self._board.state.seq:
            return False
        strips = await self._store.packed(number)
        await self._store.keep_strips(strips or [Strip(number, 0, b"")])  # one says that the stretch was read
        return True

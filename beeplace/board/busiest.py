"""Where people draw most at the moment: a large board opens there, instead of on its empty middle.

Read from the offsets that the board keeps anyway, so that placing pays nothing for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from beeplace.board.board import Board

_LAST_CHANGES = 2_000
_SIDE = 32  # pixels of a square: about what a phone shows of a large board
_SECONDS = 5.0


def busiest(board: Board) -> tuple[int, int] | None:
    """The middle of the last changes in the square that has most of them; None where that would be a guess: nothing
    was drawn in this epoch yet, or a large area was changed at once."""
    width = board.state.width
    offsets = board.changed_since(max(0, board.state.seq - _LAST_CHANGES), _LAST_CHANGES)
    if not offsets:
        return None
    places = [divmod(offset, width) for offset in offsets]
    [(square, count)] = Counter((y // _SIDE, x // _SIDE) for y, x in places).most_common(1)
    inside = [(y, x) for y, x in places if (y // _SIDE, x // _SIDE) == square]
    return sum(x for _, x in inside) // count, sum(y for y, _ in inside) // count


class Busiest:
    """The same for a crowd that asks: looked for at most every five seconds."""

    def __init__(self, board: Board, clock: Callable[[], float]) -> None:
        self._board, self._clock = board, clock
        self._found: tuple[int, int] | None = None
        self._due = 0.0
        self._of = ""

    def __call__(self) -> tuple[int, int] | None:
        """As of some seconds ago, in the present epoch."""
        now, epoch = self._clock(), self._board.state.epoch
        if now >= self._due or epoch != self._of:
            self._found, self._of, self._due = busiest(self._board), epoch, now + _SECONDS
        return self._found

"""Where people draw most: placements of the last minute, by squares of the board. Counted while a desk is open."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

from beeplace.board.entries import Entry
from beeplace.board.state import BoardState

SECONDS = 60
_ACROSS = 16  # squares on the longer side of a board
_SMALLEST = 8  # pixels of a square's side


class BusyAreas:
    """`note` is told what was committed, `step` that a second has gone by."""

    def __init__(self) -> None:
        self._second: Counter[tuple[int, int]] = Counter()
        self._minute: Counter[tuple[int, int]] = Counter()
        self._seconds: deque[Counter[tuple[int, int]]] = deque()

    def note(self, entries: Iterable[Entry], state: BoardState) -> None:
        """Counts placements; what organisers do is no crowd."""
        side, width = square(state), state.width
        for entry in entries:
            if entry.action is None and (spot := entry.change.single(width)) is not None:
                y, x = divmod(spot[0], width)
                self._second[x // side, y // side] += 1

    def step(self) -> None:
        """The second is over."""
        self._minute.update(self._second)
        self._seconds.append(self._second)
        self._second = Counter()
        if len(self._seconds) > SECONDS:
            self._minute.subtract(self._seconds.popleft())
            self._minute = +self._minute

    def clear(self) -> None:
        """Nobody looks any more."""
        if self._seconds or self._second:
            self._second, self._minute, self._seconds = Counter(), Counter(), deque()

    def busiest(self, state: BoardState) -> dict[str, int] | None:
        """The square with the most placements, and how many; None without any."""
        if not self._minute:
            return None
        side = square(state)
        [((column, row), pixels)] = self._minute.most_common(1)
        x, y = column * side, row * side
        if x >= state.width or y >= state.height:  # counted on a larger board
            return None
        return {
            "x": x, "y": y, "width": min(side, state.width - x), "height": min(side, state.height - y),
            "pixels": pixels,
        }  # fmt: skip


def square(state: BoardState) -> int:
    """The side of a square in pixels."""
    return max(_SMALLEST, -(-max(state.width, state.height) // _ACROSS))

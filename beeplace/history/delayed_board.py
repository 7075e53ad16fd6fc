"""The board as it was a minute ago, and every change since: what a delayed wall begins with.

A delayed wall shows the log without the placements younger than its delay. It may not begin with the present
board, which has them; it begins here, and reads the rest from the log. See docs/decisions/0007-wall-delay.md.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

from beeplace.board.bitmap import paint
from beeplace.board.board import Board
from beeplace.board.entries import Entry
from beeplace.board.state import BoardState

KEPT_SECONDS = 62.0  # the longest delay, and the time an answer takes
FOLDED_AT_ONCE = 4_096  # about 15 ms; what is left waits for the next time, and the delayed board is that much longer
MAX_ENTRIES = 200_000  # 3,000 placements a second; with more the delayed board is shorter, and says so


class DelayedBoard:
    """Follows the replica. `clock` gives seconds that never go back.

    `source` is the board of now. `pixels`, as of `state`, hold no placement younger than `age_seconds`.
    """

    def __init__(self, board: Board, clock: Callable[[], float]) -> None:
        self._clock, self.source = clock, board
        self.reloaded()

    def reloaded(self) -> None:
        """Begins with the board as it is."""
        self._state, self._pixels = self.source.state, self.source.pixels[:]
        self._recent: deque[tuple[float, Entry, BoardState]] = deque()
        # Placements of the time before this may be younger than any delay, so age counts from here.
        self._youngest: float | None = self._clock()

    def follow(self, entries: Sequence[Entry], state: BoardState) -> None:
        """Takes a commit in; an entry that begins an epoch is always the first of one."""
        now = self._clock()
        if entries[0].change.EMPTIES:
            self._forget(entries[0], state)
            entries = entries[1:]
        self._recent.extend([(now, entry, state) for entry in entries])
        self._fold(now)

    def _forget(self, entry: Entry, state: BoardState) -> None:
        """What was erased is of no age: a reset leaves nothing that a delay would have to hide."""
        self._paint(entry, state)
        self._recent.clear()
        self._youngest = None

    def _fold(self, now: float) -> None:
        for _ in range(FOLDED_AT_ONCE):
            if not self._recent or (self._recent[0][0] > now - KEPT_SECONDS and len(self._recent) <= MAX_ENTRIES):
                return
            at, entry, state = self._recent.popleft()
            self._paint(entry, state)
            self._youngest = at

    def _paint(self, entry: Entry, state: BoardState) -> None:
        """Pixels alone: when each changed nobody asks here, and it would be eight times as much memory."""
        self._state = state
        if entry.change.EMPTIES:
            paint(self._pixels, [range(len(self._pixels))], 0)
        else:
            self._pixels = entry.change.redraw(self._pixels, state.width)

    def earlier(self) -> tuple[BoardState, int, bytes]:
        """The rules' view of the board, the seq up to which its pixels go, and the pixels."""
        self._fold(self._clock())
        return self._state, self._seq, bytes(self._pixels)

    @property
    def at(self) -> tuple[str, int]:
        """The epoch and the seq of what `earlier` has."""
        self._fold(self._clock())
        return self._state.epoch, self._seq

    @property
    def _seq(self) -> int:
        return self._recent[0][1].seq - 1 if self._recent else self._state.seq

    @property
    def age_seconds(self) -> float:
        """How old the youngest placement in `earlier` is at least."""
        return float("inf") if self._youngest is None else self._clock() - self._youngest

    def after(self, seq: int, most: int) -> list[Entry] | None:
        """The entries after `seq`, at most so many; None where they go further back than this delayed board."""
        if seq < self._seq:
            return None
        begin = seq - self._seq
        return [entry for _, entry, _ in islice(self._recent, begin, begin + most)]

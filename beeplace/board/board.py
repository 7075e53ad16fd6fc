"""The board in memory: a view of the log that answers snapshots and exact deltas."""

from __future__ import annotations

from collections.abc import Iterable

from beeplace.board.allowance import Allowance
from beeplace.board.bitmap import Bitmap
from beeplace.board.entries import BoardState, Entry, Kind
from beeplace.board.pixel import Area


class Board:
    """One board as of its `state.seq`, one byte a pixel, row by row (offset = y * width + x).

    The commit loop is its only writer. `allowances` has the open windows, by identity, in board time.
    `kept_seq` is how far the stored blocks went when it was loaded; the keeper goes on from there.
    """

    def __init__(self, state: BoardState) -> None:
        self.state = state
        self.bitmap = Bitmap(state.width * state.height)
        self.allowances: dict[bytes, Allowance] = {}
        self.kept_seq = 0

    @property
    def pixels(self) -> bytearray:
        """The colour index of every pixel."""
        return self.bitmap.pixels

    def twin(self) -> Board:
        """A board of its own with the same pixels and versions."""
        twin = Board(self.state)
        twin.bitmap = self.bitmap.twin()
        return twin

    def apply(self, entries: Iterable[Entry], state: BoardState) -> None:
        """Takes committed entries in; `state` is the board after the last of them."""
        if state.epoch != self.state.epoch:
            self.bitmap = Bitmap(state.width * state.height)
        for entry in entries:
            self._paint(entry)
        self.state = state

    def _paint(self, entry: Entry) -> None:
        area = entry.area
        if area is None or entry.kind is Kind.RESET:
            return
        if entry.kind is Kind.PLACEMENT:
            self.bitmap.set(area.y * self.state.width + area.x, entry.color, entry.seq)
        else:
            self.bitmap.fill(area.rows(self.state.width), entry.color, entry.seq)

    def recolor(self, state: BoardState) -> None:
        """A new palette, and with it a new epoch; the pixels keep their indices."""
        self.state = state

    def spend(self, allowances: dict[bytes, Allowance], now_ms: int) -> None:
        """Takes over what a commit charged, and forgets windows that have ended once there are many."""
        self.allowances.update(allowances)
        if len(self.allowances) > 2 * self._open_windows:
            self.allowances = {i: a for i, a in self.allowances.items() if a.ends_ms > now_ms}
            self._open_windows = max(1024, len(self.allowances))

    _open_windows = 1024  # how many were open when ended ones were last forgotten

    def copy(self, area: Area) -> bytes:
        """The area's colour indices, row by row."""
        return b"".join(self.pixels[r.start : r.stop] for r in area.rows(self.state.width))

    def changed_since(self, seq: int, most: int) -> list[int] | None:
        """The offsets changed after `seq` of this epoch; None where there are more than `most`."""
        offsets: list[int] = []
        for offset in self.bitmap.changed_since(seq):
            offsets.append(offset)
            if len(offsets) > most:
                return None
        return offsets

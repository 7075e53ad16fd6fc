"""The board in memory: a view of the log that answers snapshots and exact deltas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from beeplace.board.allowance import Allowance
from beeplace.board.bitmap import Bitmap
from beeplace.board.entries import BoardState, Entry, Kind
from beeplace.board.pixel import Area


class Board:
    """One board as of its `state.seq`, one byte a pixel, row by row (offset = y * width + x).

    The feed is its only writer. `allowances` has the open windows, by identity, in board time.
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
        width, placement = self.state.width, Kind.PLACEMENT
        for entry in entries:
            if entry.kind is placement and (area := entry.area):
                self.bitmap.set(area.y * width + area.x, entry.color, entry.seq)
            else:
                self._act(entry)
        self.state = state

    def _act(self, entry: Entry) -> None:
        if entry.kind is Kind.RESET:
            self.bitmap = Bitmap(self.state.width * self.state.height)
        elif entry.area:
            self.bitmap.fill(entry.area.rows(self.state.width), entry.color, entry.seq)

    def spend(self, allowances: Mapping[bytes, Allowance], now_ms: int) -> None:
        """Takes over what was charged, and forgets windows that have ended once there are many.

        What comes late charges nothing back: a window that ends later, or is used up further, stays.
        """
        for identity, charged in allowances.items():
            known = self.allowances.get(identity)
            if known is None or (charged.ends_ms, charged.used) > (known.ends_ms, known.used):
                self.allowances[identity] = charged
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

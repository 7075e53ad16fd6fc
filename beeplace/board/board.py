"""The board in memory: a view of the log that answers snapshots and exact deltas."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from beeplace.board.allowance import Allowance
from beeplace.board.bitmap import Bitmap
from beeplace.board.changes.change import Change
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState
from beeplace.board.terms import Terms, parted
from beeplace.board.versions import joined

RECENT = 65_536  # placements whose positions are kept in their order, 4 bytes each
MAX_BLOCKS = 256  # looked through for changes pixel by pixel: about 10 ms
COPIED_AT_ONCE = 1 << 20  # pixels
_NOWHERE = 0xFFFF_FFFF  # stands for an entry that changes no pixel


class _Painted(NamedTuple):
    """What the board looks like after an entry that follows a state of it."""

    before: BoardState
    seq: int
    change: Change
    bitmap: Bitmap


class Board:
    """One board as of its `state.seq`, one byte a pixel, row by row (offset = y * width + x).

    The replica is its only writer. `allowances` has the open windows, by identity, in board time.
    `checkpoint_seq` is how far the stored blocks went when it was loaded; the checkpoints goes on from there.
    `terms` are the log's, as far as they were read; the last of them is `state.term`.
    """

    def __init__(self, state: BoardState) -> None:
        self.state = state
        self.bitmap = Bitmap(state.width * state.height)
        self.allowances: dict[bytes, Allowance] = {}
        self.checkpoint_seq = 0
        # Invariant: where the entries (_recent_from, _recent_from + len] changed a pixel, in their order.
        self._recent, self._recent_from = array("I"), state.seq
        self.terms = Terms()
        self._painted: _Painted | None = None

    @property
    def pixels(self) -> bytearray:
        """The colour index of every pixel."""
        return self.bitmap.pixels

    def twin(self) -> Board:
        """A board of its own with the same pixels and versions."""
        twin = Board(self.state)
        twin.bitmap, twin.terms = self.bitmap.twin(), self.terms
        return twin

    def become(self, other: Board) -> None:
        """All that another board is, which is not used any more."""
        self.state, self.bitmap, self.allowances = other.state, other.bitmap, other.allowances
        self.checkpoint_seq, self.terms = other.checkpoint_seq, other.terms
        self._recent, self._recent_from = other._recent, other._recent_from

    def begin(self, terms: Terms) -> None:
        """The log goes on in another term, which has all that is here."""
        self.terms, self.state = terms, replace(self.state, term=terms.current)

    def follows(self, name: str, seq: int) -> bool:
        """Whether the log goes on from a position, as clients are given it; another gateway may be ahead."""
        return self.terms.hold(parted(name)[1], seq, max(seq, self.state.seq))

    def has(self, name: str, seq: int) -> bool:
        """Whether it is one of this board in the present epoch, so that what changed since can be told from memory."""
        epoch, term = parted(name)
        return epoch == self.state.epoch and self.terms.hold(term, seq, self.state.seq)

    def apply(self, entries: Iterable[Entry], state: BoardState) -> None:
        """Takes committed entries in; `state` is the board after the last of them."""
        width, bitmap, recent = self.state.width, self.bitmap, self._recent
        for entry in entries:
            if (spot := entry.change.single(width)) is not None:
                bitmap.set(*spot, entry.seq)
                recent.append(spot[0])
            else:
                self._act(entry)
                width, bitmap, recent = self.state.width, self.bitmap, self._recent
        if (state.width, state.height) != (here := (self.state.width, self.state.height)):
            state = replace(state, width=here[0], height=here[1])  # a resize comes later in the log than these entries
        self.state = state
        self._trim()

    def paint_ahead(self, entry: Entry) -> Iterator[None]:
        """Paints the entry that comes next, in steps, beside the board; `apply` then takes long no more.

        Where the board changes meanwhile, it was for nothing.
        """
        now = self.state
        bitmap = yield from entry.change.repainted(self.bitmap, now.width, entry.seq)
        self._painted = _Painted(now, entry.seq, entry.change, bitmap)

    def _act(self, entry: Entry) -> None:
        change, painted = entry.change, self._painted
        self._painted = None
        if painted and painted.before is self.state and (painted.seq, painted.change) == (entry.seq, change):
            self.bitmap = painted.bitmap
            self.bitmap.versions.settle()
        elif change.RESIZES:
            self.bitmap = change.repaint(self.bitmap, self.state.width, entry.seq)
        elif change.EMPTIES:
            self.bitmap.clear()
        elif change.area is None:
            self._recent.append(_NOWHERE)
            return
        else:
            change.paint(self.bitmap, self.state.width, entry.seq)
        if change.RESIZES:
            self.state = change.state_after(self.state)
        self._recent, self._recent_from = array("I"), entry.seq

    def replaced_by(self, change: Change) -> Iterator[bytes]:
        """What a change is about to paint over or to cut off, row by row, some rows at once."""
        for area in change.replaces():
            rows, end = max(1, COPIED_AT_ONCE // area.width), area.y + area.height
            for y in range(area.y, end, rows):
                yield self.copy(Area(area.x, y, area.width, min(rows, end - y)))

    def _trim(self) -> None:
        if self._recent_from + len(self._recent) != self.state.seq:  # a part of a log that is still being read
            self._recent, self._recent_from = array("I"), self.state.seq
        elif len(self._recent) >= 2 * RECENT:
            del self._recent[:RECENT]
            self._recent_from += RECENT

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
        with memoryview(self.pixels) as pixels:
            return b"".join([pixels[r.start : r.stop] for r in joined(area.rows(self.state.width))])

    def changed_since(self, seq: int, most: int) -> list[int] | None:
        """The offsets changed after `seq` of this epoch; None where there are more than `most`, or finding them takes
        long: the work is some 10 ms at most, whatever the size of the board."""
        if (count := self.state.seq - seq) <= 0:
            return []
        if seq >= self._recent_from and count <= max(most, RECENT // 4):
            found = dict.fromkeys(self._recent[seq - self._recent_from :])
            found.pop(_NOWHERE, None)
            return sorted(found) if len(found) <= most else None
        return self.bitmap.versions.since(seq, most, MAX_BLOCKS)

"""The pixels changed since the last refresh, with the range of seqs they cover; and how many one message may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from beeplace.board.entries import Entry
from beeplace.board.state import BoardState
from beeplace.board.terms import place_name

SMALL_BYTES = 65_536  # a message that is not longer is not worth a snapshot, for which each client would have to ask
MAX_PIXELS = 16_384  # some 10 ms of work: more of them would hold up the loop, however large the board


def most_pixels(state: BoardState) -> int:
    """How many changed pixels a batch or a delta may have; with more of them the snapshot takes their place.

    Invariant: the comma string of so many is no longer than the snapshot in base64, or than a small message.
    """
    longest = len(f"{state.width - 1},{state.height - 1},{len(state.palette) - 1},")
    snapshot_bytes = state.width * state.height * 4 // 3
    return min(MAX_PIXELS, max(snapshot_bytes, SMALL_BYTES) // longest)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a refresh sends: the offsets changed in (from_seq, to_seq], or None where a snapshot says it shorter."""

    epoch: str
    from_seq: int
    to_seq: int
    offsets: list[int] | None
    term: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """What clients are told of epoch and term."""
        return place_name(self.epoch, self.term)


class Batch:
    """Collects changed positions, each once; their colours are those of the board when the batch is taken."""

    def __init__(self, state: BoardState) -> None:
        self._width, self._most = state.width, most_pixels(state)
        self._epoch, self._term = state.epoch, state.term
        self._from = self._to = state.seq
        self._offsets: dict[int, None] | None = {}

    def add(self, entries: Sequence[Entry], state: BoardState) -> bool:
        """Takes a commit in. A new epoch, of which it says so, forgets what was collected of the old one."""
        if another := state.epoch != self._epoch:
            self._epoch, self._from, self._offsets = state.epoch, entries[0].seq, {}
            self._width, self._most = state.width, most_pixels(state)
            if entries[0].change.RESIZES:
                self._offsets = None  # whoever knows ranges asks for the whole board
        if self._offsets is not None:
            self._collect(entries, self._offsets)
        self._to, self._term = state.seq, state.term
        return another

    def _collect(self, entries: Sequence[Entry], offsets: dict[int, None]) -> None:
        width = self._width
        for entry in entries:
            change = entry.change
            if (spot := change.single(width)) is not None:
                offsets[spot[0]] = None
            elif change.size <= self._most:
                for row in change.offsets(width):
                    offsets.update(dict.fromkeys(row))
            else:
                self._offsets = None
                return
        if len(offsets) > self._most:
            self._offsets = None

    @property
    def position(self) -> tuple[str, int]:
        """The epoch and seq of those who have all that was taken."""
        return self._epoch, self._from

    def take(self) -> Changes | None:
        """What was collected, and an empty batch from there on; None if no pixel changed."""
        if self._offsets is not None and not self._offsets:
            return None
        offsets = None if self._offsets is None else list(self._offsets)
        changes = Changes(self._epoch, self._from, self._to, offsets, self._term)
        self._from, self._offsets = self._to, {}
        return changes

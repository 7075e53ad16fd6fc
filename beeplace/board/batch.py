"""The pixels changed since the last refresh, with the range of seqs they cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from beeplace.board.entries import BoardState, Entry, Kind

MOST_PIXELS = 65_536  # a larger batch is worth a snapshot, and is not collected


@dataclass(frozen=True, slots=True)
class Changes:
    """What a refresh sends: the offsets changed in (from_seq, to_seq], or None where a snapshot says it shorter."""

    epoch: str
    from_seq: int
    to_seq: int
    offsets: list[int] | None


class Batch:
    """Collects changed positions, each once; their colours are those of the board when the batch is taken."""

    def __init__(self, state: BoardState) -> None:
        self._width = state.width
        self._epoch = state.epoch
        self._from = self._to = state.seq
        self._offsets: dict[int, None] | None = {}

    def add(self, entries: Sequence[Entry], state: BoardState) -> bool:
        """Takes a commit in. A new epoch, of which it says so, forgets what was collected of the old one."""
        if another := state.epoch != self._epoch:
            self._epoch, self._from, self._offsets = state.epoch, entries[0].seq, {}
        if self._offsets is not None:
            self._collect(entries, self._offsets)
        self._to = state.seq
        return another

    def _collect(self, entries: Sequence[Entry], offsets: dict[int, None]) -> None:
        width, placement = self._width, Kind.PLACEMENT
        for entry in entries:
            area = entry.area
            if entry.kind is placement and area:
                offsets[area.y * width + area.x] = None
            elif area is None or entry.kind is Kind.RESET:
                continue
            elif area.width * area.height <= MOST_PIXELS:
                for row in area.rows(width):
                    offsets.update(dict.fromkeys(row))
            else:
                self._offsets = None
        if len(offsets) > MOST_PIXELS:
            self._offsets = None

    def take(self) -> Changes | None:
        """What was collected, and an empty batch from there on; None if no pixel changed."""
        if self._offsets is not None and not self._offsets:
            return None
        offsets = None if self._offsets is None else list(self._offsets)
        changes = Changes(self._epoch, self._from, self._to, offsets)
        self._from, self._offsets = self._to, {}
        return changes

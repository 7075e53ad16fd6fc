"""What a commit changed, as it is told: to the parts of this gateway, and over the bus to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from beeplace.board.allowance import Allowance
from beeplace.board.entries import Entry
from beeplace.board.state import BoardState


class Committed(NamedTuple):
    """Committed entries without a hole between them, the state after the last one, and what they charged."""

    entries: Sequence[Entry]
    state: BoardState
    allowances: Mapping[bytes, Allowance] = {}

    def after(self, seq: int) -> Committed:
        """The part that is newer than `seq`."""
        if not self.entries or self.entries[0].seq > seq:
            return self  # as nearly always
        return self._replace(entries=[entry for entry in self.entries if entry.seq > seq])

    def by_epoch(self) -> Iterator[Committed]:
        """One piece for each epoch, so that an entry that begins one is always the first of its piece."""
        state = self.state
        if self.entries and self.entries[0].epoch == state.epoch and self.entries[-1].seq == state.seq:
            yield self  # as nearly always
            return
        begin = 0
        for end in range(1, len(self.entries) + 1):
            if end == len(self.entries) or self.entries[end].epoch != self.entries[end - 1].epoch:
                last = self.entries[end - 1]
                state = replace(self.state, epoch=last.epoch, seq=last.seq)
                yield Committed(self.entries[begin:end], state, self.allowances)
                begin = end

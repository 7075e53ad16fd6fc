"""What a commit changed, as it is told to the parts of this gateway, and over the bus to others; how long it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
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


Measure = Callable[[int, float], None]  # entries and seconds of one commit


class CommitTimes:
    """How long commits take, each in a `with` of this, one after the other; `measure` is told of what is made."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._began: float | None = None

    @property
    def under_way_seconds(self) -> float:
        """For how long the commit under way has been going on; 0 where none is."""
        return 0.0 if self._began is None else perf_counter() - self._began

    def __enter__(self) -> None:
        self._began = perf_counter()

    def __exit__(self, *_: object) -> None:
        self._began = None

    def made(self, entries: int) -> None:
        """The commit under way is done, and has so many entries."""
        self._measure(entries, self.under_way_seconds)

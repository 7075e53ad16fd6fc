"""What a rehearsal counts and measures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


class Delays:
    """How long something took, in whole milliseconds, so that millions of them take no room."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def add(self, seconds: float) -> None:
        """One more."""
        self._counts[round(1000 * seconds)] += 1

    def __len__(self) -> int:
        return self._counts.total()

    def part(self, share: float) -> int:
        """Milliseconds that this share of them did not pass; 0 where there are none."""
        wanted, seen = share * len(self), 0
        for milliseconds in sorted(self._counts):
            seen += self._counts[milliseconds]
            if seen >= wanted:
                return milliseconds
        return 0


@dataclass(slots=True)
class RehearsalFigures:
    """Counts of one rehearsal; `refused` and `lost` by reason."""

    joined: set[int] = field(default_factory=set)  # numbers of people who were let in at least once
    drew: set[int] = field(default_factory=set)  # who sent a placement
    inside: int = 0  # who is in at present
    returned: int = 0
    left: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # ways in that ended before the board was there
    lost: Counter[str] = field(default_factory=Counter)  # connections that the site or the network ended
    placed: int = 0  # placements that were confirmed
    rejected: Counter[str] = field(default_factory=Counter)  # placements, by code
    unanswered: int = 0  # placements of which nothing is known
    missed: int = 0  # gaps between batches, which were asked for
    bytes_in: int = 0
    bytes_out: int = 0
    seconds: float = 0.0
    person_seconds: float = 0.0  # spent inside, by all together
    join: Delays = field(default_factory=Delays)  # from dialling to the board
    answer: Delays = field(default_factory=Delays)  # from a placement to its answer
    frame: Delays = field(default_factory=Delays)  # from a placement to the batch that has it, at everyone
    own: Delays = field(default_factory=Delays)  # how late this process was itself
    ended: str = ""  # why it ended before its time

"""Terms: which history of the log a position belongs to.

A log can come back as it was before: an older copy of a file is put in its place, a database is restored to a moment,
a standby takes over without the last commits. What follows then is numbered like what was lost. So whoever opens a log
begins a term with a random name, before anything is committed; PostgreSQL's timelines are the same idea.

Invariant: the entries up to a term's last seq are the same in every log that has this term. So what changed after a
position (term, seq) can be told where the term is known and seq is none after its last; otherwise the position is of
another history, and only the whole board is an answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

KEPT = 1_000  # of the newest terms are known to a gateway; who comes back from an older one gets the whole board
SEPARATOR = "-"  # between epoch and term; neither has one


class Term(NamedTuple):
    """Up to `first_seq` the terms before it hold: the board's seq when it began, or less where that is in doubt."""

    name: str
    first_seq: int


class Terms:
    """The terms of one log, oldest first."""

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self.all = tuple(terms)
        self._last_seqs = {before.name: after.first_seq for before, after in pairwise(self.all)}

    @property
    def current(self) -> str:
        """The name of the one that goes on; "" where there is none yet."""
        return self.all[-1].name if self.all else ""

    def hold(self, term: str, seq: int, newest: int) -> bool:
        """Whether the log, which goes to `newest`, has the history that somebody at (term, seq) knows."""
        return seq <= (newest if term == self.current else self._last_seqs.get(term, -1))


def new_name() -> str:
    """The name of a new term, which no other log has."""
    return secrets.token_hex(6)


def place_name(epoch: str, term: str) -> str:
    """What clients are given as `epoch`, and give back as it is."""
    return f"{epoch}{SEPARATOR}{term}" if term else epoch


def parted(name: str) -> tuple[str, str]:
    """The epoch and the term of such a name, whatever it is."""
    epoch, _, term = name.partition(SEPARATOR)
    return epoch, term

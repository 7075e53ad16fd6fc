"""The port that tells every gateway of committed changes, the one that made them included.

What every bus guarantees: a follower hears of a gateway's own commits at once and in order. What other
gateways announce may be lost, repeated or late; the ranges say so, and the log has the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from beeplace.board.entries import BoardState, Entry

Follower = Callable[[Sequence[Entry], BoardState], None]


class Bus(Protocol):
    """See the module's docstring for what is guaranteed."""

    def follow(self, follower: Follower) -> None:
        """Calls `follower` with the entries of each commit, and the state after them, once the board has them."""

    def announce(self, entries: Sequence[Entry], state: BoardState) -> None:
        """Tells of a commit that is in the log and in this gateway's board."""

"""The in-process bus: one gateway, so the followers are all in this process."""

from __future__ import annotations

from collections.abc import Sequence

from beeplace.board.bus import Bus, Follower
from beeplace.board.entries import BoardState, Entry


class MemoryBus(Bus):
    """Calls the followers directly, in the order in which they came."""

    def __init__(self) -> None:
        self._followers: list[Follower] = []

    def follow(self, follower: Follower) -> None:
        self._followers.append(follower)

    def announce(self, entries: Sequence[Entry], state: BoardState) -> None:
        for follower in self._followers:
            follower(entries, state)

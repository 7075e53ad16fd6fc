"""The in-process bus."""

from __future__ import annotations

from collections.abc import Sequence

from beeplace.board.bus_memory import MemoryBus
from beeplace.board.entries import BoardState, Entry
from tests.board.samples import STATE, entry


def test_every_follower_hears_every_commit_at_once_and_in_order() -> None:
    bus = MemoryBus()
    heard: list[tuple[str, int]] = []

    def follower(name: str, entries: Sequence[Entry], state: BoardState) -> None:
        heard.append((name, entries[0].seq))

    bus.follow(lambda entries, state: follower("first", entries, state))
    bus.follow(lambda entries, state: follower("second", entries, state))
    bus.announce([entry(1)], STATE)
    bus.announce([entry(2)], STATE)
    assert heard == [("first", 1), ("second", 1), ("first", 2), ("second", 2)]


def test_without_followers_nothing_happens() -> None:
    MemoryBus().announce([entry(1)], STATE)

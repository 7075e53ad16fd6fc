"""Asks every peer now and then whether it is still there, on the loop's clock: one task, no timer a peer.

All peers have the same interval and the same patience, so those who are to be asked next, and those whose
answer is due next, stand in two queues in the order of their times.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, Protocol, TypeVar

STEP_SECONDS = 0.1


class Peer(Protocol):
    """Who can be asked."""

    def ping(self) -> None:
        """Asks."""

    def drop(self) -> None:
        """Ends a connection that does not answer."""


P = TypeVar("P", bound=Peer)


class Heartbeat(Generic[P]):
    """`interval` seconds after a peer was heard it is asked; `patience` seconds later it must have answered."""

    def __init__(self, interval: float, patience: float) -> None:
        self._interval, self._patience = interval, patience
        self._next: deque[tuple[float, P]] = deque()
        self._asked: deque[tuple[float, P]] = deque()
        self._due: dict[P, float] = {}

    def expect_ping(self, peer: P) -> None:
        """Begins to ask a new peer."""
        self._plan(peer)

    def heard(self, peer: P) -> None:
        """The peer answered."""
        if peer in self._due:
            self._plan(peer)

    def forget(self, peer: P) -> None:
        """The peer has gone."""
        self._due.pop(peer, None)

    def _plan(self, peer: P) -> None:
        self._due[peer] = due = asyncio.get_running_loop().time() + self._interval
        self._next.append((due, peer))

    def step(self, now: float) -> None:
        """Asks whoever is due, and drops whoever did not answer in time."""
        while self._next and self._next[0][0] <= now:
            due, peer = self._next.popleft()
            if self._due.get(peer) == due:
                self._due[peer] = late = now + self._patience
                self._asked.append((late, peer))
                peer.ping()
        while self._asked and self._asked[0][0] <= now:
            late, peer = self._asked.popleft()
            if self._due.get(peer) == late:
                del self._due[peer]
                peer.drop()

    async def run(self) -> None:
        """Until it is cancelled by its owner."""
        while True:
            await asyncio.sleep(STEP_SECONDS)
            self.step(asyncio.get_running_loop().time())

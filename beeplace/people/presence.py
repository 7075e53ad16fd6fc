"""How many distinct people are connected, and how many sockets each of them has open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection


class Presence:
    """Counts by identity, so that second tabs and reconnects do not count twice.

    `elsewhere` says how many there are on other gateways and not on this one.
    """

    def __init__(self, sockets_per_identity: Callable[[], int], elsewhere: Callable[[], int] = lambda: 0) -> None:
        self._most = sockets_per_identity
        self._elsewhere = elsewhere
        self._sockets: Counter[bytes] = Counter()
        self._told = 0

    def __len__(self) -> int:
        return len(self._sockets) + self._elsewhere()

    def here(self) -> Collection[bytes]:
        """The identities of those on this gateway."""
        return self._sockets.keys()

    def come(self, identity: bytes) -> bool:
        """One more socket of a person; False where that would be too many."""
        if self._sockets[identity] >= self._most():
            if not self._sockets[identity]:
                del self._sockets[identity]
            return False
        self._sockets[identity] += 1
        return True

    def go(self, identity: bytes) -> None:
        """One socket less."""
        self._sockets[identity] -= 1
        if self._sockets[identity] <= 0:
            del self._sockets[identity]

    def news(self) -> int | None:
        """The number, if it is another one than was told last."""
        if len(self) == self._told:
            return None
        self._told = len(self)
        return self._told

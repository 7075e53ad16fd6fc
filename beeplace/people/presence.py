"""Who is connected: how many distinct people, and which sockets each of them has open."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Generic, TypeVar

S = TypeVar("S")


class Presence(Generic[S]):
    """Counts by identity, so that second tabs and reconnects do not count twice.

    `elsewhere` says how many there are on other gateways and not on this one.
    """

    def __init__(self, elsewhere: Callable[[], int] = lambda: 0) -> None:
        self._elsewhere = elsewhere
        # Nearly everybody has one socket, which then stands here without a list of its own.
        self._sockets: dict[bytes, S | list[S]] = {}
        self._told = 0

    def __len__(self) -> int:
        return len(self._sockets) + self._elsewhere()

    def here(self) -> Collection[bytes]:
        """The identities of those on this gateway."""
        return self._sockets.keys()

    def sockets(self, identity: bytes) -> list[S]:
        """A person's open sockets, the oldest first."""
        if identity not in self._sockets:
            return []
        found = self._sockets[identity]
        return found if isinstance(found, list) else [found]

    def come(self, identity: bytes, socket: S) -> None:
        """One more socket of a person."""
        self._sockets[identity] = [*self.sockets(identity), socket] if identity in self._sockets else socket

    def go(self, identity: bytes, socket: S) -> None:
        """One socket less."""
        left = [other for other in self.sockets(identity) if other is not socket]
        if left:
            self._sockets[identity] = left if len(left) > 1 else left[0]
        else:
            self._sockets.pop(identity, None)

    def news(self) -> int | None:
        """The number, if it is another one than was told last."""
        if len(self) == self._told:
            return None
        self._told = len(self)
        return self._told

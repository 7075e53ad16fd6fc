"""What happens where a person has more sockets than SOCKETS_PER_IDENTITY: the newest is let in, and older ones go.

A phone that changes networks leaves sockets behind that look open for most of a minute. So who comes is let in at
once, and the older sockets are asked whether anybody is there. Two seconds later as many as are too many are ended:
those that said nothing, and where all answered the oldest, which is told `displaced`. Its page waits until somebody
uses it again, so that two tabs do not take the place from each other in turns.

Invariants: nobody has more than twice as many sockets as allowed, and not for long; a person's sockets that answer
give way at most every five seconds, because what many phones have in common, as a fingerprint of the thesis's clients,
would else have them all come and go without end. Who comes meanwhile is answered `busy`.
"""

from __future__ import annotations

from collections.abc import Callable

from beeplace.gateway.connection.close_codes import DISPLACED
from beeplace.gateway.connection.session import Session
from beeplace.people.presence import Presence

_ANSWER_SECONDS = 2.0
_REST_SECONDS = 5.0
_TOLD = '2["displaced"]'


class SurplusSockets:
    """One for each gateway. `allowed` is how many sockets a person may have."""

    def __init__(self, people: Presence[Session], allowed: Callable[[], int], clock: Callable[[], float]) -> None:
        self._people, self._allowed, self._clock = people, allowed, clock
        self._asked: dict[bytes, float] = {}  # when the answers are due, in the order of these times
        self._resting: dict[bytes, float] = {}  # until when no socket that answers gives way, in that order

    def admits(self, identity: bytes) -> bool:
        """Whether a person may have one more socket now."""
        known = self._people.sockets(identity)
        if not known or len(known) < self._allowed():  # where many may, none is looked at
            return True
        open_ones = self._open(identity)
        if len(open_ones) < self._allowed():
            return True
        if identity not in self._asked:
            self._asked[identity] = self._clock() + _ANSWER_SECONDS
            for socket in open_ones:
                socket.ask()
        return identity not in self._resting and len(open_ones) < 2 * self._allowed()

    def step(self, now: float) -> None:
        """Ends what is too much once the answers are due."""
        while self._resting and next(iter(self._resting.values())) <= now:
            del self._resting[next(iter(self._resting))]
        while self._asked and next(iter(self._asked.values())) <= now:
            identity = next(iter(self._asked))
            del self._asked[identity]
            self._reduce(identity, now)

    def _reduce(self, identity: bytes, now: float) -> None:
        open_ones = self._open(identity)
        surplus = len(open_ones) - self._allowed()
        # Sorting is stable: among those that answered, and those that did not, the oldest come first.
        for socket in sorted(open_ones, key=lambda socket: not socket.asked)[: max(0, surplus)]:
            if socket.asked:
                socket.drop()
                continue
            socket.say(_TOLD)
            socket.kick(DISPLACED)
            self._resting.pop(identity, None)
            self._resting[identity] = now + _REST_SECONDS

    def _open(self, identity: bytes) -> list[Session]:
        return [socket for socket in self._people.sockets(identity) if not socket.closed]

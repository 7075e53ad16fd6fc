"""What one socket may ask for that is dear: boards and deltas, by joining again and by `sync`."""

from __future__ import annotations

from collections.abc import Callable

from beeplace.gateway.connection.session import TOO_SLOW, Session
from beeplace.gateway.connection.websocket import FULL_BYTES

RETRY_MS = 1_000
BURST = 8  # dear answers that a socket may have at once
EACH_SECONDS = 1.0  # one more
SHORT = 4_096  # characters or pixels of an answer that is not dear
_MAX_REFUSED = 256  # answers of some 100 bytes that a socket which does not read is still given; more end it


class RequestBudget:
    """Refuses who asks again before it has read what it was sent, or too often. Knows only sockets that ask again."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._paid_until: dict[Session, float] = {}
        self._refused: dict[Session, int] = {}
        self._waiting: set[Session] = set()  # for a snapshot that is being made

    def may(self, socket: Session) -> bool:
        """Whether a dear answer may be given now."""
        if socket in self._waiting or self.full(socket):
            return False
        return self._paid_until.get(socket, 0.0) <= self._clock() + BURST * EACH_SECONDS

    def charge(self, socket: Session, characters: int) -> None:
        """It was given one; a short one hardly counts."""
        if characters > SHORT and socket.follower:
            self._paid_until[socket] = max(self._clock(), self._paid_until.get(socket, 0.0)) + EACH_SECONDS

    def full(self, socket: Session) -> bool:
        """Whether the socket has so much to read that it is sent nothing long; ends one that asks on and on."""
        if socket.backlog() < FULL_BYTES:
            if self._refused:
                self._refused.pop(socket, None)
            return False
        refused = self._refused[socket] = self._refused.get(socket, 0) + 1
        if refused > _MAX_REFUSED:
            socket.kick(TOO_SLOW)
        return True

    def wait(self, socket: Session) -> None:
        """It is going to be answered once there is a snapshot."""
        self._waiting.add(socket)

    def answered(self, socket: Session) -> bool:
        """It can be answered now; False where it has gone meanwhile."""
        self._waiting.discard(socket)
        return not socket.closed

    def forget(self, socket: Session) -> None:
        """It has gone."""
        self._paid_until.pop(socket, None)
        self._refused.pop(socket, None)
        self._waiting.discard(socket)

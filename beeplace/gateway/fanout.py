"""Sends one message to every subscriber, and keeps those who do not read from costing anything.

A subscriber whose transport is full is passed over, whatever is said meanwhile; once it has read, it gets one
delta of all that it missed. One that takes nothing for 20 seconds is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from beeplace.gateway.session import TOO_SLOW, Session, Shared

FULL_BYTES = 65_536  # with the kernel's own buffers the most that a subscriber can cost
DRAINED_BYTES = 4_096
PATIENCE_SECONDS = 20.0


@dataclass(slots=True)
class Behind:
    """What a subscriber that was passed over has: (epoch, seq), its backlog, and when that last shrank."""

    epoch: str
    seq: int
    backlog: int
    since: float


class FanOut:
    """The sockets that follow the board."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._subscribers: dict[Session, None] = {}
        self.behind: dict[Session, Behind] = {}
        self.frames = 0

    def __len__(self) -> int:
        return len(self._subscribers)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._subscribers))

    def add(self, socket: Session) -> None:
        """From the next message on."""
        self._subscribers[socket] = None

    def remove(self, socket: Session) -> None:
        """No more."""
        self._subscribers.pop(socket, None)
        self.behind.pop(socket, None)

    def send(self, shared: Shared, epoch: str, from_seq: int) -> None:
        """Sends what changes the board from (epoch, from_seq) on, to all who are up to date with it."""
        frame, behind, full = shared.frame, self.behind, FULL_BYTES
        sent = 0
        for socket in self._subscribers:
            wire = socket.wire
            if wire is None or behind:
                sent += self._send_one(socket, shared, epoch, from_seq)
            elif wire.get_write_buffer_size() < full:
                wire.write(frame)
                sent += 1
            else:
                self._pass_over(socket, epoch, from_seq)
        self.frames += sent

    def _send_one(self, socket: Session, shared: Shared, epoch: str, from_seq: int) -> int:
        if socket in self.behind:
            return 0
        if socket.backlog() >= FULL_BYTES:
            self._pass_over(socket, epoch, from_seq)
            return 0
        socket.share(shared)
        return 1

    def _pass_over(self, socket: Session, epoch: str, seq: int) -> None:
        self.behind[socket] = Behind(epoch, seq, socket.backlog(), self._clock())

    def tell(self, shared: Shared) -> None:
        """Sends what is no change of the board; who is passed over may miss it."""
        for socket in self._subscribers:
            if socket.backlog() < FULL_BYTES:
                socket.share(shared)
                self.frames += 1

    def drained(self) -> list[tuple[Session, Behind]]:
        """Those who read again, with what they have; cuts those who do not."""
        ready = []
        for socket, behind in list(self.behind.items()):
            backlog, now = socket.backlog(), self._clock()
            if backlog <= DRAINED_BYTES:
                del self.behind[socket]
                ready.append((socket, behind))
            elif backlog < behind.backlog:
                behind.backlog, behind.since = backlog, now
            elif now - behind.since > PATIENCE_SECONDS:
                self.remove(socket)
                socket.kick(TOO_SLOW)
        return ready

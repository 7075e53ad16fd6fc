"""Sends one message to every subscriber, and keeps those who do not read from costing anything.

A subscriber whose transport is full is passed over, whatever is said meanwhile; once it has read, it gets one
delta of all that it missed. One that takes nothing for 20 seconds is cut.

Nearly all read, so nearly all are written to without being looked at: a transport says itself when it is full,
and its subscriber is looked after one by one from then on, until it is empty again.
"""

from __future__ import annotations

from asyncio import Transport
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from beeplace.gateway.session import TOO_SLOW, Session, Shared
from beeplace.gateway.websocket import FULL_BYTES  # with the kernel's, the most that a subscriber can cost

DRAINED_BYTES = 4_096  # well below a quarter of FULL_BYTES, from where on a transport says again that it is full
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
        self._fast: dict[Session, Transport] = {}
        self._careful: dict[Session, None] = {}  # who is new, polls, is full or behind
        self._full: dict[Session, None] = {}  # has said so since the last message
        self.behind: dict[Session, Behind] = {}
        self.frames = 0

    def __len__(self) -> int:
        return len(self._fast) + len(self._careful)

    def __iter__(self) -> Iterator[Session]:
        return iter([*self._fast, *self._careful])

    def add(self, socket: Session) -> None:
        """From the next message on."""
        self.remove(socket)
        self._careful[socket] = None
        socket.follower = self

    def remove(self, socket: Session) -> None:
        """No more."""
        socket.follower = None
        self._fast.pop(socket, None)
        self._careful.pop(socket, None)
        self._full.pop(socket, None)
        self.behind.pop(socket, None)

    def full(self, socket: Session) -> None:
        """Its transport takes no more; may be called while it is written to."""
        self._full[socket] = None

    def send(self, shared: Shared, epoch: str, from_seq: int) -> None:
        """Sends what changes the board from (epoch, from_seq) on, to all who are up to date with it."""
        self._send_fast(shared.frame)
        for socket in list(self._careful):
            self._send_carefully(socket, shared, epoch, from_seq)

    def _send_fast(self, frame: bytes) -> None:
        self._sort_out_full()
        for wire in self._fast.values():
            wire.write(frame)
        self.frames += len(self._fast)

    def _sort_out_full(self) -> None:
        for socket in self._full:
            if self._fast.pop(socket, None):
                self._careful[socket] = None
        self._full.clear()

    def _send_carefully(self, socket: Session, shared: Shared, epoch: str, from_seq: int) -> None:
        if socket in self.behind:
            return
        backlog = socket.backlog()
        if backlog >= FULL_BYTES:
            self.behind[socket] = Behind(epoch, from_seq, backlog, self._clock())
            return
        socket.share(shared)
        self.frames += 1
        if socket.wire and backlog <= DRAINED_BYTES:
            del self._careful[socket]
            self._fast[socket] = socket.wire

    def tell(self, shared: Shared) -> None:
        """Sends what is no change of the board; who is passed over may miss it."""
        self._send_fast(shared.frame)
        for socket in list(self._careful):
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

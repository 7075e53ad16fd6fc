"""Sends one message to every subscriber, and keeps those who do not read from costing anything.

A subscriber whose transport is full is passed over, whatever is said meanwhile; once it has read, it gets one
delta of all that it missed. One that takes nothing for 20 seconds is cut.

Nearly all read, so nearly all are in the lane, where nobody is looked at before it is written to. Whoever had something
else written to it, is full or closes, says so itself, and is looked after one by one until its transport is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from beeplace.gateway.lanes import Lane
from beeplace.gateway.session import TOO_SLOW, Session, Shared
from beeplace.gateway.websocket import FULL_BYTES  # with the kernel's, the most that a subscriber can cost

DRAINED_BYTES = 4_096  # that one who was passed over may still have to read when it gets its delta
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

    def __init__(self, clock: Callable[[], float], lane: Lane) -> None:
        self._clock = clock
        self._lane = lane
        self._careful: dict[Session, None] = {}  # who is new, polls, is behind, or has something else to write
        self._busy: dict[Session, None] = {}  # has said so since the last message
        self.behind: dict[Session, Behind] = {}
        self.frames = 0

    def __len__(self) -> int:
        return len(self._lane) + len(self._careful)

    def __iter__(self) -> Iterator[Session]:
        return iter([*self._lane, *self._careful])

    def add(self, socket: Session) -> None:
        """From the next message on."""
        if socket.follower:
            self.remove(socket)
        self._careful[socket] = None
        socket.follower = self

    def remove(self, socket: Session) -> None:
        """No more."""
        socket.follower = None
        self._lane.remove(socket)
        self._careful.pop(socket, None)
        self._busy.pop(socket, None)
        self.behind.pop(socket, None)

    def busy(self, socket: Session) -> None:
        """It is to be looked at before the next message; may be called while it is written to."""
        self._busy[socket] = None

    def send(self, shared: Shared, epoch: str, from_seq: int) -> None:
        """Sends what changes the board from (epoch, from_seq) on, to all who are up to date with it."""
        for socket in self._send_lane(shared.frame):
            if socket in self.behind:
                continue
            if (backlog := socket.backlog()) < FULL_BYTES:
                socket.share(shared)
                self.frames += 1
            else:
                self.behind[socket] = Behind(epoch, from_seq, backlog, self._clock())

    def _send_lane(self, frame: bytes) -> list[Session]:
        """Sends it to the lane; says who is left."""
        self._sort()
        careful = [*self._careful]
        self.frames += len(self._lane)
        for socket, sent in self._lane.send(frame):
            self._slow_down(socket)
            if socket.wire:
                socket.wire.write(memoryview(frame)[sent:])  # all share the bytes that wait, too
        return careful

    def _sort(self) -> None:
        """Only who has nothing to write is in the lane."""
        for socket in self._busy:
            if not _idle(socket):
                self._slow_down(socket)
        self._busy.clear()
        for socket in [*self._careful]:
            if socket.wire and socket not in self.behind and _idle(socket):
                del self._careful[socket]
                self._lane.add(socket, socket.wire)

    def _slow_down(self, socket: Session) -> None:
        if self._lane.remove(socket):
            self._careful[socket] = None

    def tell(self, shared: Shared) -> None:
        """Sends what is no change of the board; who is passed over may miss it."""
        for socket in self._send_lane(shared.frame):
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

    def close(self) -> None:
        """Nothing is sent any more."""
        self._lane.close()


def _idle(socket: Session) -> bool:
    return socket.wire is not None and not socket.wire.get_write_buffer_size() and not socket.wire.is_closing()

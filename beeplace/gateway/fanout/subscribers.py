"""Sends one message to every subscriber, and keeps those who do not read from costing anything.

A subscriber whose transport is full is passed over, whatever is said meanwhile; once it has read, it gets one
delta of all that it missed. One that takes nothing for 20 seconds is cut, however slowly others read.

Nearly all read, so nearly all are in the lane, where nobody is looked at before it is written to. Whoever had something
else written to it, is full or closes, says so itself, and is looked after one by one until its transport is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog

from beeplace.gateway.connection.session import TOO_SLOW, Session, Shared
from beeplace.gateway.connection.websocket import FULL_BYTES  # with the kernel's, the most that a subscriber can cost
from beeplace.gateway.fanout.senders import Lane, RingLane, TransportLane
from beeplace.gateway.fanout.uptake import Uptake

log = structlog.get_logger("beeplace")

DRAINED_BYTES = 4_096  # that one who was passed over may still have to read when it gets its delta


@dataclass(slots=True)
class Behind:
    """What a subscriber that was passed over, or was sent an older snapshot, has: (epoch, seq)."""

    epoch: str
    seq: int


class FanOut:
    """The sockets that follow the board."""

    def __init__(self, clock: Callable[[], float], lane: Lane) -> None:
        self._lane = lane
        self.ring_failures = 0
        self.uptake = Uptake(clock, self._cut)
        self._careful: dict[Session, None] = {}  # who is new, polls, is behind, or has something else to write
        self._busy: dict[Session, None] = {}  # has said so since the last message
        self.behind: dict[Session, Behind] = {}
        self.frames = 0
        self.late: Callable[[], None] = lambda: None  # called when somebody is behind from the start

    @property
    def through_ring(self) -> bool:
        """Whether messages go through io_uring."""
        return isinstance(self._lane, RingLane)

    def __len__(self) -> int:
        return len(self._lane) + len(self._careful)

    def __iter__(self) -> Iterator[Session]:
        return iter([*self._lane, *self._careful])

    def add(self, socket: Session, behind: Behind | None = None) -> None:
        """From the next message on; `behind` is what it has where the board is newer.

        One that follows already keeps its place, and what waits for it counts on.
        """
        if socket.follower is None:
            self._careful[socket] = None
            socket.follower = self
            if socket.backlog():
                self.uptake.watch(socket)
        else:
            self._slow_down(socket)
            self._busy[socket] = None
        if behind:
            self.behind[socket] = behind
            self.late()
        else:
            self.behind.pop(socket, None)

    def remove(self, socket: Session) -> None:
        """No more."""
        socket.follower = None
        self._lane.remove(socket)
        self._careful.pop(socket, None)
        self._busy.pop(socket, None)
        self.behind.pop(socket, None)
        self.uptake.forget(socket)

    def busy(self, socket: Session) -> None:
        """It is to be looked at before the next message; may be called while it is written to."""
        self._busy[socket] = None

    def send(self, shared: Shared, epoch: str, from_seq: int) -> None:
        """Sends what changes the board from (epoch, from_seq) on, to all who are up to date with it."""
        for socket in self._send_lane(shared.frame):
            if socket in self.behind:
                continue
            if socket.backlog() < FULL_BYTES:
                socket.share(shared)
                self.frames += 1
            else:
                self.behind[socket] = Behind(epoch, from_seq)
                self.uptake.watch(socket)

    def _send_lane(self, frame: bytes) -> list[Session]:
        """Sends it to the lane; says who is left."""
        self._sort()
        careful = [*self._careful]
        self.frames += len(self._lane)
        for socket, sent in self._lane.send(frame):
            self._slow_down(socket)
            if socket.wire:
                socket.wire.write(memoryview(frame)[sent:])  # all share the bytes that wait, too
        if self._lane.failed:
            self._replace_lane(self._lane.failed)
        return careful

    def _replace_lane(self, error: OSError) -> None:
        """Nobody is left in a lane that sends nothing: all have become careful, and enter the next one from there."""
        log.error("io_uring has failed: a system call for each client and batch from now on", reason=error.strerror)
        self.ring_failures += 1
        failed, self._lane = self._lane, TransportLane()
        failed.close()

    def _sort(self) -> None:
        """Only who has nothing to write is in the lane."""
        for socket in self._busy:
            if not _idle(socket):
                self._slow_down(socket)
                self.uptake.watch(socket)
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

    def drained(self) -> list[Session]:
        """Those who are behind and read again."""
        return [socket for socket in self.behind if socket.backlog() <= DRAINED_BYTES]

    def step(self, now: float) -> None:
        """Looks after those who have something to read; called a few times a second, also where nothing is sent."""
        for socket in self._busy:
            if not _idle(socket):
                self.uptake.watch(socket)
        self.uptake.step(now)

    def _cut(self, socket: Session) -> None:
        self.remove(socket)
        socket.kick(TOO_SLOW)

    def close(self) -> None:
        """Nothing is sent any more."""
        self._lane.close()


def _idle(socket: Session) -> bool:
    return socket.wire is not None and not socket.wire.get_write_buffer_size() and not socket.wire.is_closing()

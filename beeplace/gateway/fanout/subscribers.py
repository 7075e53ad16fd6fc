"""Sends one message to every subscriber, and keeps those who do not read from costing anything.

A subscriber whose transport is full is passed over, whatever is said meanwhile; once it has read, it gets one
delta of all that it missed. One that takes nothing for 20 seconds is cut, however slowly others read.

A subscriber is in one of three states. *Ready*: its transport has nothing to write, and the batch sender writes to it
without a look. *Writing*: something else was written to it, it is full, polls or is new; it is looked at alone, and is
ready again once its transport is empty. *Behind*: it was passed over, and is caught up once it reads.

Those who are ready are in one of two senders: one writes the plain frame, the other the compressed one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog

from beeplace.gateway.connection.session import TOO_SLOW, Session, SharedMessage
from beeplace.gateway.connection.websocket import FULL_BYTES  # with the kernel's, the most that a subscriber can cost
from beeplace.gateway.fanout.senders import BatchSender, TransportSender, UringSender
from beeplace.gateway.fanout.uptake import ReadProgress

log = structlog.get_logger("beeplace")

DRAINED_BYTES = 4_096  # that one who was passed over may still have to read when it gets its delta


@dataclass(slots=True)
class LateSubscriber:
    """What a subscriber that was passed over, or was sent an older snapshot, has: (epoch, seq)."""

    epoch: str
    seq: int


class Subscribers:
    """The sockets that follow the board."""

    def __init__(self, clock: Callable[[], float], sender: BatchSender) -> None:
        self._plain, self._compressed = sender, sender.beside()
        self.ring_failures = 0
        self.uptake = ReadProgress(clock, self._cut)
        self._writing: dict[Session, None] = {}  # who is new, polls, is behind, or has something else to write
        self._busy: dict[Session, None] = {}  # has said so since the last message
        self.behind: dict[Session, LateSubscriber] = {}
        self.frames = 0
        self.late: Callable[[], None] = lambda: None  # called when somebody is behind from the start

    @property
    def through_ring(self) -> bool:
        """Whether messages go through io_uring."""
        return isinstance(self._plain, UringSender)

    def __len__(self) -> int:
        return len(self._plain) + len(self._compressed) + len(self._writing)

    def __iter__(self) -> Iterator[Session]:
        return iter([*self._plain, *self._compressed, *self._writing])

    def add(self, socket: Session, behind: LateSubscriber | None = None) -> None:
        """From the next message on; `behind` is what it has where the board is newer.

        One that follows already keeps its place, and what waits for it counts on.
        """
        if socket.follower is None:
            self._writing[socket] = None
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
        self._remove_ready(socket)
        self._writing.pop(socket, None)
        self._busy.pop(socket, None)
        self.behind.pop(socket, None)
        self.uptake.forget(socket)

    def busy(self, socket: Session) -> None:
        """It is to be looked at before the next message; may be called while it is written to."""
        self._busy[socket] = None

    def send(self, shared: SharedMessage, epoch: str, from_seq: int) -> None:
        """Sends what changes the board from (epoch, from_seq) on, to all who are up to date with it."""
        for socket in self._send_ready(shared):
            if socket in self.behind:
                continue
            if socket.backlog() < FULL_BYTES:
                socket.share(shared)
                self.frames += 1
            else:
                self.behind[socket] = LateSubscriber(epoch, from_seq)
                self.uptake.watch(socket)

    def _send_ready(self, shared: SharedMessage) -> list[Session]:
        """Sends it to those who are ready; says who is left."""
        self._sort()
        writing = [*self._writing]
        self._send_through(self._plain, shared.frame)
        if len(self._compressed):
            self._send_through(self._compressed, shared.deflated)
        if error := self._plain.failed or self._compressed.failed:
            self._replace_senders(error)
        return writing

    def _send_through(self, sender: BatchSender, frame: bytes) -> None:
        self.frames += len(sender)
        for socket, sent in sender.send(frame):
            self._slow_down(socket)
            if socket.wire:
                socket.wire.write(memoryview(frame)[sent:])  # all share the bytes that wait, too

    def _replace_senders(self, error: OSError) -> None:
        """All are writing from now on, and become ready in the next ones."""
        log.error("io_uring has failed: a system call for each client and batch from now on", reason=error.strerror)
        self.ring_failures += 1
        for socket in [*self._plain, *self._compressed]:
            self._slow_down(socket)
        failed, self._plain, self._compressed = self._plain, TransportSender(), TransportSender()
        failed.close()

    def _sort(self) -> None:
        """Only who has nothing to write is in a batch sender."""
        for socket in self._busy:
            if not _idle(socket):
                self._slow_down(socket)
                self.uptake.watch(socket)
        self._busy.clear()
        for socket in [*self._writing]:
            if socket.wire and socket not in self.behind and _idle(socket):
                del self._writing[socket]
                (self._compressed if socket.deflates else self._plain).add(socket, socket.wire)

    def _slow_down(self, socket: Session) -> None:
        if self._remove_ready(socket):
            self._writing[socket] = None

    def _remove_ready(self, socket: Session) -> bool:
        return self._plain.remove(socket) or self._compressed.remove(socket)

    def tell(self, shared: SharedMessage) -> None:
        """Sends what is no change of the board; who is passed over may miss it."""
        for socket in self._send_ready(shared):
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
        self._plain.close()


def _idle(socket: Session) -> bool:
    return socket.wire is not None and not socket.wire.get_write_buffer_size() and not socket.wire.is_closing()

"""Senders: a message goes to every subscriber that is ready, without a look at each of them first."""

from __future__ import annotations

import errno
import os
from asyncio import Transport
from collections.abc import Iterable, Iterator
from typing import Protocol

import structlog

from beeplace.gateway.connection.session import Session
from beeplace.gateway.fanout.io_uring import SLOTS, IoUring, Requests, request

_FIRST_ROOM = 64  # doubled when it is used up
_MAX_FAILURES = 3  # of a whole message, in a row, after which io_uring is given up
_NOT_DONE = frozenset(
    (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EACCES, errno.ENXIO, errno.EFAULT)
)

log = structlog.get_logger("beeplace")


class BatchSender(Protocol):
    """Subscribers that are ready: WebSockets whose transports have nothing to write.

    Invariant: nobody else writes to them while they are here; otherwise the bytes of two messages would mix.
    """

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Session]: ...

    def add(self, session: Session, wire: Transport) -> None:
        """From the next message on."""

    def remove(self, session: Session) -> bool:
        """No more. False where it was not there."""

    def send(self, frame: bytes) -> list[tuple[Session, int]]:
        """To all of them; says who did not take all of it, and how many bytes they took."""

    def beside(self) -> BatchSender:
        """Another one, for those who are sent other bytes; to close the first closes it too."""

    def close(self) -> None:
        """Nothing is sent any more."""

    @property
    def failed(self) -> OSError | None:
        """Why it does not send any more, and has to be replaced; None while it does."""


class TransportSender:
    """Each transport is written to. It keeps what its peer does not take yet, and says when that is too much."""

    failed = None

    def __init__(self) -> None:
        self._wires: dict[Session, Transport] = {}

    def __len__(self) -> int:
        return len(self._wires)

    def __iter__(self) -> Iterator[Session]:
        return iter(self._wires)

    def add(self, session: Session, wire: Transport) -> None:
        """From the next message on."""
        self._wires[session] = wire

    def remove(self, session: Session) -> bool:
        """No more."""
        return self._wires.pop(session, None) is not None

    def send(self, frame: bytes) -> list[tuple[Session, int]]:
        """To all of them; what they do not take, their transports keep."""
        for wire in self._wires.values():
            wire.write(frame)
        return []

    def beside(self) -> TransportSender:
        """One that has nothing in common with it."""
        return TransportSender()

    def close(self) -> None:
        """There is nothing to give back."""


class UringSender:
    """One system call for hundreds, past their transports. A transport has nothing to write meanwhile, or the bytes
    of two messages would mix; and its socket stays open while it is here, or another's number would be written to."""

    def __init__(self, ring: IoUring) -> None:
        self._ring = ring
        self._sessions: list[tuple[Session, int]] = []  # with the number of its socket, in the order of the requests
        self._places: dict[Session, int] = {}
        self._requests = Requests(_FIRST_ROOM)
        self._failures = 0  # messages in a row of which not one was sent, through no fault of a peer
        self.failed: OSError | None = None

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[Session]:
        return iter([*self._places])

    def add(self, session: Session, wire: Transport) -> None:
        """From the next message on."""
        place = len(self._sessions)
        if place == len(self._requests):
            self._requests = self._requests.doubled()
        self._sessions.append((session, -1))
        self._put(place, session, wire.get_extra_info("socket").fileno())

    def _put(self, place: int, session: Session, fd: int) -> None:
        self._sessions[place] = (session, fd)
        self._places[session] = place
        self._requests.put(place, request(fd, place))

    def remove(self, session: Session) -> bool:
        """No more; the last one moves to the place that comes free."""
        place = self._places.pop(session, None)
        if place is None:
            return False
        last = self._sessions.pop()
        if place < len(self._sessions):
            self._put(place, *last)
        return True

    def send(self, frame: bytes) -> list[tuple[Session, int]]:
        """To all of them; says who did not take all of it, and how many bytes they took."""
        count, short, error = len(self._sessions), [], None
        self._requests.send(frame, count)
        for first in range(0, count, SLOTS):
            end = min(count, first + SLOTS)
            results = self._ring.submit(self._requests.part(first, end), len(frame))
            if results is not None:
                taken = [(self._sessions[place][0], max(0, results.get(place, 0))) for place in range(first, end)]
                short += [one for one in taken if one[1] < len(frame)]
                error = self._ring.error or _refused(results.values()) or error
                if not results and error is None:
                    error = OSError(errno.EIO, "no results")
        if count:
            self._count(error if len(short) == count else None)
        return short

    def _count(self, error: OSError | None) -> None:
        self._failures = self._failures + 1 if error else 0
        if self._failures >= _MAX_FAILURES:
            self.failed = error

    def beside(self) -> UringSender:
        """One with the same ring, in which nothing is under way between two messages."""
        return UringSender(self._ring)

    def close(self) -> None:
        """Gives the ring back."""
        self._ring.close()


def _refused(results: Iterable[int]) -> OSError | None:
    """What the kernel says of requests that it does not do, whoever the peer is."""
    found = next((-result for result in results if -result in _NOT_DONE), None)
    return OSError(found, os.strerror(found)) if found else None


def best(*, io_uring: bool) -> BatchSender:
    """The fastest sender that this machine has, and its operator wants."""
    try:
        return UringSender(IoUring()) if io_uring else TransportSender()
    except OSError as error:
        log.info("no io_uring: a system call for each client and batch", reason=error.strerror)
        return TransportSender()

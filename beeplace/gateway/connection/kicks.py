"""Counts the sockets that we close, and logs at most one line a minute for each address that gives us reason to.

A client that leaves by itself is not counted: its close code is its own.

The line names the address by a hash under a key that dies with the process: enough to see that it is the same
one again, and nothing that may not be kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from beeplace.gateway.connection.close_codes import (
    CUT,
    DISPLACED,
    DRAINING,
    NORMAL,
    OUR_FAULT,
    PROTOCOL_VIOLATED,
    TOO_MANY,
    TOO_SLOW,
)
from beeplace.gateway.connection.session import Session
from beeplace.gateway.metrics import Metrics
from beeplace.people.network_names import NetworkNames

_MINUTE_SECONDS = 60.0
_MAX_ADDRESSES = 20  # in one minute; the rest is counted and not named
_UNSAID = (CUT, DRAINING)  # phones fall silent all the time
_WHY = {
    OUR_FAULT: "a handler of ours failed; its trace is in this log",
    PROTOCOL_VIOLATED: "what it sent is not Socket.IO as we speak it (docs/talk-to-it.md)",
    TOO_SLOW: "it did not join in time, or read nothing of what it was sent",
    DISPLACED: "a person has more sockets than SOCKETS_PER_IDENTITY, all of which answer; this is the oldest",
    TOO_MANY: "it sends more than SOCKET_EVENTS_PER_SECOND",
}

log = structlog.get_logger("beeplace.sockets")


class ClosedSockets:
    """What the Engine.IO server tells of every session that it ends."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._metrics, self._clock = metrics, clock
        self._told: set[bytes] = set()
        self._minute = clock()
        self._names = NetworkNames()

    def note(self, session: Session, code: int) -> None:
        """One session was ended with a close code."""
        if code == NORMAL:
            return
        self._metrics.violations.labels(str(code)).inc()
        if code in _UNSAID:
            return
        self.forget()
        peer = self._names.of(session.address)
        if peer not in self._told and len(self._told) < _MAX_ADDRESSES:
            self._told.add(peer)
            log.warning(
                "socket closed", code=code, peer=peer.hex()[:8], why=_WHY.get(code, "what it sent is no WebSocket")
            )

    def forget(self) -> None:
        """Whom the lines of the last minute named; called a few times a second."""
        if self._clock() - self._minute >= _MINUTE_SECONDS:
            self._minute, self._told = self._clock(), set()

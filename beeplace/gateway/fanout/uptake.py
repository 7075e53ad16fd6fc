"""Whether peers take what was written for them: one that takes nothing for a while is given up, a slow one stays.

The kernel counts the bytes that a peer has acknowledged. What waits in our own buffers says less: they shrink in
steps of what the kernel's buffer holds, which a slow reader takes minutes for.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import termios
from collections.abc import Callable

from beeplace.gateway.connection.session import Session

PATIENCE_SECONDS = 20.0
_LOOK_SECONDS = 1.0
_TCP_INFO = getattr(socket, "TCP_INFO", 11)  # of Linux; elsewhere the option is refused, or too short
_ACKNOWLEDGED = struct.Struct("@120xQ")  # tcpi_bytes_acked in struct tcp_info, since Linux 4.2
_WAITING = struct.Struct("@i")


class ReadProgress:
    """The peers for which something waits to be written. `stalled` is called with each that takes nothing of it."""

    def __init__(self, clock: Callable[[], float], stalled: Callable[[Session], None]) -> None:
        self._clock, self._stalled = clock, stalled
        # What it had taken, and since when; not asked yet of one that may have taken all by the next look.
        self._watched: dict[Session, tuple[int | None, float]] = {}
        self._awaited: set[Session] = set()  # those with something to read in the kernel that matters, too
        self._due = 0.0

    def watch(self, session: Session) -> None:
        """From now on, until nothing waits for it any more."""
        if session not in self._watched:
            self._watched[session] = (None, self._clock())

    def forget(self, session: Session) -> None:
        """It has gone, or has taken all."""
        self._watched.pop(session, None)
        self._awaited.discard(session)

    def awaited(self, session: Session, known: int | None) -> int | None:
        """For a peer that does not answer: what it has to have taken before it can; None where it has.

        `known` is what this said when it was asked about the same question before.
        """
        if session.wire is None:
            return None
        now = taken(session)
        whole = now + session.backlog() + unacknowledged(session) if known is None else known
        if now >= whole:
            return None
        self.watch(session)
        self._awaited.add(session)
        return whole

    def step(self, now: float) -> None:
        """Looks at all of them, once a second."""
        if now < self._due:
            return
        self._due = now + _LOOK_SECONDS
        for session in [*self._watched]:
            if not session.backlog() and not (session in self._awaited and unacknowledged(session)):
                self.forget(session)
            elif self._since(session) > PATIENCE_SECONDS:
                self.forget(session)
                self._stalled(session)

    def _since(self, session: Session) -> float:
        """For how long it has taken nothing."""
        known, since = self._watched[session]
        now, found = self._clock(), taken(session)
        if known is None or found > known:
            self._watched[session] = (found, now)
            return 0.0
        return now - since


def taken(session: Session) -> int:
    """A number that grows whenever the peer takes something."""
    if session.wire is None:
        return -session.backlog()
    try:
        info = session.wire.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _ACKNOWLEDGED.size)
        [found] = _ACKNOWLEDGED.unpack(info)
    except (OSError, AttributeError, struct.error):
        return -session.backlog()
    return int(found)


def unacknowledged(session: Session) -> int:
    """Bytes that the kernel holds for the peer; 0 where that cannot be told."""
    if session.wire is None:
        return 0
    try:
        [found] = _WAITING.unpack(
            fcntl.ioctl(session.wire.get_extra_info("socket").fileno(), termios.TIOCOUTQ, b"    ")
        )
    except OSError:
        return 0
    return int(found)

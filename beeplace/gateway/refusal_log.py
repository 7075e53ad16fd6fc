"""Who is refused, counted by reason; and a line a minute of each reason, which says what to set or look at.

Told by whatever refuses: the Engine.IO server, joins, HTTP routes, the listening socket. A line names no address, and
of what a client sent only what has the form of an origin or a host.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from prometheus_client import CollectorRegistry, Counter

_MINUTE_SECONDS = 60.0

REASONS = {
    "origin": "a page of a site that may not speak to this one",
    "handshakes": "more new sockets in a second than HANDSHAKES_PER_SECOND: they come back by themselves",
    "sockets": "more sockets of one person than SOCKETS_PER_IDENTITY",
    "join": "a join that is none: is it a client of BeePlace?",
    "session": "a session that is not at this gateway: the proxy has to send a client that polls to the same one each "
    "time, or POLLING=off; after a restart there are some",
    "polling": "a client that polls, while POLLING=off",
    "upgrade": "a WebSocket without an upgrade: the proxy has to pass the headers Connection and Upgrade on",
    "version": "a client of another protocol: Engine.IO 4 is spoken here (socket.io-client 3 and newer)",
    "request": "a request to /socket.io/ that is no handshake, no poll and no message",
    "body": "a message by polling that is too long, too slow, or not whole",
    "key": "an organiser's request with no key or a wrong one: API_KEY, API_KEY_FILE",
    "head": "a request that is no HTTP, or has headers of more than 16 kB",
    "silent": "a connection that said nothing for 10 seconds",
    "descriptors": "no more connections are taken until some have left, for want of file descriptors: raise "
    "LimitNOFILE, or ulimit -n",
}
_QUIET = {"silent", "session"}  # nothing to set: browsers open connections in advance, and sessions end in restarts

log = structlog.get_logger("beeplace.refusals")


class RefusalLog:
    """One for each gateway."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.monotonic) -> None:
        counter = Counter(
            "beeplace_refused", "Requests, sockets and joins refused, by reason", ["reason"], registry=registry
        )
        self._counts = {reason: counter.labels(reason) for reason in REASONS}
        self._clock = clock
        self._told: dict[str, tuple[float, int]] = {}  # when a line was written, and how many had none since

    def note(self, reason: str, why: Callable[[], dict[str, str]] = dict) -> None:
        """One was refused; `why` gives the fields of the line, if there is one now."""
        self._counts[reason].inc()
        now = self._clock()
        at, others = self._told.get(reason, (now - _MINUTE_SECONDS, 0))
        if now - at < _MINUTE_SECONDS:
            self._told[reason] = (at, others + 1)
            return
        self._told[reason] = (now, 0)
        write = log.info if reason in _QUIET else log.warning
        write("refused", reason=reason, **{"why": REASONS[reason]} | why(), **({"more": others} if others else {}))

"""What the log says of a server that cannot be reached: a line at once, one every few seconds, one when it is back."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

AGAIN_SECONDS = 5.0
LONG_SECONDS = 60.0  # after which a line a minute is enough

log = structlog.get_logger("beeplace.servers")


class Outage:
    """Of one server; `place` says where it is looked for, such as db.example.org:5432."""

    def __init__(self, server: str, place: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._server, self._place, self._clock = server, place, clock
        self._since: float | None = None
        self._said = 0.0

    def lasts(self, why: str) -> None:
        """It was tried, or looked at, and is not there."""
        now = self._clock()
        if self._since is None:
            self._since = now
        elif now - self._said < (AGAIN_SECONDS if now - self._since < LONG_SECONDS else LONG_SECONDS):
            return
        self._said = now
        log.warning(
            "a server cannot be reached",
            server=self._server,
            at=self._place(),
            why=why,
            seconds=round(now - self._since),
        )

    def over(self) -> None:
        """It is there; says so where it was not."""
        if self._since is not None:
            lasted, self._since = round(self._clock() - self._since, 1), None
            log.info("a server is reached again", server=self._server, at=self._place(), seconds=lasted)

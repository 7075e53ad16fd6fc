"""FaultLog of our own handlers: each is logged with its trace, and not again in the same minute for the same line."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import structlog

_MINUTE_SECONDS = 60.0
_MAX_PLACES = 100  # in one minute; the rest is counted

log = structlog.get_logger("beeplace.faults")


class FaultLog:
    """Who calls a handler for a client tells this of what it raised, so that no client can fill the log."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._minute = clock()
        self._seen: Counter[tuple[str, int]] = Counter()
        self.count = 0

    def note(self, error: Exception) -> None:
        """A handler raised what it must not."""
        self.count += 1
        if self._clock() - self._minute >= _MINUTE_SECONDS:
            self._minute = self._clock()
            self._seen.clear()
        place = _place(error)
        if place in self._seen or len(self._seen) < _MAX_PLACES:
            self._seen[place] += 1
            if self._seen[place] == 1:
                log.error("a handler failed", exc_info=error)


def _place(error: Exception) -> tuple[str, int]:
    """File and line that raised."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else ("", 0)

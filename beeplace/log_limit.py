"""A line a minute of each kind, for what libraries log and for requests that failed: `logs.py` puts it in the way.

A client can repeat what it sends as fast as it likes. What it makes us log, if anything, is worth reading once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

MINUTE_SECONDS = 60.0
_MAX_KINDS = 256  # more are taken for one
_REST = ("",)


class LogLimit(logging.Filter):
    """Lets the first line of a kind pass, and the next one a minute later, which says how many there were meanwhile.

    A kind is a logger and the place that an exception comes from, or the beginning of a message. Lines with fields,
    which are BeePlace's own, are bounded where they are written, and all pass.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._told: dict[tuple[object, ...], tuple[float, int]] = {}  # when, and how many were held back since

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if not isinstance(record.msg, str):
            return True
        kind = _kind(record)
        if kind not in self._told and len(self._told) >= _MAX_KINDS:
            kind = _REST
        now = self._clock()
        at, held_back = self._told.get(kind, (now - MINUTE_SECONDS, 0))
        if now - at < MINUTE_SECONDS:
            self._told[kind] = (at, held_back + 1)
            return False
        self._told[kind] = (now, 0)
        if held_back:
            record.msg, record.args = f"{record.getMessage()} ({held_back} more since the last such line)", ()
        return True


def _kind(record: logging.LogRecord) -> tuple[object, ...]:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return record.name, record.msg.split("<")[0][:60]  # what follows `<` is the name of one object
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else ()
    return record.name, type(error), place

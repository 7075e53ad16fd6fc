"""Crash points: where a test has this process killed, to see that what follows a crash is as promised.

`CRASH_AT=point:n` kills the process the n-th time it passes that point, as `kill -9` would. Unset, as always
but in tests, passing one costs a comparison.
"""

from __future__ import annotations

import os
import signal

POINTS = (
    "queued",  # a placement waits for its commit
    "locked",  # the transaction has the board's lock and knows the facts
    "written",  # everything is written down, COMMIT is not sent
    "committing",  # COMMIT is sent, its answer not read
    "committed",  # the commit stands, the board in memory does not have it
    "applied",  # the board has it, nobody was answered
    "answering",  # some were answered
    "answered",  # all were, and nobody else has seen anything
    "sending",  # a batch is encoded, nobody has it
    "sent",  # it was written to all
    "announced",  # the other gateways were told
    "keeping",  # a slice of the stored board is written
    "draining",  # SIGTERM came
    "migrating",  # the schema is changed, not committed
)

_armed: dict[str, int] = {}


def arm(point: str, times: int) -> None:
    """Has the process killed once it has passed `point` that many times."""
    _armed[point] = times


def passing(point: str) -> None:
    """The process is at that point now."""
    if _armed and point in _armed:
        _armed[point] -= 1
        if not _armed[point]:
            os.kill(os.getpid(), signal.SIGKILL)

"""Crash points: where a test has this process killed, to see that what follows a crash is as promised.

`CRASH_AT=point:n` kills the process the n-th time it passes that point, as `kill -9` would; `CRASH_AT=action-point:n`
counts from the next organiser's action on, which is committed alone. Unset, as always but in tests, passing one costs a
comparison.
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
    "acting",  # an organiser's action is worked out and about to be committed
)
_OF_ACTION = "action-"
ALL_POINTS = (*POINTS, *(_OF_ACTION + point for point in POINTS))

_armed: dict[str, int] = {}


def arm(point: str, times: int) -> None:
    """Has the process killed once it has passed `point` that many times."""
    _armed[point] = times


def passing(point: str) -> None:
    """The process is at that point now."""
    if not _armed:
        return
    if point == "acting":
        for name in [name for name in _armed if name.startswith(_OF_ACTION)]:
            _armed[name.removeprefix(_OF_ACTION)] = _armed.pop(name)
    if point in _armed:
        _armed[point] -= 1
        if not _armed[point]:
            os.kill(os.getpid(), signal.SIGKILL)

"""What the log records: one entry for each committed change, numbered without holes."""

from __future__ import annotations

from typing import NamedTuple

from beeplace.board.changes import Change


class Entry(NamedTuple):
    """One committed change: what happened, and of whom, when and where in the log.

    `at_ms` is the wall clock in UTC, for people; no rule reads it. `action` is the seq that names an organiser's
    action, which all entries of that action carry; None for what people do. `hex` is the colour as #RRGGBB when the
    entry was made; it is read for a pixel's history alone.
    """

    seq: int
    epoch: str
    at_ms: int
    identity: bytes
    action: int | None
    change: Change
    hex: str | None = None

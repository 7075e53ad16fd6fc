"""Bounds what snapshots cost that slow readers still hold: each of them is one that nobody else may have."""

from __future__ import annotations

from beeplace.gateway.connection.session import TOO_SLOW, Session
from beeplace.gateway.connection.websocket import FULL_BYTES
from beeplace.gateway.fanout.snapshot import Snapshot

MAX_BYTES = 96_000_000  # of different snapshots that are being read
FEWEST = 3  # that may be read at once, however large
_LOOK_SECONDS = 1.0


class HeldSnapshots:
    """Who is being sent which snapshot. Where they become too many, those who read the oldest are cut."""

    def __init__(self, most_bytes: int = MAX_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held: dict[Session, Snapshot] = {}
        self._due = 0.0

    def hold(self, session: Session, snapshot: Snapshot) -> None:
        """It was sent this one just now."""
        if session.backlog() >= FULL_BYTES:
            self._held[session] = snapshot
            self._bound()

    def forget(self, session: Session) -> None:
        """It has gone."""
        self._held.pop(session, None)

    def step(self, now: float) -> None:
        """Forgets, once a second, who has read nearly all."""
        if self._held and now >= self._due:
            self._due = now + _LOOK_SECONDS
            self._held = {one: held for one, held in self._held.items() if one.backlog() >= FULL_BYTES}

    def _bound(self) -> None:
        different = {(held.epoch, held.seq): held.bytes for held in self._held.values()}
        while len(different) > FEWEST and sum(different.values()) > self._most_bytes:
            oldest = next(iter(different))  # they are held in the order in which they were made
            del different[oldest]
            for session in [one for one, held in self._held.items() if (held.epoch, held.seq) == oldest]:
                self.forget(session)
                session.kick(TOO_SLOW)

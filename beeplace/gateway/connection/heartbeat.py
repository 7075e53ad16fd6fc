"""Asks every peer now and then whether it is still there, on the loop's clock, without a timer or a task for each.

All peers have the same interval and the same patience, so those who are to be asked next, and those whose
answer is due next, stand in two queues in the order of their times. The queues hold names, not peers: one
that has gone is freed at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Peer(Protocol):
    """Who can be asked."""

    @property
    def sid(self) -> str:
        """Its name, used once."""

    def ping(self) -> None:
        """Asks."""

    def drop(self) -> None:
        """Ends a connection that does not answer."""


P = TypeVar("P", bound=Peer)


@dataclass(slots=True)
class _Beat(Generic[P]):
    peer: P
    due: float
    asked: bool = False


class Heartbeat(Generic[P]):
    """`interval` seconds after a peer was heard it is asked; `patience` seconds later it must have answered.

    `awaited` may say of a peer that is late what it has to have read before it can answer, None for nothing; it is
    shown what it said before. Such a peer is given more time, as long as there is something: it is slow, and not gone.
    """

    def __init__(self, interval: float, patience: float, clock: Callable[[], float]) -> None:
        self._interval, self._patience, self._clock = interval, patience, clock
        self.awaited: Callable[[P, int | None], int | None] = lambda _peer, _known: None
        self._slow: dict[str, int] = {}
        self._again: deque[tuple[float, str]] = deque()  # those who are looked at again, in the order of their times
        self._next: deque[tuple[float, str]] = deque()
        self._asked: deque[tuple[float, str]] = deque()
        self._beats: dict[str, _Beat[P]] = {}

    def expect_ping(self, peer: P) -> None:
        """Begins to ask a new peer."""
        due = self._clock() + self._interval
        self._beats[peer.sid] = _Beat(peer, due)
        self._next.append((due, peer.sid))

    def heard(self, peer: P) -> bool:
        """The peer answered; False where nobody had asked."""
        beat = self._beats.get(peer.sid)
        if beat is None or not beat.asked:
            return False
        if self._slow:
            self._slow.pop(peer.sid, None)
        beat.asked, beat.due = False, self._clock() + self._interval
        self._next.append((beat.due, peer.sid))
        return True

    def ask(self, peer: P) -> None:
        """Asks a peer now, unless it has been asked already."""
        beat = self._beats.get(peer.sid)
        if beat and not beat.asked:
            self._ask(peer.sid, beat, self._clock())

    def asked(self, peer: P) -> bool:
        """Whether a peer has been asked and has not answered."""
        beat = self._beats.get(peer.sid)
        return beat is not None and beat.asked

    def late(self, peer: P) -> bool:
        """Whether the peer's answer is overdue, even if no step has noticed it yet."""
        beat = self._beats.get(peer.sid)
        patience = 0.0 if beat is None or beat.asked else self._patience
        return beat is None or beat.due + patience <= self._clock()

    def forget(self, peer: P) -> None:
        """The peer has gone."""
        self._beats.pop(peer.sid, None)
        self._slow.pop(peer.sid, None)

    def step(self, now: float) -> None:
        """Asks whoever is due, and drops whoever did not answer in time."""
        while self._next and self._next[0][0] <= now:
            due, sid = self._next.popleft()
            beat = self._beats.get(sid)
            if beat and beat.due == due and not beat.asked:
                self._ask(sid, beat, due)
        for asked in (self._asked, self._again):
            while asked and asked[0][0] <= now:
                due, sid = asked.popleft()
                beat = self._beats.get(sid)
                if beat and beat.due == due and beat.asked:
                    self._late(sid, beat)

    def _ask(self, sid: str, beat: _Beat[P], now: float) -> None:
        beat.asked, beat.due = True, now + self._patience
        self._asked.append((beat.due, sid))
        beat.peer.ping()

    def _late(self, sid: str, beat: _Beat[P]) -> None:
        awaited = self.awaited(beat.peer, self._slow.pop(sid, None))
        if awaited is None:
            del self._beats[sid]
            beat.peer.drop()
        else:
            self._slow[sid] = awaited
            beat.due = self._clock() + self._patience / 10
            self._again.append((beat.due, sid))

"""What one peer may do, how long it may take, and how both are counted."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from beeplace.gateway.wire.profile import BEEPLACE, Profile

T = TypeVar("T")

BURST_SECONDS = 5  # of frames that a peer may send at once, after a stall of its network say


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """The defaults are the protocols' own; `app.py` gives those of BeePlace."""

    handshakes_per_second: int = 1_000_000
    frames_per_second: int = 1_000_000  # in the long run; `BURST_SECONDS` of them at once
    bytes_per_message: int = 1_000_000
    connect_seconds: float = 45.0  # until CONNECT
    ping_interval: float = 25.0
    ping_timeout: float = 20.0
    polling: bool = True
    deflate: bool = True  # whether messages may be compressed
    profile: Profile = BEEPLACE


class Budget:
    """How many events may still come in this second: counted within whole seconds of the loop's clock."""

    __slots__ = ("_limit", "_second", "_spent")

    def __init__(self, limit: int) -> None:
        self._limit, self._second, self._spent = limit, 0, 0

    def spend(self, now: float) -> bool:
        """False where the limit of this second is used up."""
        second = int(now)
        if self._second != second:
            self._second, self._spent = second, 0
        self._spent += 1
        return self._spent <= self._limit


class Deadlines(Generic[T]):
    """Things that must have happened a fixed time after others, without a timer for each.

    `missed` is called with each item `seconds` after it was added; it looks whether the thing has happened.

    Items that are gone by then are not kept for it.
    """

    def __init__(self, seconds: float, clock: Callable[[], float], missed: Callable[[T], None]) -> None:
        self._seconds, self._clock, self._missed = seconds, clock, missed
        self._waiting: deque[tuple[float, weakref.ref[T]]] = deque()

    def add(self, item: T) -> None:
        """From now on."""
        self._waiting.append((self._clock() + self._seconds, weakref.ref(item)))

    @property
    def next(self) -> float | None:
        """When the time of the first one comes."""
        return self._waiting[0][0] if self._waiting else None

    def step(self, now: float) -> None:
        """Looks at all whose time has come."""
        while self._waiting and self._waiting[0][0] <= now:
            item = self._waiting.popleft()[1]()
            if item is not None:
                self._missed(item)

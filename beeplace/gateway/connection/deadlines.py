"""Things that must have happened a fixed time after others, without a timer for each."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Deadlines(Generic[T]):
    """`missed` is called with each item `seconds` after it was added; it looks whether the thing has happened.

    Items that are gone by then are not kept for it.
    """

    def __init__(self, seconds: float, clock: Callable[[], float], missed: Callable[[T], None]) -> None:
        self._seconds, self._clock, self._missed = seconds, clock, missed
        self._waiting: deque[tuple[float, weakref.ref[T]]] = deque()

    def add(self, item: T) -> None:
        """From now on."""
        self._waiting.append((self._clock() + self._seconds, weakref.ref(item)))

    def step(self, now: float) -> None:
        """Looks at all whose time has come."""
        while self._waiting and self._waiting[0][0] <= now:
            item = self._waiting.popleft()[1]()
            if item is not None:
                self._missed(item)

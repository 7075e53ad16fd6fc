"""How many events a peer may still send in this second."""

from __future__ import annotations


class Budget:
    """Counts events within whole seconds of the loop's clock."""

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

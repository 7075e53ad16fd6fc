"""A number that only grows, as what it grew by: in the last minute, and in each minute of the last hour."""

from __future__ import annotations

from collections import deque

SECONDS = 60
MINUTES = 60


class Minutes:
    """`first` is the number at the beginning; `note` is told it once a second from then on."""

    def __init__(self, first: int = 0) -> None:
        self._seconds = deque([first], maxlen=SECONDS + 1)
        self._notes = 0
        self.history: list[int] = []  # the oldest minute first

    def note(self, total: int) -> None:
        """What the number is now. One that fell belongs to another board: counting begins anew."""
        if total < self._seconds[-1]:
            self._seconds.clear()
        self._seconds.append(total)
        self._notes += 1
        if self._notes % SECONDS == 0:
            self.history = [*self.history[1 - MINUTES :], self.minute]

    @property
    def minute(self) -> int:
        """What it grew by in the last 60 seconds."""
        return self._seconds[-1] - self._seconds[0]

    def as_json(self) -> dict[str, object]:
        """For a desk."""
        return {"minute": self.minute, "history": self.history}

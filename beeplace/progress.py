"""How far long work is: a bar on a terminal, or told to whoever follows it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Self

_WIDTH = 30
_SECONDS = 0.1
_TOLD_SECONDS = 0.5

# Is told what is being done and how much of it is, about twice a second, instead of a bar.
FOLLOWER: ContextVar[Callable[[str, float], None] | None] = ContextVar("FOLLOWER", default=None)


class Progress:
    """Shows how much of `total` is done, on stderr; nothing where that is no terminal. Leaving it clears the line."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total = what, max(1, total)
        self._follower = FOLLOWER.get()
        self._terminal = self._follower is None and sys.stderr.isatty()
        self._began = self._shown = time.monotonic()
        if self._follower:
            self._follower(what, 0.0)

    def reached(self, done: int, words: Callable[[], str] = str) -> None:
        """So much is done now; `words` say more, where the line is shown."""
        now = time.monotonic()
        if self._follower and now - self._shown >= _TOLD_SECONDS:
            self._shown = now
            self._follower(self._what, min(1.0, done / self._total))
        if not self._terminal or (now - self._shown < _SECONDS and done < self._total):
            return
        self._shown = now
        share = min(1.0, done / self._total)
        bar = "#" * int(share * _WIDTH)
        left = (now - self._began) * (1 - share) / share if share else 0
        sys.stderr.write(f"\r{self._what} [{bar:<{_WIDTH}}] {share:4.0%}  {done:,}  {left:.0f} s left  {words()}\x1b[K")
        sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Takes the line away."""
        if self._terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

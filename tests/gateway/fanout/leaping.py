"""A loop whose time leaps to the next timer once nothing else is to be done, whatever the machine does besides."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


class Clock:
    """The time of one loop, in seconds."""

    now = 0.0


class _Selector(selectors.DefaultSelector):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; where nothing is, the time has passed."""
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self._clock.now += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock) -> None:
        super().__init__(_Selector(clock))
        self._clock = clock

    def time(self) -> float:
        """As every part of asyncio asks it."""
        return self._clock.now


def at_leaping_time(work: Callable[[Clock], Awaitable[T]]) -> T:
    """Runs it in such a loop, with its clock."""

    async def run() -> T:
        return await work(clock)

    clock = Clock()
    with asyncio.Runner(loop_factory=lambda: _Loop(clock)) as runner:
        return runner.run(run())

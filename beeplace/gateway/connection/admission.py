"""Lets newcomers in a few at a time, so that a storm of them never holds up those who are inside."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable


class Admission:
    """At most `at_once` pass in one turn of the loop; the others follow in the turns after it, in order."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._passed = 0
        self._waiting: deque[Callable[[], None]] = deque()
        self._turning = False
        self._loop = asyncio.get_running_loop()

    def let_in(self, enter: Callable[[], None]) -> None:
        """Calls `enter` when it is one's turn, which is at once where nobody else is coming."""
        if not self._turning:
            self._turning = True
            self._loop.call_soon(self._turn)
        if self._passed < self._at_once and not self._waiting:
            self._passed += 1
            enter()
        else:
            self._waiting.append(enter)

    async def enter(self) -> None:
        """Returns when it is one's turn."""
        turn: asyncio.Future[None] = self._loop.create_future()
        self.let_in(lambda: _settle(turn))
        await turn

    def _turn(self) -> None:
        self._passed = 0
        while self._waiting and self._passed < self._at_once:
            self._passed += 1
            self._waiting.popleft()()
        self._turning = bool(self._waiting or self._passed)
        if self._turning:
            self._loop.call_soon(self._turn)


def _settle(turn: asyncio.Future[None]) -> None:
    if not turn.done():  # else a newcomer that gave up
        turn.set_result(None)

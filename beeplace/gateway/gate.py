"""Lets newcomers in a few at a time, so that a storm of them never holds up those who are inside."""

from __future__ import annotations

import asyncio
from collections import deque


class Gate:
    """At most `at_once` pass in one turn of the loop; the others follow in the turns after it, in order."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._passed = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turning = False

    async def enter(self) -> None:
        """Returns when it is one's turn."""
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_soon(self._turn)
        if self._passed < self._at_once and not self._waiting:
            self._passed += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _turn(self) -> None:
        self._passed = 0
        while self._waiting and self._passed < self._at_once:
            turn = self._waiting.popleft()
            if not turn.done():  # a newcomer that gave up
                turn.set_result(None)
                self._passed += 1
        self._turning = bool(self._waiting or self._passed)
        if self._turning:
            asyncio.get_running_loop().call_soon(self._turn)

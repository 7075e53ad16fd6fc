"""Requests of a page whose answers come late."""

from __future__ import annotations

import asyncio
import json

from playwright.async_api import Route


class Late:
    """One request whose answer is kept back until it is let go; fields may be marked, to see it come."""

    def __init__(self, **mark: object) -> None:
        self.mark, self.waits, self.release = mark, asyncio.Event(), asyncio.Event()

    async def answer(self, route: Route) -> None:
        """The server has answered."""
        if self.waits.is_set():
            await route.continue_()
            return
        answer = await route.fetch()
        await self._wait()
        if self.mark:
            await route.fulfill(response=answer, body=json.dumps(await answer.json() | self.mark))
        else:
            await route.fulfill(response=answer)

    async def request(self, route: Route) -> None:
        """The server has not been asked."""
        if not self.waits.is_set():
            await self._wait()
        await route.continue_()

    async def _wait(self) -> None:
        self.waits.set()
        await self.release.wait()

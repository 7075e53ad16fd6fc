"""Real touch events, through the browser's own input: up to two fingers on a phone's screen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import CDPSession, Page

Point = tuple[float, float]
STEPS = 6
FRAME_SECONDS = 0.016
REST_SECONDS = 0.5


class Fingers:
    """Fingers on one page. Every gesture begins and ends with none on the screen.

    The events carry times of their own: frames apart within a gesture, and so long after the one before that two taps
    are not a double tap. So nothing here waits, and a slow machine makes no other gesture of it.
    """

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self._now = time.time()

    @classmethod
    async def on(cls, page: Page) -> Fingers:
        """The page's context must have touch."""
        return cls(await page.context.new_cdp_session(page))

    async def tap(self, at: Point) -> None:
        """One short touch."""
        self.rest()
        await self._touch("touchStart", at)
        await self._touch("touchEnd")

    async def double_tap(self, at: Point) -> None:
        """Two short touches, one soon after the other."""
        self.rest()
        for _ in range(2):
            await self._touch("touchStart", at)
            await self._touch("touchEnd")

    async def drag(self, start: Point, end: Point, *, throw: bool = False) -> None:
        """One finger down, across, and up: after a rest, or thrown."""
        self.rest()
        await self._touch("touchStart", start)
        for step in range(1, STEPS + 1):
            await self._touch("touchMove", _between(start, end, step / STEPS))
        if not throw:
            self.rest()
        await self._touch("touchEnd")

    async def pinch(self, starts: tuple[Point, Point], ends: tuple[Point, Point]) -> None:
        """Two fingers, which come one after the other as real ones do."""
        self.rest()
        await self._touch("touchStart", starts[0])
        await self._touch("touchStart", *starts)
        for step in range(1, STEPS + 1):
            pairs = zip(starts, ends, strict=True)
            await self._touch("touchMove", *(_between(start, end, step / STEPS) for start, end in pairs))
        self.rest()
        await self._touch("touchEnd", ends[0])
        await self._touch("touchEnd")

    async def down(self, at: Point) -> None:
        """A finger comes and stays; `move` and `up` go on with it."""
        self.rest()
        await self._touch("touchStart", at)

    async def move(self, to: Point) -> None:
        """The finger that is down moves, after a rest."""
        self.rest()
        await self._touch("touchMove", to)

    async def up(self) -> None:
        """All fingers leave."""
        await self._touch("touchEnd")

    async def lost(self) -> None:
        """The system takes the fingers away, as when a call comes."""
        await self._touch("touchCancel")

    def rest(self) -> None:
        """Time goes by, for the events."""
        self._now += REST_SECONDS

    async def _touch(self, kind: str, *points: Point) -> None:
        touches = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        self._now += FRAME_SECONDS
        event = {"type": kind, "touchPoints": touches, "timestamp": self._now}
        await self._session.send("Input.dispatchTouchEvent", event)


@asynccontextmanager
async def clock_stands(page: Page) -> AsyncIterator[None]:
    """The page's timers wait for `page.clock.run_for`, so that a slow machine makes no long press of a short one."""
    await page.clock.install()
    await page.clock.pause_at(await page.evaluate("() => Date.now() + 1"))
    yield
    await page.clock.resume()


def _between(start: Point, end: Point, part: float) -> Point:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part

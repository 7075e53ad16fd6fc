"""Real touch events, through the browser's own input: up to two fingers on a phone's screen."""

from __future__ import annotations

import time

from playwright.async_api import CDPSession, Page

Point = tuple[float, float]
STEPS = 6


class Fingers:
    """Fingers on one page. Every gesture begins and ends with none on the screen.

    Touches carry times of their own, so that a slow gesture is slow for the page and takes a test no time."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self._now = time.time()

    @classmethod
    async def on(cls, page: Page) -> Fingers:
        """The page's context must have touch."""
        return cls(await page.context.new_cdp_session(page))

    async def tap(self, at: Point) -> None:
        """One short touch, and never half of a double one."""
        self._now += 1
        await self._touch("touchStart", at)
        await self._touch("touchEnd")

    async def drag(self, start: Point, end: Point) -> None:
        """One finger down, across, resting there, and up: nothing is thrown."""
        await self._touch("touchStart", start)
        for step in range(1, STEPS + 1):
            await self._touch("touchMove", _between(start, end, step / STEPS))
        self._now += 0.5
        await self._touch("touchEnd")

    async def pinch(self, starts: tuple[Point, Point], ends: tuple[Point, Point]) -> None:
        """Two fingers, which come one after the other as real ones do."""
        await self._touch("touchStart", starts[0])
        await self._touch("touchStart", *starts)
        for step in range(1, STEPS + 1):
            pairs = zip(starts, ends, strict=True)
            await self._touch("touchMove", *(_between(start, end, step / STEPS) for start, end in pairs))
        await self._touch("touchEnd", ends[0])
        await self._touch("touchEnd")

    async def _touch(self, kind: str, *points: Point) -> None:
        self._now += 0.02
        touches = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        await self._session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches, "timestamp": self._now}
        )


def _between(start: Point, end: Point, part: float) -> Point:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part

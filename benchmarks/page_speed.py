"""Measures the drawing page in a real Chromium: how soon the board is seen, how smoothly it moves, what it costs idle.

    python -m benchmarks.page_speed          prints a table; docs/performance.md, "Pages", says what came out and where

First view: the server's own process on loopback, Chromium's network emulation with the figures that Chrome's
developer tools call "Slow 4G" (562.5 ms until an answer begins, 180 kB/s down, 84 kB/s up) and a CPU slowed down four
times, a phone's window (360 x 640, 3 dots a pixel), no cache, a new browser context each time. The time is the page's
own mark "board-seen", set in the first frame with the board, counted from the start of the navigation. Warm is the
same phone's next visit, its service worker installed. The layout's shifts (CLS) come from the browser's own entries.

Panning: a board of 1024 x 1024, one socket that places 1,000 pixels a second in random places, a finger that drags to
and fro at 60 events a second for six seconds; the time between frames as `requestAnimationFrame` tells it, CPU not
slowed down. Chromium draws in software here, so a phone with a graphics processor has it easier.

Idle: the page with nothing happening for ten seconds; the main thread's busy time, and how many frames it asked for.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from tests.browser.conftest import ARGUMENTS, TOOLS
from tests.clients.phone import dial
from tests.servers import ServerProcess

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
}
SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
SLOWER = 4
VISITS = 5
PIXELS_PER_SECOND = 1000
PAN_SECONDS, IDLE_SECONDS = 6.0, 10.0

_SEEN = """async () => {
  const seen = () => performance.getEntriesByName('board-seen')[0]?.startTime;
  while (seen() === undefined) await new Promise((done) => setTimeout(done, 20));
  const painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
  return [seen(), painted];
}"""
_SHIFTS = """new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) window.shifts = (window.shifts ?? 0) + shift.value;
}).observe({ type: 'layout-shift', buffered: true });"""
_FRAMES = """window.frames_ = []; window.asked_ = 0;
const real = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (action) => { window.asked_ += 1; return real(action); };
window.watchFrames = () => real(function next(now) { window.frames_.push(now); real(next); });"""


async def slow_page(context: BrowserContext) -> tuple[Page, CDPSession]:
    """A page behind a slow network on a slow device."""
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", SLOW_4G)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page, session


async def first_views(browser: Browser, url: str) -> dict[str, list[float]]:
    """Milliseconds until the board is seen, cold and warm, and the layout's shifts, for each visit."""
    found: dict[str, list[float]] = {"cold": [], "warm": [], "painted": [], "shift": []}
    for _ in range(VISITS):
        context = await browser.new_context(**PHONE)
        await context.add_init_script(_SHIFTS)
        page, _session = await slow_page(context)
        await page.goto(url, wait_until="commit")
        seen, painted = await page.evaluate(_SEEN)
        found["cold"].append(seen)
        found["painted"].append(painted)
        await page.wait_for_selector('body[data-connected="true"]')
        await page.evaluate("async () => { await navigator.serviceWorker.ready; }")
        found["shift"].append(await page.evaluate("() => window.shifts ?? 0"))
        await page.close()
        again, _session = await slow_page(context)
        await again.goto(url, wait_until="commit")
        found["warm"].append((await again.evaluate(_SEEN))[0])
        await context.close()
    return found


async def draw_for_ever(url: str, side: int, rate: float = PIXELS_PER_SECOND) -> None:
    """Places pixels at a steady rate, anywhere."""
    dice = random.Random(5)
    async with dial(url) as phone:
        await phone.join()
        loop = asyncio.get_running_loop()
        started, sent = loop.time(), 0
        while True:
            while sent < (loop.time() - started) * rate:
                pixel = {"x": dice.randrange(side), "y": dice.randrange(side), "color": dice.randrange(16)}
                await phone.emit("pixelFromPlayer", pixel)
                sent += 1
            await asyncio.sleep(0.02)


async def panning(browser: Browser, url: str) -> tuple[list[float], int]:
    """Milliseconds between frames while a finger drags, and the pixels that changed meanwhile."""
    context = await browser.new_context(**PHONE)
    await context.add_init_script(_FRAMES)
    page = await context.new_page()
    await page.goto(url + "/#512,512,4")
    await page.wait_for_selector('body[data-connected="true"]')
    session = await context.new_cdp_session(page)
    drawing = asyncio.create_task(draw_for_ever(url, 1024))
    await asyncio.sleep(2)
    first = int(await page.evaluate("() => window.beeplace.seq"))
    await page.evaluate("() => { window.frames_.length = 0; window.watchFrames(); }")
    loop = asyncio.get_running_loop()
    began = loop.time()
    await _touch(session, "touchStart", 60)
    while (passed := loop.time() - began) < PAN_SECONDS:
        across = passed * 0.5 % 2
        await _touch(session, "touchMove", 60 + 240 * (across if across < 1 else 2 - across))
        await asyncio.sleep(1 / 60)
    await _touch(session, "touchEnd", None)
    frames = await page.evaluate("() => window.frames_")
    changed = int(await page.evaluate("() => window.beeplace.seq")) - first
    drawing.cancel()
    await context.close()
    return [after - before for before, after in pairwise(frames)], changed


async def _touch(session: CDPSession, kind: str, x: float | None) -> None:
    points = [] if x is None else [{"x": x, "y": 250}]
    await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


async def idle(browser: Browser, url: str) -> tuple[float, int]:
    """Per cent of the main thread's time, and frames that the page asked for."""
    context = await browser.new_context(**PHONE)
    await context.add_init_script(_FRAMES)
    page = await context.new_page()
    await page.goto(url)
    await page.wait_for_selector('body[data-connected="true"]')
    await asyncio.sleep(3)  # the service worker's installation is not idle
    session = await context.new_cdp_session(page)
    await session.send("Performance.enable")
    before, asked = await _busy(session), await page.evaluate("() => window.asked_")
    await asyncio.sleep(IDLE_SECONDS)
    after = await _busy(session)
    frames = int(await page.evaluate("() => window.asked_")) - int(asked)
    await context.close()
    return (after - before) / IDLE_SECONDS * 100, frames


async def _busy(session: CDPSession) -> float:
    metrics = (await session.send("Performance.getMetrics"))["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


@asynccontextmanager
async def browser_with(**settings: object) -> AsyncIterator[tuple[Browser, str]]:
    """A Chromium, and a server with these settings."""
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder), **settings)
        try:
            async with async_playwright() as playwright:
                executable = json.loads(TOOLS.read_text())["chromium"]
                browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
                yield browser, server.url
                await browser.close()
        finally:
            server.kill()


async def main() -> None:
    """All figures, one a line."""
    for side in (64, 256, 1024):
        async with browser_with(BOARD_SIZE=side) as (browser, url):
            found = await first_views(browser, url)
            words = {name: f"{statistics.median(values):.2f}" for name, values in found.items()}
            print(f"board {side}: seen cold {words['cold']} ms, warm {words['warm']} ms (medians of {VISITS}),")
            print(f"  first paint {words['painted']} ms, layout shifts {max(found['shift']):.4f}", flush=True)
            if side == 64:
                busy, frames = await idle(browser, url)
                print(f"idle: {busy:.2f} % of the main thread, {frames} frames in {IDLE_SECONDS:.0f} s", flush=True)
    settings = {"BOARD_SIZE": 1024, "COOLDOWN": 0, "SOCKET_EVENTS_PER_SECOND": 10_000}
    async with browser_with(**settings) as (browser, url):
        gaps, changed = await panning(browser, url)
    rate = 1000 / statistics.mean(gaps)
    late = sum(gap > 25 for gap in gaps) / len(gaps) * 100
    print(f"panning: {rate:.1f} frames/s, {late:.1f} % later than 25 ms, median {statistics.median(gaps):.1f} ms,")
    print(f"  {changed / PAN_SECONDS:.0f} pixels/s changed meanwhile")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

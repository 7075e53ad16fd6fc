"""Pages that stay open while the board changes, for as long as one likes: does anything of theirs grow?

    python -m benchmarks.page_hours [--minutes 40]

Method: a server with a board of 256 x 256 on which 50 pixels a second are placed anywhere; in one real Chromium a
drawing page on a phone's window, a wall that shows its scenes in turn (canvas, camera, replay, statistics, code,
slide), and one that is 30 seconds behind. Every minute, after its garbage was collected, each page's JavaScript heap,
nodes and listeners are read from the browser, and where it says that it stands. The first five minutes are for warming
up; the last five are compared with the five after them.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from contextlib import suppress
from typing import Any

from playwright.async_api import Browser, CDPSession, Page

from benchmarks.crowd import table
from benchmarks.page_speed import PHONE, browser_with, draw_for_ever

SIDE, PIXELS_PER_SECOND = 256, 50
WARM_MINUTES, COMPARED_MINUTES = 5, 5
WALL: dict[str, Any] = {"viewport": {"width": 768, "height": 512}}
SCENES = "canvas:20,camera:20,replay:20,statistics:10,qr:10,slide:10"
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "drawing page": ("/", PHONE),
    "wall, scenes in turn": (f"/display?w=768&h=512&scenes={SCENES}&slide=Hello", WALL),
    "wall, 30 s behind": ("/display?w=768&h=512&delay=30", WALL),
}
FIGURES = {"heap, kB": "JSHeapUsedSize", "nodes": "Nodes", "listeners": "JSEventListeners"}

Reading = dict[str, float]


async def opened(browser: Browser, url: str) -> dict[str, tuple[Page, CDPSession]]:
    """All pages, each in a context of its own."""
    found = {}
    for name, (path, options) in PAGES.items():
        context = await browser.new_context(**options)
        page = await context.new_page()
        page.on("pageerror", lambda error: print(error, file=sys.stderr))
        await page.goto(url + path)
        session = await context.new_cdp_session(page)
        await session.send("Performance.enable")
        found[name] = (page, session)
    return found


async def reading(session: CDPSession) -> Reading:
    """What a page uses once its garbage is gone."""
    await session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in (await session.send("Performance.getMetrics"))["metrics"]}
    return {name: metrics[key] / (1024 if "kB" in name else 1) for name, key in FIGURES.items()}


async def draw(url: str) -> None:
    """Places pixels, as somebody else every half minute: this socket answers no pings."""
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(30):
                await draw_for_ever(url, SIDE, PIXELS_PER_SECOND)


async def measured(minutes: int) -> dict[str, list[Reading]]:
    """The readings of each page, one a minute."""
    found: dict[str, list[Reading]] = {name: [] for name in PAGES}
    settings = {"BOARD_SIZE": SIDE, "COOLDOWN": 0, "SOCKET_EVENTS_PER_SECOND": 10_000}
    async with browser_with(**settings) as (browser, url):
        drawing = asyncio.create_task(draw(url))
        pages = await opened(browser, url)
        for minute in range(1, minutes + 1):
            await asyncio.sleep(60)
            for name, (page, session) in pages.items():
                found[name].append(await reading(session))
                said = await page.evaluate("() => ({ ...document.body.dataset })")
                print(f"minute {minute}, {name}: {found[name][-1]} {said}", file=sys.stderr, flush=True)
        drawing.cancel()
    return found


def report(found: dict[str, list[Reading]]) -> str:
    """A Markdown table."""
    rows: list[list[object]] = []
    for name, readings in found.items():
        first, last = readings[WARM_MINUTES : WARM_MINUTES + COMPARED_MINUTES], readings[-COMPARED_MINUTES:]
        for figure in FIGURES:
            before, after = (statistics.mean(r[figure] for r in part) for part in (first, last))
            rows.append([name, figure, f"{before:.0f}", f"{after:.0f}", f"{100 * (after / before - 1):+.1f} %"])
    return table(
        ["page", "", f"minutes {WARM_MINUTES + 1} to {WARM_MINUTES + COMPARED_MINUTES}", "last 5", "change"], rows
    )


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=40)
    print(report(asyncio.run(measured(parser.parse_args().minutes))))


if __name__ == "__main__":
    main()

"""Real browsers among the people of a chaos run: they only watch, and must show the board in the end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from playwright.async_api import Error, Page, async_playwright

from tests.browser.canvas import board_of
from tests.browser.conftest import ARGUMENTS, TOOLS

OPEN_SECONDS = 30.0
AGAIN_SECONDS = 0.5


@asynccontextmanager
async def watching(urls: list[str]) -> AsyncIterator[list[Page]]:
    """One page of a headless Chromium for each address; opened again until the server there answers."""
    if not urls:
        yield []
        return
    async with async_playwright() as playwright:
        program = json.loads(TOOLS.read_text())["chromium"]
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield [await _opened(await browser.new_page(), url) for url in urls]
        finally:
            await browser.close()


async def _opened(page: Page, url: str) -> Page:
    async with asyncio.timeout(OPEN_SECONDS):
        while True:
            with suppress(Error):
                await page.goto(url)
                await page.wait_for_function("window.beeplace !== undefined")
                return page
            await asyncio.sleep(AGAIN_SECONDS)


async def unequal(pages: list[Page], board: Callable[[], Awaitable[bytes]], side: int, seconds: float) -> list[str]:
    """Violations: pages that do not show the board though they had so long for it."""
    wrong = [f"diverged: the browser at {page.url} shows another board" for page in pages]
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for page in pages:
                while await board_of(page, side, side) != await board():  # noqa: ASYNC110  # others' processes
                    await asyncio.sleep(AGAIN_SECONDS)
                wrong.pop(0)
    return wrong

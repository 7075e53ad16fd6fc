"""The real page in a real browser through each proxy, over HTTP/2 and TLS; its gateway dies under it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from playwright.async_api import Page, async_playwright

from tests.browser.conftest import ARGUMENTS, TOOLS
from tests.browser.visitors import Wire
from tests.deployment.pair import Pair, clients
from tests.deployment.proxies import ProxyProcess

DEADLINE_SECONDS = 45.0


async def test_the_page_goes_on_at_the_other_gateway(proxy: ProxyProcess, pair: Pair) -> None:
    pair.whole()
    executable = json.loads(TOOLS.read_text())["chromium"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        try:
            context = await browser.new_context(ignore_https_errors=True, service_workers="block")
            page = await context.new_page()
            wire = Wire(page)
            await page.goto(proxy.url)
            await _until(page, lambda: "initialState" in "".join(wire.received))
            assert await page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
            wire.forget()
            next(gateway for gateway in pair.gateways if clients(gateway)).kill()
            await _until(page, lambda: wire.deltas() == 1)
            assert wire.whole_boards() == 0
        finally:
            await browser.close()


async def _until(page: Page, done: Callable[[], bool]) -> None:
    """Lets the browser go on until something holds. Fails after the deadline."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not done():
            await page.wait_for_timeout(20)

"""A real Chromium for each module, closed with it, and visitors whose every word and request is watched."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.visitors import Visitors
from tests.conftest import StartServer

TOOLS = Path(__file__).parents[2] / ".setup" / "tools.json"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=45_000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """One browser; a module's tests share it, each in contexts of its own.

    It is the one without windows, unless the module says `WHOLE_BROWSER = True`: the whole one does four times the
    work for each page, and is what notices need.
    """
    whole = getattr(request.module, "WHOLE_BROWSER", False)
    tools = json.loads(TOOLS.read_text())
    async with async_playwright() as playwright:
        executable = tools["chromium" if whole or "headless-shell" not in tools else "headless-shell"]
        browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def visitors(chromium: Browser, start_server: StartServer) -> AsyncIterator[Visitors]:
    """Opens pages. Fails the test if one of them complained, or asked another host for anything.

    They leave before the servers end, about which they would complain."""
    visitors = Visitors(chromium)
    yield visitors
    await visitors.leave()
    assert visitors.complaints == []
    assert visitors.strangers == []

"""Puts a whole browser to sleep, as a phone in a pocket does: nothing of it runs, and only the wall clock goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser


@asynccontextmanager
async def asleep(browser: Browser, seconds: float) -> AsyncIterator[None]:
    """What is done inside happens while it sleeps; it wakes after `seconds`, or later if that takes longer."""
    session = await browser.new_browser_cdp_session()
    processes = [one["id"] for one in (await session.send("SystemInfo.getProcessInfo"))["processInfo"]]
    await session.detach()
    wakes = asyncio.get_running_loop().time() + seconds
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
        await asyncio.sleep(wakes - asyncio.get_running_loop().time())
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)

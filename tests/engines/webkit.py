"""WebKit, the engine of every browser on an iPhone, in its GTK form, spoken to in WebDriver."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.engines.driver import ANSWER_SECONDS, Driver, presses, until_it_listens

SCREEN = "1280x900x24"
IN_SOFTWARE = {"LIBGL_ALWAYS_SOFTWARE": "1", "WEBKIT_DISABLE_DMABUF_RENDERER": "1"}
AS_ROOT = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}  # its sandbox needs user namespaces


class WebKit:
    """One window, pressed with a mouse, since its driver has no fingers."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.name, self._session, self._url = "WebKit", session, url

    async def command(self, method: str, path: str, **body: Any) -> Any:
        """One command and its value. Raises AssertionError with what it says instead."""
        timeout = aiohttp.ClientTimeout(ANSWER_SECONDS)
        async with self._session.request(method, self._url + path, json=body, timeout=timeout) as response:
            value = (await response.json(content_type=None))["value"]
            assert response.status == 200, value
        return value

    async def begin(self, browser: str) -> None:
        """A session in a new window."""
        options = {"webkitgtk:browserOptions": {"binary": browser, "args": ["--automation"]}}
        about = await self.command("POST", "/session", capabilities={"alwaysMatch": options})
        self.name = f"WebKitGTK {about['capabilities']['browserVersion']}"
        self._url += f"/session/{about['sessionId']}"

    async def go(self, url: str) -> None:
        await self.command("POST", "/url", url=url)

    async def run(self, body: str) -> Any:
        return await self.command("POST", "/execute/sync", script=body, args=[])

    async def press(self, x: float, y: float) -> None:
        await self.command("POST", "/actions", actions=presses("mouse", x, y))


@asynccontextmanager
async def webkit(driver: str, browser: str, folder: Path, port: int) -> AsyncIterator[Driver]:
    """A window on a screen of its own, which exists in memory alone."""
    screen, seen = virtual_screen()
    environment = {**os.environ, **IN_SOFTWARE, **AS_ROOT, "DISPLAY": seen, "HOME": str(folder)}
    command = [driver, f"--port={port}"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        async with aiohttp.ClientSession() as session:
            await until_it_listens(session, f"http://127.0.0.1:{port}/status")
            window = WebKit(session, f"http://127.0.0.1:{port}")
            await window.begin(browser)
            yield window
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # the window is its child
        process.wait()
        screen.kill()
        screen.wait()


def virtual_screen() -> tuple[subprocess.Popen[bytes], str]:
    """A virtual screen, and what programs call it."""
    theirs, ours = os.pipe()
    command = ["Xvfb", "-displayfd", str(ours), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[ours], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(ours)
    with os.fdopen(theirs) as said:
        return process, f":{said.readline().strip()}"

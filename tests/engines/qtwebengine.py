"""QtWebEngine 5.15: Chromium 87, the engine of many a signage player, spoken to in its debugging protocol."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from tests.engines.driver import ANSWER_SECONDS, Driver, until_it_listens
from tests.engines.webkit import IN_SOFTWARE, virtual_screen

WINDOW = Path(__file__).with_name("qt_window.py")
# As root there is no sandbox; without a graphics card everything is drawn by the processor.
FLAGS = "--no-sandbox --disable-gpu --remote-allow-origins=*"


class QtWebEngine:
    """One window, as large as a phone, pressed with a mouse."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.name = "QtWebEngine"
        self._socket, self._numbers = socket, count(1)

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its result. Raises AssertionError with what it says instead."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        answer = await self._heard(lambda heard: heard.get("id") == number)
        assert "result" in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    async def begin(self) -> None:
        """Which engine it is, and its events from now on."""
        await self.command("Page.enable")
        agent = str(await self.run("return navigator.userAgent;"))
        self.name = " ".join(part for part in agent.split() if part.startswith(("QtWebEngine/", "Chrome/")))

    async def go(self, url: str) -> None:
        await self.command("Page.navigate", url=url)
        await self._heard(lambda heard: heard.get("method") == "Page.loadEventFired")

    async def run(self, body: str) -> Any:
        expression = f"JSON.stringify((() => {{ {body} }})() ?? null)"
        answer = await self.command("Runtime.evaluate", expression=expression)
        assert "exceptionDetails" not in answer, answer
        return json.loads(answer["result"]["value"])

    async def press(self, x: float, y: float) -> None:
        at = {"x": x, "y": y, "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            await self.command("Input.dispatchMouseEvent", type=kind, **at)

    async def _heard(self, wanted: Any) -> dict[str, Any]:
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                heard: dict[str, Any] = json.loads(await self._socket.receive_str())
                if wanted(heard):
                    return heard


@asynccontextmanager
async def qtwebengine(python: str, folder: Path, port: int) -> AsyncIterator[Driver]:
    """A window on a screen of its own, with a profile of its own."""
    screen, seen = virtual_screen()
    environment = {**os.environ, **IN_SOFTWARE, "DISPLAY": seen, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    environment |= {"QTWEBENGINE_REMOTE_DEBUGGING": str(port), "QTWEBENGINE_CHROMIUM_FLAGS": FLAGS}
    environment |= {"QTWEBENGINE_DISABLE_SANDBOX": "1", "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        [python, str(WINDOW)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with aiohttp.ClientSession() as session:
            await until_it_listens(session, f"http://127.0.0.1:{port}/json")
            async with session.get(f"http://127.0.0.1:{port}/json") as response:
                tabs = await response.json(content_type=None)
            async with session.ws_connect(tabs[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                driver = QtWebEngine(socket)
                await driver.begin()
                yield driver
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # its renderers are its children
        process.wait()
        screen.kill()
        screen.wait()

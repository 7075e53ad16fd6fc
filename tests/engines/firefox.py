"""Firefox, spoken to in WebDriver BiDi, which it understands by itself."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from tests.engines.driver import ANSWER_SECONDS, Driver, presses, until_it_listens

PHONE = {"width": 412, "height": 839}


class Firefox:
    """One tab, as large as a phone, pressed with a finger."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.name, self.context = "Firefox", ""
        self._socket, self._numbers = socket, count(1)

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its result. Raises AssertionError with what it says instead."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(ANSWER_SECONDS):
            while (answer := json.loads(await self._socket.receive_str())).get("id") != number:
                pass
        assert answer["type"] == "success", answer
        result: dict[str, Any] = answer["result"]
        return result

    async def begin(self) -> None:
        """A session, and the tab that is there."""
        about = await self.command("session.new", capabilities={})
        self.name = f"Firefox {about['capabilities']['browserVersion']}"
        self.context = (await self.command("browsingContext.getTree"))["contexts"][0]["context"]
        await self.command("browsingContext.setViewport", context=self.context, viewport=PHONE, devicePixelRatio=2)

    async def go(self, url: str) -> None:
        await self.command("browsingContext.navigate", context=self.context, url=url, wait="complete")

    async def run(self, body: str) -> Any:
        answer = await self.command(
            "script.evaluate",
            expression=f"JSON.stringify((() => {{ {body} }})() ?? null)",
            target={"context": self.context},
            awaitPromise=False,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    async def press(self, x: float, y: float) -> None:
        await self.command("input.performActions", context=self.context, actions=presses("touch", x, y))


@asynccontextmanager
async def firefox(program: str, folder: Path, port: int) -> AsyncIterator[Driver]:
    """A Firefox with a profile of its own."""
    command = [program, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", str(port)]
    environment = {**os.environ, "HOME": str(folder)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        async with aiohttp.ClientSession() as session:
            await until_it_listens(session, f"http://127.0.0.1:{port}/")
            async with session.ws_connect(f"ws://127.0.0.1:{port}/session", max_msg_size=0) as socket:
                driver = Firefox(socket)
                await driver.begin()
                yield driver
    finally:
        process.kill()
        process.wait()

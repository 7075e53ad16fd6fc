"""The conversation of the thesis, played by the official JavaScript client as `thesis.json` has it."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from tests.clients.http import post
from tests.clients.phone import dial
from tests.e2e.thesis.javascript_client import JavaScriptClient, javascript_client
from tests.e2e.thesis.transcript import differences
from tests.servers import API_KEY, ServerProcess

THESIS = json.loads(Path(__file__).with_name("thesis.json").read_text())


async def converse(server: ServerProcess, transports: str) -> None:
    """The whole of it, on a server that has its settings and nothing else."""
    async with javascript_client(server.url, transports) as client:
        conversation = Conversation(server, client)
        try:
            for step in THESIS["steps"]:
                await conversation.play(step)
        finally:
            await conversation.end()


class Conversation:
    """Plays the steps of the transcript with one client."""

    def __init__(self, server: ServerProcess, client: JavaScriptClient) -> None:
        self._server, self._client = server, client
        self._somebody = AsyncExitStack()

    async def play(self, step: dict[str, Any]) -> None:
        answer = None
        if "ask" in step:
            answer = await self._client.ask(*step["ask"])
        elif "send" in step:
            self._client.do(emit=step["send"])
        elif "organiser" in step:
            path, body = step["organiser"]
            assert (await post(self._server.url, path, body, API_KEY))[0] == 200
        elif step["somebody"] == "joins":
            phone = await self._somebody.enter_async_context(dial(self._server.url))
            await phone.join("somebody")
        else:
            await self._somebody.aclose()
        assert differences(step.get("answer"), answer) == []
        if "hear" in step:
            name, *arguments = step["hear"]
            await self._hears(name, arguments)

    async def _hears(self, name: str, arguments: list[Any]) -> None:
        told = await self._client.event(name)
        if name == "userCount" and told != arguments:
            told = await self._client.event(name)  # its own coming may be told as well
        assert differences(arguments, told) == [], name

    async def end(self) -> None:
        await self._somebody.aclose()

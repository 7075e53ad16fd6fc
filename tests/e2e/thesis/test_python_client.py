"""The Python client (python-socketio), over each transport, as bots and tools use it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import socketio

from tests.servers import ServerProcess

DEADLINE_SECONDS = 30


class Tool:
    """A client, and the batches that it heard."""

    def __init__(self) -> None:
        self.client: Any = socketio.AsyncClient(reconnection=False)
        self.batches: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue()
        self.client.on("u", self._heard)

    async def _heard(self, *arguments: Any) -> None:
        self.batches.put_nowait(arguments)


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
async def test_a_tool_joins_places_and_hears(server: ServerProcess, transports: list[str]) -> None:
    tool = Tool()
    await tool.client.connect(server.url, transports=transports)
    try:
        state = (await tool.client.call("join", "a tool", timeout=DEADLINE_SECONDS))["initialState"]
        assert state["board"] == [0] * 64 * 64
        answer = await tool.client.call("pixelFromPlayer", {"x": 3, "y": 4, "color": 5}, timeout=DEADLINE_SECONDS)
        assert answer["ok"]
        pixels, covered = await asyncio.wait_for(tool.batches.get(), DEADLINE_SECONDS)
        assert (pixels, covered) == ("3,4,5", f"{state['epoch']}:0:1")
    finally:
        await tool.client.disconnect()
    assert "Traceback" not in server.log.read_text()


async def test_a_tool_asks_for_what_it_missed(server: ServerProcess) -> None:
    tool = Tool()
    await tool.client.connect(server.url, transports=["websocket"])
    try:
        state = (await tool.client.call("join", {"fingerprint": "a tool"}))["initialState"]
        await tool.client.call("pixelFromPlayer", {"x": 3, "y": 4, "color": 5})
        missed = await tool.client.call("sync", {"epoch": state["epoch"], "seq": 0})
        assert missed == {"epoch": state["epoch"], "from": 0, "to": 1, "pixels": "3,4,5"}
        for unknown in ({"epoch": "another", "seq": 0}, {"epoch": state["epoch"], "seq": 99}):
            assert "board" in (await tool.client.call("sync", unknown))["initialState"]
    finally:
        await tool.client.disconnect()

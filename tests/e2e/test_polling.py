"""Long-polling, request by request: nothing is lost, whatever the network does to a body or an upgrade."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from tests.e2e.phone import get
from tests.e2e.raw_http import request
from tests.servers import ServerProcess

POLL = "/socket.io/?EIO=4&transport=polling"


class Poller:
    """A session by polling."""

    def __init__(self, server: ServerProcess, sid: str) -> None:
        self._server = server
        self.path = f"{POLL}&sid={sid}"
        self.waiting: list[str] = []

    async def poll(self) -> str:
        while not self.waiting:
            status, body, _ = await get(self._server.url, self.path)
            assert status == 200, body
            self.waiting = body.decode().split("\x1e")
        return self.waiting.pop(0)

    async def post(self, *parts: bytes) -> int:
        return (await request(self._server.port, "POST", self.path, ["Content-Type: text/plain"], parts)).status

    async def answer(self, asked: int) -> Any:
        while not (text := await self.poll()).startswith(f"43{asked}["):
            pass
        return json.loads(text[2 + len(str(asked)) :])[0]


async def poller(server: ServerProcess) -> Poller:
    _, body, _ = await get(server.url, POLL)
    one = Poller(server, json.loads(body[1:])["sid"])
    assert await one.post(b"40") == 200
    assert (await one.poll()).startswith("40{")
    return one


async def test_a_body_in_pieces_is_taken_whole(server: ServerProcess) -> None:
    one = await poller(server)
    body = b'421["join","me"]\x1e422["pixelFromPlayer",{"x":1,"y":2,"color":3}]'
    assert await one.post(*(bytes((byte,)) for byte in body)) == 200
    assert "initialState" in await one.answer(1)
    assert (await one.answer(2))["ok"]


async def test_a_body_that_breaks_the_protocol_ends_the_session(server: ServerProcess) -> None:
    one = await poller(server)
    assert await one.post(b'421["join","me"]\x1e4nonsense') >= 400
    assert (await get(server.url, one.path))[0] == 400
    assert "Traceback" not in server.log.read_text()


async def test_an_upgrade_that_fails_leaves_the_session_polling(server: ServerProcess) -> None:
    one = await poller(server)
    address = server.url.replace("http", "ws", 1) + one.path.replace("polling", "websocket")
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as ws:
        await ws.send_str("2probe")
        assert await ws.receive_str() == "3probe"
    assert await one.post(b'421["join","me"]') == 200
    assert "initialState" in await one.answer(1)

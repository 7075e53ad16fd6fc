"""Long-polling, request by request: nothing is lost, whatever the network does to a body or an upgrade."""

from __future__ import annotations

import aiohttp

from tests.e2e.phone import get
from tests.e2e.polling import open_poller
from tests.servers import ServerProcess


async def test_a_body_in_pieces_is_taken_whole(server: ServerProcess) -> None:
    one = await open_poller(server)
    body = b'421["join","me"]\x1e422["pixelFromPlayer",{"x":1,"y":2,"color":3}]'
    assert await one.post(*(bytes((byte,)) for byte in body)) == 200
    assert "initialState" in await one.answer(1)
    assert (await one.answer(2))["ok"]


async def test_a_body_that_breaks_the_protocol_ends_the_session(server: ServerProcess) -> None:
    one = await open_poller(server)
    assert await one.post(b'421["join","me"]\x1e4nonsense') >= 400
    assert (await get(server.url, one.path))[0] == 400
    assert "Traceback" not in server.log.read_text()


async def test_an_upgrade_that_fails_leaves_the_session_polling(server: ServerProcess) -> None:
    one = await open_poller(server)
    address = server.url.replace("http", "ws", 1) + one.path.replace("polling", "websocket")
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as ws:
        await ws.send_str("2probe")
        assert await ws.receive_str() == "3probe"
    assert await one.post(b'421["join","me"]') == 200
    assert "initialState" in await one.answer(1)

"""Long-polling, request by request: nothing is lost, whatever the network does to a body or an upgrade."""

from __future__ import annotations

from tests.clients.http import get
from tests.clients.polling import open_poller
from tests.clients.websocket import WebSocket
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
    status, body, _ = await get(server.url, one.path)
    assert (status, body.startswith(b"431["), body.endswith(b"\x1e1")) == (200, True, True)
    assert (await get(server.url, one.path))[0] == 400
    assert "Traceback" not in server.log.read_text()


async def test_an_upgrade_that_fails_leaves_the_session_polling(server: ServerProcess) -> None:
    one = await open_poller(server)
    wire = await WebSocket.dial(server.port, query=f"&sid={one.sid}")
    wire.send("2probe")
    assert await wire.text() == "3probe"
    wire.close()
    assert await one.post(b'421["join","me"]') == 200
    assert "initialState" in await one.answer(1)

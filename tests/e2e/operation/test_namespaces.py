"""What a client hears that asks for another namespace, or connects with what is no CONNECT, by either transport."""

from __future__ import annotations

import pytest

from tests.clients.http import get
from tests.clients.polling import open_poller
from tests.clients.websocket import WebSocket
from tests.e2e.thesis.javascript_client import javascript_client
from tests.servers import ServerProcess

INVALID = '44/chat,{"message":"Invalid namespace"}'
BAD_AUTH = '44{"message":"bad_auth","code":"bad_auth"}'


async def test_another_namespace_is_refused_and_the_first_goes_on(server: ServerProcess) -> None:
    wire = await WebSocket.open(server.port)
    wire.send("40/chat,")
    assert await wire.text() == INVALID
    await wire.join()
    wire.send('40/chat,{"token":"a"}')
    while (text := await wire.text()).startswith("42"):
        pass
    assert text == INVALID
    wire.close()


async def test_another_namespace_first_is_refused_and_the_session_may_still_connect(server: ServerProcess) -> None:
    wire = await WebSocket.dial(server.port)
    wire.send("40/chat,")
    assert await wire.text() == INVALID
    wire.send("40")
    assert (await wire.text()).startswith("40{")
    wire.close()


async def test_another_namespace_is_refused_by_polling_too(server: ServerProcess) -> None:
    one = await open_poller(server)
    assert await one.post(b"40/chat,") == 200
    assert await one.poll() == INVALID
    assert "initialState" in await one.call(1, "join", "me")


async def test_who_connects_to_no_namespace_that_there_is_does_not_stay(server: ServerProcess) -> None:
    wire = await WebSocket.dial(server.port)
    wire.send("40/chat,")
    assert await wire.text() == INVALID
    assert await wire.close_code() == 4408
    wire.close()


async def test_a_refused_connect_is_heard_by_the_next_poll(server: ServerProcess) -> None:
    one = await open_poller(server, connect=False)
    assert await one.post(b'40{"n":1}') == 200
    status, body, _ = await get(server.url, one.path)
    assert (status, body.decode()) == (200, f"{BAD_AUTH}\x1e1")
    status, body, _ = await get(server.url, one.path)
    assert (status, body) == (400, b'{"code":1,"message":"Session ID unknown"}')


async def test_what_is_said_after_a_refusal_is_not_taken(server: ServerProcess) -> None:
    one = await open_poller(server, connect=False)
    assert await one.post(b'40{"n":1}') == 200
    assert await one.post(b"40") == 400
    assert (await get(server.url, one.path))[0] == 200


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_the_official_client_hears_that_its_connect_was_refused(server: ServerProcess, transport: str) -> None:
    options = {"auth": {"n": 1}, "reconnection": False}
    async with javascript_client(server.url, transport, refused=options) as client:
        assert await client.sign("error") == "bad_auth"


@pytest.mark.parametrize("transport", ["default", "websocket", "polling"])
async def test_the_official_client_hears_that_a_namespace_is_none(server: ServerProcess, transport: str) -> None:
    async with javascript_client(f"{server.url}/chat", transport, refused={"reconnection": False}) as client:
        assert await client.sign("error") == "Invalid namespace"

"""Socket.IO 5: what the protocol asks of a server, as its official test suite does."""

from __future__ import annotations

import json

import pytest

from tests.clients.websocket import Closed
from tests.conformance.suite import Peer, message_but_pings


@pytest.mark.parametrize(
    ("connect", "prefix", "auth"),
    [
        ("40", "40", '42["auth",{}]'),
        ('40{"token":"123"}', "40", '42["auth",{"token":"123"}]'),
        ("40/custom,", "40/custom,", '42/custom,["auth",{}]'),
        ('40/custom,{"token":"abc"}', "40/custom,", '42/custom,["auth",{"token":"abc"}]'),
    ],
)
async def test_a_namespace_is_connected_to(sockets: Peer, connect: str, prefix: str, auth: str) -> None:
    ws = await sockets.websocket()
    await ws.message()
    ws.send(connect)
    answer = str(await ws.message())
    assert answer.startswith(prefix)
    assert list(json.loads(answer[len(prefix) :])) == ["sid"]
    assert await ws.message() == auth


async def test_an_unknown_namespace_is_refused(sockets: Peer) -> None:
    ws = await sockets.websocket()
    await ws.message()
    ws.send("40/random")
    assert await ws.message() == '44/random,{"message":"Invalid namespace"}'


async def test_a_refused_namespace_keeps_the_session(sockets: Peer) -> None:
    ws = await sockets.connected()
    ws.send("40/random")
    assert await message_but_pings(ws) == '44/random,{"message":"Invalid namespace"}'
    ws.send('42["message",1]')
    assert await message_but_pings(ws) == '42["message-back",1]'


async def test_a_second_connect_ends_the_session(sockets: Peer) -> None:
    ws = await sockets.connected()
    ws.send("40")
    assert await ws.ended()


async def test_an_invalid_handshake_ends_the_session(sockets: Peer) -> None:
    ws = await sockets.websocket()
    await ws.message()
    ws.send("4abc")
    assert await ws.ended()


async def test_who_does_not_connect_in_time_is_dropped(sockets: Peer) -> None:
    ws = await sockets.websocket()
    await ws.message()
    with pytest.raises(Closed):
        await ws.text()  # answers pings all the while


async def test_leaving_the_main_namespace_keeps_the_session(sockets: Peer) -> None:
    ws = await sockets.connected()
    ws.send("41")
    assert await ws.message() == "2"


async def test_leaving_a_namespace_keeps_the_others(sockets: Peer) -> None:
    ws = await sockets.connected()
    ws.send("40/custom")
    await message_but_pings(ws)
    await message_but_pings(ws)
    ws.send("41/custom")
    ws.send('42["message","message to main namespace"]')
    assert await message_but_pings(ws) == '42["message-back","message to main namespace"]'


async def test_a_message_comes_back(sockets: Peer) -> None:
    ws = await sockets.connected()
    ws.send('42["message",1,"2",{"3":[true]}]')
    assert await message_but_pings(ws) == '42["message-back",1,"2",{"3":[true]}]'


async def test_an_acknowledgement_comes_back(sockets: Peer) -> None:
    ws = await sockets.connected()
    ws.send('42456["message-with-ack",1,"2",{"3":[false]}]')
    assert await message_but_pings(ws) == '43456[1,"2",{"3":[false]}]'


@pytest.mark.parametrize(
    ("sent", "expected"),
    [("452-", '452-["message-back",{},{}]'), ("452-789", "462-789[{},{}]")],
    ids=["message", "acknowledgement"],
)
async def test_bytes_come_back(sockets: Peer, sent: str, expected: str) -> None:
    ws = await sockets.connected()
    event = "message" if sent == "452-" else "message-with-ack"
    places = [{"_placeholder": True, "num": n} for n in (0, 1)]
    ws.send(sent + json.dumps([event, *places]))
    ws.send(bytes((1, 2, 3)))
    ws.send(bytes((4, 5, 6)))
    for number in (0, 1):
        place = json.dumps(places[number], separators=(",", ":"))
        expected = expected.replace("{}", place, 1)
    assert [await message_but_pings(ws) for _ in range(3)] == [expected, bytes((1, 2, 3)), bytes((4, 5, 6))]


@pytest.mark.parametrize("packet", ["4abc", "42{}", '42abc["message-with-ack",1,"2",{"3":[false]}]'])
async def test_an_invalid_packet_ends_the_session(sockets: Peer, packet: str) -> None:
    ws = await sockets.connected()
    ws.send(packet)
    assert await ws.ended()

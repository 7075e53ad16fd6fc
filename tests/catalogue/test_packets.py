"""Bad packets over a real socket and over polling, row by row (`packets.json`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.catalogue.freed import clients, freed, kicked, metric
from tests.catalogue.rows import Row, expanded, whole_rows
from tests.catalogue.undisturbed import undisturbed
from tests.clients.frames import masked
from tests.clients.http import get
from tests.clients.phone import dial
from tests.clients.polling import Poller, open_poller
from tests.clients.websocket import WebSocket
from tests.servers import ServerProcess

NORMAL = 1000  # of a client that leaves by itself, which is not counted
POLLED = [p for p in whole_rows("packets", "packets") if p.values[0].get("polling", True)]


@pytest.mark.parametrize("row", whole_rows("packets", "packets"))
async def test_a_bad_packet_closes_the_socket_and_frees_it(server: ServerProcess, row: Row) -> None:
    async with undisturbed(server), freed(server):
        before = await metric(server, "clients")
        for one in row["packets"]:
            counted = await kicked(server, [row["closed"]])
            wire = await (WebSocket.dial if row.get("before") == "connect" else WebSocket.open)(server.port)
            wire.write(masked(expanded(one).encode()))
            if "told" in row:
                assert await wire.text() == row["told"], one
            told, code = await wire.rest()
            assert code == row["closed"], one
            assert not row.get("silent") or told == [], one
            await clients(server, before)
            assert await kicked(server, [row["closed"]]) == counted + (row["closed"] != NORMAL), one
            wire.close()


@pytest.mark.parametrize("row", POLLED)
async def test_a_bad_packet_ends_a_polling_session(server: ServerProcess, row: Row) -> None:
    async with undisturbed(server), freed(server):
        for one in row["packets"]:
            phone = await open_poller(server, connect=row.get("before") != "connect")
            status = await phone.post(expanded(one).encode())
            assert status in (200, 400), one  # some are only looked at after the answer
            await gone(server, phone)


async def gone(server: ServerProcess, phone: Poller) -> None:
    """The session is unknown at once, or as soon as what it was still told was fetched."""
    status, body, _ = await get(server.url, phone.path)
    if status == 200:
        assert body.split(b"\x1e")[-1] in (b"1", b""), body
        status, body, _ = await get(server.url, phone.path)
    assert (status, body) == (400, b'{"code":1,"message":"Session ID unknown"}')


async def ids_come_back(server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        for name in ("0", "9" * 10, "7"):
            await phone.send(f'42{name}["sync",{{}}]')
            assert (await phone.answer(int(name)))["code"] == "not_joined"


async def events_after_leaving(server: ServerProcess) -> None:
    wire = await WebSocket.open(server.port)
    await wire.join('{"fingerprint":"who leaves","board":"none"}')
    people = await metric(server, "people")
    wire.send("41")
    wire.send('42["pixelFromPlayer",{"x":1,"y":1,"color":1}]')
    wire.send('421["join","who leaves"]')
    told, code = await wire.rest()
    assert code == 1000
    assert not [text for text in told if text.startswith("43")]
    assert await metric(server, "people") == people - 1
    wire.close()


STORIES: dict[str, Callable[[ServerProcess], Awaitable[None]]] = {
    play.__name__: play for play in (ids_come_back, events_after_leaving)
}


@pytest.mark.parametrize("row", whole_rows("packets", "story"))
async def test_a_conversation_goes_as_it_must(server: ServerProcess, row: Row) -> None:
    async with undisturbed(server), freed(server):
        await STORIES[row["story"]](server)

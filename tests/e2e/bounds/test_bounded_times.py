"""Every deadline that a client has, to the second, on a server whose clock the test sets forward."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clients.http import get
from tests.clients.polling import open_poller
from tests.clients.raw_http import exchanged
from tests.clients.websocket import WebSocket
from tests.e2e.inside import Inside, inside


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Inside]:
    async with inside(tmp_path) as one:
        yield one


async def test_who_does_not_say_connect_in_time_is_sent_away(server: Inside) -> None:
    silent, polite = await WebSocket.dial(server.port), await WebSocket.open(server.port)
    server.leap(4.5)
    assert await server.metric("clients") == 2
    server.leap(1)
    assert await silent.close_code() == 4408
    assert await server.metric("clients") == 1
    silent.close()
    polite.close()


async def test_who_does_not_join_in_time_is_sent_away(server: Inside) -> None:
    silent, polite = await WebSocket.open(server.port), await WebSocket.open(server.port)
    await polite.join()
    silent.send('42["pixelFromPlayer",{"x":1,"y":1,"color":1}]')
    server.leap(9)
    assert await silent.event("pixelRejected")
    silent.send('421["join",7]')  # a join that is refused is none
    server.leap(2)
    told, code = await silent.rest()
    assert code == 4408, told
    polite.send('427["sync",{}]')
    assert (await polite.text()).startswith("437[")
    silent.close()
    polite.close()


async def test_who_never_answers_pings_is_cut_whatever_else_it_sends(server: Inside) -> None:
    wire = await WebSocket.open(server.port)
    await wire.join()
    for _ in range(9):
        server.leap(5)
        wire.send('421["sync",{}]')
        while (await wire.frame()).payload == b"2":
            pass  # the ping, and no pong
    assert await wire.ended()
    await server.until("clients", 0)
    wire.close()


async def test_who_answers_pings_stays(server: Inside) -> None:
    wire = await WebSocket.open(server.port)
    await wire.join()
    for _ in range(4):
        server.leap(25.1)
        assert (await wire.frame()).raw == b"\x81\x012"
        wire.send("3")
        wire.send('421["sync",{}]')
        assert (await wire.frame()).payload.startswith(b"431[")
    assert await server.metric("clients") == 1
    wire.close()


async def test_a_poll_that_is_held_ends_with_a_ping(server: Inside) -> None:
    one = await open_poller(server)
    assert await one.post(b'421["join",{"watch":true,"board":"none"}]') == 200
    assert (await one.poll()).startswith("431[")
    held = asyncio.create_task(one.poll())
    await server.metric("clients")
    server.leap(25.1)
    assert await held == "2"
    assert await one.post(b"3") == 200


async def test_a_poller_that_vanishes_is_forgotten(server: Inside) -> None:
    one = await open_poller(server)
    assert await one.post(b'421["join","me"]') == 200
    await server.until("people", 1)
    server.leap(25.1)
    assert await server.metric("clients") == 1
    server.leap(20)
    await server.until("clients", 0)
    assert await server.metric("people") == 0
    assert (await get(server.url, one.path))[0] == 400


async def test_a_body_that_does_not_come_is_not_waited_for(server: Inside) -> None:
    one = await open_poller(server)
    head = f"POST {one.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n40"
    waiting = asyncio.create_task(exchanged(server.port, head.encode()))
    await server.metric("clients")
    server.leap(4.5)
    assert await server.metric("clients") == 1
    server.leap(1)
    assert (await waiting).status == 408
    await server.until("clients", 0)


async def test_an_upgrade_that_is_never_finished_is_given_up(server: Inside) -> None:
    one = await open_poller(server)
    assert await one.post(b'421["join",{"watch":true,"board":"none"}]') == 200
    wire = await WebSocket.dial(server.port, query=f"&sid={one.sid}")
    wire.send("2probe")
    assert await wire.text() == "3probe"
    server.leap(10.1)
    assert await wire.ended()
    while (text := await one.poll()) == "6":
        pass
    assert text.startswith("431["), "the session goes on where it was"
    wire.close()


async def test_a_header_that_comes_slowly_is_not_waited_for(server: Inside) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for byte in b"GET / HTTP/":
        writer.write(bytes((byte,)))
        await server.metric("clients")
        server.leap(1)
    async with asyncio.timeout(60):
        assert await reader.read() == b""
    writer.close()


async def test_a_connection_that_says_nothing_is_not_kept(server: Inside) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    await server.metric("clients")
    server.leap(11)
    async with asyncio.timeout(60):
        assert await reader.read() == b""
    writer.close()

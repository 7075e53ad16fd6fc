"""What a client leaves behind when it is gone, or ought to be: nothing. Objects are counted, not only sessions."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from beeplace.gateway.connection.session import Session
from beeplace.gateway.fanout.holding import HeldSnapshots
from beeplace.gateway.fanout.subscribers import Subscribers
from beeplace.gateway.request_budget import RequestBudget
from beeplace.gateway.socketio_server import SocketServer
from tests.clients.http import post
from tests.clients.phone import dial
from tests.clients.polling import open_poller
from tests.clients.websocket import WebSocket
from tests.e2e.inside import Inside, alive, inside, until_alive
from tests.servers import API_KEY

SLOW = 200
CONNECTS, AT_ONCE = 1_000, 50
FILLS = 10  # of some 40 kB each; 256 kB is what a client may cost
KERNEL_BYTES = 131_072  # the send buffer of a connection as Linux counts it


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Inside]:
    settings = {
        "HANDSHAKES_PER_SECOND": 100_000,
        "SOCKET_EVENTS_PER_SECOND": 1_000,
        "SOCKETS_PER_IDENTITY": 100_000,
        "BOARD_REFRESH_RATE": 20,
        "COOLDOWN": 0,
    }
    async with inside(tmp_path, **settings) as one:
        yield one


async def nothing_is_left(server: Inside, before: dict[str, int]) -> None:
    """No session, no connection, and nothing in the tables of the server."""
    await server.until("clients", 0)
    server.leap(1)  # whoever does not answer a close is cut after half a second
    await until_alive(server, before)
    for sockets in [thing for thing in gc.get_objects() if isinstance(thing, SocketServer)]:
        assert sockets.engine.sessions == {}
    assert await server.metric("people") == 0


class FaultyError(Exception):
    """What no step should raise."""


@pytest.mark.parametrize("faulty", [(Subscribers, "remove"), (RequestBudget, "forget"), (HeldSnapshots, "forget")])
async def test_a_fault_in_one_step_of_leaving_keeps_nobodys_place(
    server: Inside, faulty: tuple[type, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, step = faulty
    works = getattr(owner, step)

    def fails(self: Any, session: Session) -> None:
        works(self, session)
        raise FaultyError

    before = alive()
    async with dial(server.url) as ann:
        await ann.join("ann")
        monkeypatch.setattr(owner, step, fails)
    await nothing_is_left(server, before)


async def test_clients_that_never_read_are_cut_and_freed(server: Inside) -> None:
    before = alive()
    slow = await asyncio.gather(*(WebSocket.open(server.port) for _ in range(SLOW)))
    await asyncio.gather(*(wire.join() for wire in slow))
    async with dial(server.url) as fast:
        await fast.join("fast")
        for color in range(1, FILLS + 1):
            body = {"x1": 0, "y1": 0, "x2": 63, "y2": 63, "color": color}
            status, answer = await post(server.url, "/board/area", body, API_KEY)
            assert status == 200
            await fast.reached(answer["seq"])
        await server.until("slow_clients", SLOW)
        sessions = [thing for thing in gc.get_objects() if isinstance(thing, Session)]
        assert max(session.backlog() for session in sessions) <= 256_000 - KERNEL_BYTES
        for x in range(20):
            await fast.reached((await fast.place(x, 0, 0))["seq"])
        await server.leap_until("clients", 1)
        assert await server.metric('kicked_total{code="4408"}') == SLOW
        await fast.reached((await fast.place(20, 0, 0))["seq"])
        del sessions
    await nothing_is_left(server, before)
    for wire in slow:
        wire.close()


async def come_and_go(server: Inside, number: int) -> None:
    """A visit that ends in one of five ways."""
    wire = await (WebSocket.dial if number % 5 == 0 else WebSocket.open)(server.port)
    if number % 2 and number % 5:
        await wire.join(f'{{"fingerprint":"{number % 100}","board":"none"}}')
    if number % 5 == 1:
        wire.send("1")
    elif number % 5 == 2:
        wire.send("nonsense")
    elif number % 5 == 3:
        wire.write_eof()
    if number % 5 in (1, 2, 3):
        await wire.ended()
    wire.close()


async def test_a_thousand_visits_leave_nothing(server: Inside) -> None:
    before = alive()
    for first in range(0, CONNECTS, AT_ONCE):
        await asyncio.gather(*(come_and_go(server, number) for number in range(first, first + AT_ONCE)))
        server.leap(1)
    await nothing_is_left(server, before)


async def test_pollers_that_vanish_leave_nothing(server: Inside) -> None:
    before = alive()
    pollers = await asyncio.gather(*(open_poller(server, connect=number % 3 > 0) for number in range(60)))
    for one in pollers[1::3]:
        await one.call(1, "join", "me")  # answered, or time leaps before it has joined
    server.leap(25.1)
    await server.until("clients", 20)  # who does not say CONNECT, or does not join, is gone by now
    server.leap(20)
    await nothing_is_left(server, before)


async def test_upgrades_that_fail_leave_nothing(server: Inside) -> None:
    before = alive()
    pollers = await asyncio.gather(*(open_poller(server) for _ in range(40)))
    wires = await asyncio.gather(*(WebSocket.dial(server.port, query=f"&sid={one.sid}") for one in pollers))
    for number, wire in enumerate(wires):
        if number % 4:
            wire.send("2probe")
            assert await wire.text() == "3probe"
        if number % 4 == 2:
            wire.send("3probe")
            assert await wire.close_code() == 4400
        if number % 4 == 3:
            other = await WebSocket.dial(server.port, query=f"&sid={pollers[number].sid}")
            assert await other.close_code() == 1000
            other.close()
        wire.close()
    await server.until("clients", 30)
    server.leap(10.1)  # nobody has joined
    await nothing_is_left(server, before)

"""What one client, one person and everyone together may ask for; and who hears what when it is too much."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial

import pytest

from tests.browser.relay import relay
from tests.catalogue.freed import metric
from tests.clients import packets
from tests.clients.http import get
from tests.clients.phone import dial
from tests.clients.polling import open_poller
from tests.conftest import StartServer
from tests.servers import ServerProcess
from tests.waiting import becomes

POLL = "/socket.io/?EIO=4&transport=polling"


async def test_the_newest_socket_of_a_person_takes_the_place_of_the_oldest(start_server: StartServer) -> None:
    server = start_server(SOCKETS_PER_IDENTITY=2)
    async with dial(server.url) as one, dial(server.url) as two, dial(server.url) as three:
        for phone in (one, two, three):
            await phone.join("me")
        assert (await one.event("displaced")) == []
        assert await one.closed() == 4409
        assert (await two.place(1, 1, 1))["ok"]
        assert (await three.place(2, 1, 1))["ok"]


async def test_sockets_that_answer_give_way_one_at_a_time(start_server: StartServer) -> None:
    """What many phones have in common, as a fingerprint, must not have them all come and go without end."""
    server = start_server(SOCKETS_PER_IDENTITY=1)
    async with dial(server.url) as one, dial(server.url) as two, dial(server.url) as three:
        await one.join("me")
        await two.join("me")
        answer = await three.call("join", "me")
        assert (answer["ok"], answer["code"]) == (False, "busy")
        assert await one.closed() == 4409
        answer = await three.call("join", "me")
        assert (answer["code"], answer["retryIn"] > 0) == ("busy", True)
        assert (await three.place(1, 1, 1))["code"] == "not_joined"
        assert (await two.place(1, 1, 1))["ok"]
        assert "initialState" in await three.call("join", "you")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_a_socket_that_a_network_left_behind_keeps_nobody_out(start_server: StartServer, transport: str) -> None:
    server = start_server(SOCKETS_PER_IDENTITY=2)
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(relay(server.port))
        if transport == "websocket":
            left_behind = await stack.enter_async_context(dial(network.url))
            await left_behind.join("me")
            network.forget()
        else:
            await (await open_poller(server)).post(b'420["join","me"]')
        answering, newest = [await stack.enter_async_context(dial(server.url)) for _ in range(2)]
        await answering.join("me")
        await newest.join("me")  # at once: nobody can know yet who is gone
        await becomes(partial(metric, server, "clients"), 2)
        assert (await answering.place(1, 1, 1))["ok"], "who answers stays where somebody does not"
        assert (await newest.place(2, 1, 1))["ok"]


async def test_a_socket_that_leaves_makes_room(start_server: StartServer) -> None:
    server = start_server(SOCKETS_PER_IDENTITY=1)
    async with dial(server.url) as two:
        async with dial(server.url) as one:
            await one.join("me")
        await becomes(partial(metric, server, "clients"), 1)
        await two.join("me")
        await two.until(lambda: two.joined)
        assert (await two.place(1, 1, 1))["ok"]


async def test_joining_again_on_the_same_socket_takes_no_more_room(start_server: StartServer) -> None:
    server = start_server(SOCKETS_PER_IDENTITY=1)
    async with dial(server.url) as phone:
        for _ in range(5):
            await phone.join("me")


async def test_too_many_events_close_the_socket(start_server: StartServer) -> None:
    server = start_server(SOCKET_EVENTS_PER_SECOND=5)
    async with dial(server.url) as phone, dial(server.url) as other:
        await other.join("other")
        for _ in range(100):
            await phone.send('42["pixelFromPlayer",{}]')
        assert await phone.closed() == 4429
        assert (await other.place(1, 1, 1))["ok"]


async def test_a_stall_of_the_network_cuts_nobody_off(start_server: StartServer) -> None:
    """Eight pixels a second, of which three seconds arrive at once, is no more than eight a second."""
    server = start_server(COOLDOWN=0)
    async with relay(server.port) as network, dial(network.url) as phone:
        await phone.join("me")
        for stall in range(3):
            network.hold()
            placed = [asyncio.create_task(phone.place(n, stall, 1)) for n in range(24)]
            await asyncio.sleep(0)
            network.release()
            assert all([(await answer)["ok"] for answer in placed])


async def test_polls_that_carry_seconds_of_events_are_taken(start_server: StartServer) -> None:
    server = start_server(COOLDOWN=0, MAX_PIXELS=100)
    phone = await open_poller(server)
    await phone.call(1, "join", "me")
    placed = [packets.event("pixelFromPlayer", {"x": n, "y": 0, "color": 1}, number=n) for n in range(2, 32)]
    assert await phone.post(packets.SEPARATOR.join(placed).encode()) == 200
    assert all([(await phone.answer(n))["ok"] for n in range(2, 32)])


async def test_as_many_events_as_allowed_are_answered(start_server: StartServer) -> None:
    server = start_server(SOCKET_EVENTS_PER_SECOND=50, COOLDOWN=0)
    async with dial(server.url) as phone:
        await phone.join("me")
        assert all([(await phone.place(n, 0, 1))["ok"] for n in range(45)])


async def test_too_many_handshakes_hear_when_to_come_back(start_server: StartServer) -> None:
    server = start_server(HANDSHAKES_PER_SECOND=3)
    answers = await asyncio.gather(*(get(server.url, POLL) for _ in range(20)))
    assert {status for status, _, _ in answers} == {200, 503}
    assert all(int(headers["Retry-After"]) > 0 for status, _, headers in answers if status == 503)


async def test_who_is_connected_does_not_feel_the_handshakes_of_others(start_server: StartServer) -> None:
    server = start_server(HANDSHAKES_PER_SECOND=3)
    async with dial(server.url) as phone:
        await phone.join("me")
        await asyncio.gather(*(get(server.url, POLL) for _ in range(20)))
        placed = await phone.place(1, 1, 1)
        await phone.reached(placed["seq"])


@pytest.mark.parametrize("size", [2049, 100_000])
async def test_a_message_that_is_too_long_closes_the_socket(server: ServerProcess, size: int) -> None:
    async with dial(server.url) as phone:
        await phone.send(f'42["join","{"x" * size}"]')
        assert await phone.closed() == 1009


async def test_a_person_spends_one_allowance_however_many_sockets(server: ServerProcess) -> None:
    async with dial(server.url) as one, dial(server.url) as two, dial(server.url) as three:
        phones = (one, two, three)
        for phone in phones:
            await phone.join("me")
        answers = await asyncio.gather(*(phone.place(n, 0, 1) for n, phone in enumerate(phones)))
        more = await asyncio.gather(*(phone.place(n, 1, 1) for n, phone in enumerate(phones)))
        assert sum(bool(answer.get("ok")) for answer in (*answers, *more)) == 3

"""SIGTERM: the last commit is told, everyone hears bye, and nothing that was confirmed is lost."""

from __future__ import annotations

import asyncio
import resource
import signal
import time
from collections.abc import Iterator

import pytest

from tests.clients.http import get
from tests.clients.phone import Phone, dial
from tests.clients.websocket import Closed, WebSocket
from tests.conftest import StartServer
from tests.servers import ServerProcess

CLIENTS = 1_000
Confirmed = dict[tuple[int, int], int]


@pytest.fixture
def many_files() -> Iterator[None]:
    """Enough file descriptors for this process and, inherited, for the server."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8_192), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def crowd(server: ServerProcess) -> list[WebSocket]:
    """A thousand clients that watch."""
    wires: list[WebSocket] = []
    while len(wires) < CLIENTS:
        some = [await WebSocket.open(server.port) for _ in range(50)]
        await asyncio.gather(*(wire.join() for wire in some))
        wires += some
    return wires


async def place_until_the_end(phone: Phone) -> tuple[Confirmed, list[str]]:
    """Places as fast as it is answered; what was confirmed, and the codes of what was not."""
    confirmed: Confirmed = {}
    codes: list[str] = []
    number = 0
    try:
        while True:
            x, y, color = number % 64, number // 64 % 64, 1 + number % 15
            answer = await phone.place(x, y, color)
            if answer["ok"]:
                confirmed[x, y] = color
                number += 1
            else:
                codes.append(answer["code"])
    except Closed:
        return confirmed, codes


async def exit_code(server: ServerProcess) -> int:
    await asyncio.to_thread(server.process.wait, 20)
    return server.stop()


async def assert_everything_is_there(server: ServerProcess, confirmed: Confirmed) -> None:
    _, board, _ = await get(server.url, "/api/board")
    assert {position: board[position[1] * 64 + position[0]] for position in confirmed} == confirmed


async def test_a_thousand_clients_are_sent_away_in_five_seconds(start_server: StartServer, many_files: None) -> None:
    server = start_server(COOLDOWN=0, SOCKET_EVENTS_PER_SECOND=10_000, HANDSHAKES_PER_SECOND=10_000)
    wires = await crowd(server)
    async with dial(server.url) as phone:
        await phone.join("painter")
        placing = asyncio.create_task(place_until_the_end(phone))
        await asyncio.gather(*(wire.event("u") for wire in wires))
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        goodbyes, code = await asyncio.gather(asyncio.gather(*map(goodbye, wires)), exit_code(server))
        assert (code, time.monotonic() - began < 5) == (0, True)
        confirmed, codes = await placing
    assert set(goodbyes) == {4503}
    assert "Traceback" not in server.log.read_text()
    for wire in wires:
        wire.close()
    assert confirmed
    assert set(codes) == {"restarting"}
    server.start()
    await assert_everything_is_there(server, confirmed)


async def goodbye(wire: WebSocket) -> int:
    (bye,) = await wire.event("bye")
    assert bye["reconnectIn"] > 0
    return await wire.close_code()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_who_places_while_the_server_stops_is_told_to_come_back(
    start_server: StartServer, number: signal.Signals
) -> None:
    server = start_server(COOLDOWN=0, SOCKET_EVENTS_PER_SECOND=10_000)
    async with dial(server.url) as phone:
        await phone.join("painter")
        placing = asyncio.create_task(place_until_the_end(phone))
        server.process.send_signal(number)
        assert await exit_code(server) == 0
        _, codes = await placing
        assert set(codes) <= {"restarting"}
        assert [told for told in phone.told if told[0] == "bye"]
        assert phone.socket.code == 4503


async def test_the_last_batch_is_sent_before_bye(start_server: StartServer) -> None:
    server = start_server(BOARD_REFRESH_RATE=5_000)
    async with dial(server.url) as phone:
        await phone.join("me")
        placed = await phone.place(1, 2, 3)
        server.process.send_signal(signal.SIGTERM)
        await phone.event("bye")
        assert phone.seq == placed["seq"]
    assert await exit_code(server) == 0


async def test_a_second_signal_changes_nothing(server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        await phone.join("me")
        server.process.send_signal(signal.SIGTERM)
        await phone.event("bye")
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGINT)
    assert await exit_code(server) == 0


async def test_an_interrupt_ends_it_as_well(server: ServerProcess) -> None:
    server.process.send_signal(signal.SIGINT)
    assert await exit_code(server) == 0
    assert "Traceback" not in server.log.read_text()


async def test_a_client_that_does_not_read_does_not_delay_the_end(start_server: StartServer) -> None:
    server = start_server(BOARD_SIZE=512)
    wire = await WebSocket.open(server.port)
    for number in range(10):
        wire.send(f'42{number}["join",{{"watch":true,"board":"array"}}]')
    await wire.frame()
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 5
    wire.close()

"""What leaves the server: the same bytes for everyone who takes them in that form, and on time."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.clients.frames import Frame
from tests.clients.http import get, post
from tests.clients.packets import literal_event, read_answer
from tests.clients.phone import Phone, dial
from tests.clients.websocket import WebSocket
from tests.conftest import StartServer
from tests.servers import API_KEY, ServerProcess

OFFERS = [
    "Sec-WebSocket-Extensions: permessage-deflate",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit-deflate-frame",
]


@pytest.mark.parametrize("offer", OFFERS)
async def test_compression_without_context_is_agreed_on_where_it_is_offered(server: ServerProcess, offer: str) -> None:
    wire = await WebSocket.open(server.port, [offer])
    [answer] = [line for line in wire.handshake.split("\r\n") if "extensions" in line.lower()]
    assert answer.endswith(": permessage-deflate; server_no_context_takeover; client_no_context_takeover")
    wire.close()


@pytest.mark.parametrize("size", [64, 600])
async def test_a_board_is_compressed_once_for_all_who_join_so(start_server: StartServer, size: int) -> None:
    """What is each client's own stands beside it as it is; a large board is made and compressed in steps."""
    server = start_server(BOARD_SIZE=size)
    wires = [await WebSocket.open(server.port, OFFERS[:n], window_bytes=0) for n in (0, 1, 1)]
    answers = []
    for wire in wires:
        wire.send(literal_event("join", '{"board":"b64"}', 1))
    for wire in wires:
        while b"431[" not in (frame := await wire.frame()).message:
            pass
        answers.append(frame)
    plain, *packed = answers
    assert [frame.head[0] for frame in answers] == [0x81, 0xC1, 0xC1]
    assert {len(read_answer(frame.message.decode())[1]["initialState"]["board"]) for frame in answers} == {
        len(read_answer(plain.message.decode())[1]["initialState"]["board"])
    }
    assert all(frame.size < plain.size / 2 for frame in packed)
    for wire in wires:
        wire.close()


async def batch_frame(wire: WebSocket) -> Frame:
    while b'42["u"' not in (frame := await wire.frame()).message:
        pass
    return frame


async def test_a_batch_is_compressed_once_for_all_who_take_it_so(server: ServerProcess) -> None:
    """The same bytes for all of them; plain ones for the rest; and what is short is plain for everyone."""
    wires = [await WebSocket.open(server.port, OFFERS[:n]) for n in (0, 1, 1, 0)]
    for wire in wires:
        await wire.join('{"watch":true}')
    await post(server.url, "/board/area", {"x1": 0, "y1": 0, "x2": 63, "y2": 7, "color": 5}, API_KEY)
    plain, one, two, other = [await batch_frame(wire) for wire in wires]
    assert (one.raw, plain.raw) == (two.raw, other.raw)
    assert (one.head[0], plain.head[0]) == (0xC1, 0x81)
    assert one.message == plain.payload
    assert one.size < plain.size / 2
    for wire in wires:
        wire.close()


async def test_a_batch_is_the_same_bytes_on_every_socket(server: ServerProcess) -> None:
    wires = [await WebSocket.open(server.port, OFFERS[:n]) for n in (0, 1, 0)]
    for number, wire in enumerate(wires):
        await wire.join('"original"' if number == 0 else '{"watch":true}')
    async with dial(server.url) as phone:
        await phone.join("me")
        placed = await phone.place(12, 34, 5)
        frames = [(await batch_frame(wire)).raw for wire in wires]
    assert len(set(frames)) == 1
    assert re.fullmatch(rb'\x81.42\["u","12,34,5","[\w-]+:0:%d"\]' % placed["seq"], frames[0])
    for wire in wires:
        wire.close()


async def test_a_frame_is_written_once_for_each_socket(server: ServerProcess) -> None:
    wires = [await WebSocket.open(server.port) for _ in range(5)]
    for wire in wires:
        await wire.join()
    async with dial(server.url) as phone:
        await phone.join("me")
        placed = await phone.place(1, 1, 1)
        await phone.reached(placed["seq"])
    _, text, _ = await get(server.url, "/metrics")
    assert b"beeplace_batches_total 1.0" in text
    assert b"beeplace_batch_pixels_total 1.0" in text
    assert b"beeplace_frames_total 6.0" in text
    for wire in wires:
        wire.close()


async def test_the_last_colour_of_a_position_is_sent_once(start_server: StartServer) -> None:
    server = start_server(BOARD_REFRESH_RATE=500, COOLDOWN=0)
    async with dial(server.url) as phone, dial(server.url) as other:
        await phone.join("me")
        await other.join({"watch": True})
        last = [await phone.place(9, 9, color) for color in range(1, 11)][-1]
        await other.reached(last["seq"])
        batches = [told for told in other.told if told[0] == "u"]
        assert sum(told[1].count(",") + 1 for told in batches) == 3 * len(batches)
        assert len(batches) <= 2
        assert other.board[9 * 64 + 9] == 10


async def test_refreshes_come_no_sooner_than_their_rate(start_server: StartServer) -> None:
    """While pixels come all the time. That they come no later either is shown of the broadcaster, where time leaps."""
    server = start_server(BOARD_REFRESH_RATE=50, COOLDOWN=0, SOCKET_EVENTS_PER_SECOND=10_000)
    clock = asyncio.get_running_loop().time
    async with dial(server.url) as painter, dial(server.url) as watcher:
        await painter.join("me")
        await watcher.join({"watch": True})
        began = clock()
        painting = asyncio.create_task(paint(painter))
        for _ in range(41):
            await watcher.event("u")
        took = clock() - began
        painting.cancel()
        await asyncio.gather(painting, return_exceptions=True)
    assert took >= 39 * 0.05  # forty intervals, but that the first refresh may have been late


async def paint(painter: Phone) -> None:
    number = 0
    while True:
        number += 1
        await painter.place(number % 64, number // 64 % 64, number % 16)

"""A client that does not read costs the others nothing, and has the right board as soon as it reads again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.clients.http import get, post
from tests.clients.phone import Phone, dial
from tests.clients.tcp import SMALL_WINDOW_BYTES
from tests.clients.websocket import WebSocket
from tests.conftest import StartServer
from tests.servers import API_KEY, ServerProcess

FILLS = 40  # of 40 kB each: far more than all buffers between


async def fill(server: ServerProcess, color: int) -> int:
    body = {"x1": 0, "y1": 0, "x2": 63, "y2": 63, "color": color}
    status, answer = await post(server.url, "/board/area", body, API_KEY)
    assert status == 200
    return int(answer["seq"])


async def slow_clients(server: ServerProcess) -> int:
    _, text, _ = await get(server.url, "/metrics")
    found = re.search(rb"^beeplace_slow_clients (\d+)", text, re.MULTILINE)
    assert found
    return int(found[1])


@asynccontextmanager
async def slow_client(server: ServerProcess, payload: object) -> AsyncIterator[Phone]:
    """A client that has joined and does not read."""
    async with dial(server.url, window_bytes=SMALL_WINDOW_BYTES) as slow:
        await slow.join(payload)
        slow.socket.pause()
        yield slow


async def read_up_to(slow: Phone, seq: int) -> None:
    """Reads again, until it has that change."""
    slow.socket.resume()
    await slow.reached(seq)


@pytest.fixture
async def busy(start_server: StartServer) -> ServerProcess:
    return start_server(BOARD_REFRESH_RATE=20, COOLDOWN=0)


async def overfill(server: ServerProcess, fast: Phone, fills: int = FILLS) -> int:
    seq = 0
    for number in range(fills):
        seq = await fill(server, 1 + number % 15)
        await fast.reached(seq)
    return seq


@pytest.mark.parametrize("payload", ["an original client", {"fingerprint": "ours"}], ids=["string", "object"])
async def test_a_slow_client_gets_one_delta_when_it_reads_again(busy: ServerProcess, payload: object) -> None:
    async with slow_client(busy, payload) as slow, dial(busy.url) as fast:
        await fast.join("fast")
        await overfill(busy, fast)
        assert await slow_clients(busy) == 1
        placed = await fast.place(10, 10, 7)
        await fast.reached(placed["seq"])
        await read_up_to(slow, placed["seq"])
        batches = [told[2] for told in slow.told if told[0] == "u"]
        assert len(batches) < FILLS / 2
        last = [int(n) for n in batches[-1].split(":")[1:]]
        assert last[1] - last[0] > FILLS / 2
        assert slow.board == fast.board
        assert await slow_clients(busy) == 0


async def test_a_client_that_was_slow_follows_again(busy: ServerProcess) -> None:
    async with slow_client(busy, "slow") as slow, dial(busy.url) as fast:
        await fast.join("fast")
        await read_up_to(slow, await overfill(busy, fast))
        for number in range(3):
            placed = await fast.place(number, 0, 1)
            await read_up_to(slow, placed["seq"])
            await fast.reached(placed["seq"])
        assert slow.board == fast.board


async def test_a_slow_client_hears_of_a_reset_it_missed(busy: ServerProcess) -> None:
    async with slow_client(busy, "slow") as slow, dial(busy.url) as fast:
        await fast.join("fast")
        await overfill(busy, fast)
        _, answer = await post(busy.url, "/board/reset", None, API_KEY)
        await fast.reached(answer["seq"])
        placed = await fast.place(5, 5, 5)
        await fast.reached(placed["seq"])
        await read_up_to(slow, placed["seq"])
        assert sum(told[0] == "resetBoard" for told in slow.told) == 1
        assert slow.board == fast.board


async def test_a_slow_client_hears_that_drawing_is_closed(busy: ServerProcess) -> None:
    wire = await WebSocket.open(busy.port)
    await wire.join('"slow"')
    async with dial(busy.url) as fast:
        await fast.join("fast")
        await overfill(busy, fast)
        await post(busy.url, "/board/read-only", {"readOnly": True}, API_KEY)
        assert await fast.event("readOnly") == [True]
        assert await wire.event("readOnly") == [True]
    wire.close()


async def test_a_slow_client_that_leaves_is_forgotten(busy: ServerProcess) -> None:
    wire = await WebSocket.open(busy.port)
    await wire.join()
    async with dial(busy.url) as fast:
        await fast.join("fast")
        await overfill(busy, fast)
        wire.close()
        placed = await fast.place(1, 1, 1)
        await fast.reached(placed["seq"])
        assert await slow_clients(busy) == 0

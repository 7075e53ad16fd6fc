"""A client that does not read costs the others nothing, and has the right board as soon as it reads again."""

from __future__ import annotations

import base64
import json
import re

import pytest

from tests.conftest import StartServer
from tests.e2e.phone import Phone, dial, get, post
from tests.e2e.wire import Wire
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


class Slow:
    """A client that applies what it reads, when it reads."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.batches: list[str] = []
        self.resets = 0
        self.board = bytearray()
        self.seq = 0

    async def join(self, payload: str) -> None:
        state = await self.wire.join(payload)
        board = state["board"]
        self.board = bytearray(base64.b64decode(board) if isinstance(board, str) else board)
        self.seq = state["seq"]

    async def read_up_to(self, seq: int) -> None:
        while self.seq < seq:
            text = await self.wire.text()
            if text.startswith('42["resetBoard"'):
                self.resets += 1
                self.board = bytearray(len(self.board))
            elif text.startswith('42["u"'):
                pixels, covered = json.loads(text[2:])[1:]
                self.batches.append(covered)
                numbers = [int(n) for n in pixels.split(",")]
                for x, y, color in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
                    self.board[y * 64 + x] = color
                self.seq = int(covered.rsplit(":", 1)[1])


@pytest.fixture
async def busy(start_server: StartServer) -> ServerProcess:
    return start_server(BOARD_REFRESH_RATE=20, COOLDOWN=0)


async def overfill(server: ServerProcess, fast: Phone, fills: int = FILLS) -> int:
    seq = 0
    for number in range(fills):
        seq = await fill(server, 1 + number % 15)
        await fast.reached(seq)
    return seq


@pytest.mark.parametrize("payload", ['"an original client"', '{"fingerprint":"ours"}'])
async def test_a_slow_client_gets_one_delta_when_it_reads_again(busy: ServerProcess, payload: str) -> None:
    slow = Slow(await Wire.open(busy.port))
    await slow.join(payload)
    async with dial(busy.url) as fast:
        await fast.join("fast")
        await overfill(busy, fast)
        assert await slow_clients(busy) == 1
        placed = await fast.place(10, 10, 7)
        await fast.reached(placed["seq"])
        await slow.read_up_to(placed["seq"])
        assert len(slow.batches) < FILLS / 2
        last = [int(n) for n in slow.batches[-1].split(":")[1:]]
        assert last[1] - last[0] > FILLS / 2
        assert slow.board == fast.board
        assert await slow_clients(busy) == 0
    slow.wire.close()


async def test_a_client_that_was_slow_follows_again(busy: ServerProcess) -> None:
    slow = Slow(await Wire.open(busy.port))
    await slow.join('"slow"')
    async with dial(busy.url) as fast:
        await fast.join("fast")
        await slow.read_up_to(await overfill(busy, fast))
        for number in range(3):
            placed = await fast.place(number, 0, 1)
            await slow.read_up_to(placed["seq"])
            await fast.reached(placed["seq"])
        assert slow.board == fast.board
    slow.wire.close()


async def test_a_slow_client_hears_of_a_reset_it_missed(busy: ServerProcess) -> None:
    slow = Slow(await Wire.open(busy.port))
    await slow.join('"slow"')
    async with dial(busy.url) as fast:
        await fast.join("fast")
        await overfill(busy, fast)
        _, answer = await post(busy.url, "/board/reset", None, API_KEY)
        await fast.reached(answer["seq"])
        placed = await fast.place(5, 5, 5)
        await fast.reached(placed["seq"])
        await slow.read_up_to(placed["seq"])
        assert slow.resets == 1
        assert slow.board == fast.board
    slow.wire.close()


async def test_a_slow_client_hears_that_drawing_is_closed(busy: ServerProcess) -> None:
    wire = await Wire.open(busy.port)
    await wire.join('"slow"')
    async with dial(busy.url) as fast:
        await fast.join("fast")
        await overfill(busy, fast)
        await post(busy.url, "/board/read-only", {"readOnly": True}, API_KEY)
        assert await fast.event("readOnly") == [True]
        assert await wire.event("readOnly") == [True]
    wire.close()


async def test_a_slow_client_that_leaves_is_forgotten(busy: ServerProcess) -> None:
    wire = await Wire.open(busy.port)
    await wire.join()
    async with dial(busy.url) as fast:
        await fast.join("fast")
        await overfill(busy, fast)
        wire.close()
        placed = await fast.place(1, 1, 1)
        await fast.reached(placed["seq"])
        assert await slow_clients(busy) == 0

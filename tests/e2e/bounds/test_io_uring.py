"""Batches arrive the same with io_uring, without it, and where the kernel refuses it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.clients.http import get
from tests.clients.phone import dial
from tests.servers import ServerProcess

PHONES = 5


class Confined(ServerProcess):
    """A server in a container's confinement."""

    command = (sys.executable, str(Path(__file__).parents[1] / "forbidden.py"), *ServerProcess.command)


@pytest.fixture(params=["on", "off", "refused"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, ServerProcess]]:
    if request.param == "refused":
        server: ServerProcess = Confined(tmp_path, COOLDOWN=0)
    else:
        server = ServerProcess(tmp_path, COOLDOWN=0, IO_URING=request.param)
    yield request.param, server
    if server.process.poll() is None:
        server.kill()


async def test_everyone_sees_every_pixel(way: tuple[str, ServerProcess]) -> None:
    name, server = way
    _, metrics, _ = await get(server.url, "/metrics")
    assert (b"beeplace_io_uring 1.0" in metrics) == (name == "on")
    async with AsyncExitStack() as stack:
        phones = [await stack.enter_async_context(dial(server.url)) for _ in range(PHONES)]
        for number, phone in enumerate(phones):
            await phone.join(f"phone {number}")
        for number in range(30):
            placed = await phones[number % PHONES].place(number, 2 * number, number % 16)
            for phone in phones:
                await phone.until(lambda phone=phone, seq=placed["seq"]: phone.seq >= seq)  # type: ignore[misc]
        assert [bytes(phone.board) for phone in phones] == PHONES * [bytes(phones[0].board)]
        assert [phones[0].board[2 * n * 64 + n] for n in range(30)] == [n % 16 for n in range(30)]
    assert server.stop() == 0
    assert ("no io_uring" in server.log.read_text()) == (name == "refused")

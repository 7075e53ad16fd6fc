"""QR codes are drawn beside the gateway, once each, and nobody waits for them who did not ask."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from beeplace.errors import Busy
from beeplace.gateway.http.qr import MAX_WAITING, QrCodes
from beeplace.gateway.http.qr_process import drawn
from tests.clients.http import get
from tests.servers import ServerProcess
from tests.waiting import until

LONG = "x" * 280


@pytest.fixture
async def codes() -> AsyncIterator[QrCodes]:
    made = QrCodes()
    yield made
    await made.close()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def child_of(pid: int) -> int:
    [child] = children(pid)
    return child


def spent_ms(pid: int) -> float:
    """What a process has used of the processors, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def test_a_code_is_what_the_library_draws(codes: QrCodes) -> None:
    for address in ("http://localhost/", f"http://localhost/{LONG}", "http://localhost/é🐝"):
        assert await codes.svg(address) == drawn(address)


async def test_a_code_is_drawn_once_however_many_ask(codes: QrCodes) -> None:
    found = await asyncio.gather(*(codes.svg("http://localhost/") for _ in range(200)))
    again = await codes.svg("http://localhost/")
    assert {id(code) for code in found} == {id(again)}


async def test_more_addresses_than_can_wait_are_told_to_come_back(codes: QrCodes) -> None:
    asked = [codes.svg(f"http://localhost/{n}") for n in range(MAX_WAITING + 9)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(code, Busy) for code in found) == 9
    assert sum(isinstance(code, bytes) for code in found) == MAX_WAITING


async def test_who_leaves_takes_nothing_from_those_who_wait(codes: QrCodes) -> None:
    await codes.svg("http://localhost/")
    gone, waits = (asyncio.create_task(codes.svg(f"http://localhost/{LONG}")) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await waits == drawn(f"http://localhost/{LONG}")
    assert await codes.svg("http://localhost/next") == drawn("http://localhost/next")


async def test_a_process_that_dies_is_replaced(server: ServerProcess) -> None:
    assert (await get(server.url, "/api/qr.svg?text=/first"))[0] == 200
    for again in range(6):
        os.kill(dead := child_of(server.process.pid), signal.SIGKILL)
        if again % 2:
            await until(lambda: not children(server.process.pid))
        assert (await get(server.url, f"/api/qr.svg?text=/{again}"))[0] == 200
        assert child_of(server.process.pid) != dead
    assert b"Traceback" not in server.log.read_bytes()


async def test_the_process_ends_with_its_gateway(server: ServerProcess) -> None:
    await get(server.url, "/api/qr.svg?text=/")
    child = child_of(server.process.pid)
    server.kill()
    await until(lambda: not Path(f"/proc/{child}").exists())


async def test_thirty_who_ask_all_the_time_take_little_of_the_gateway(server: ServerProcess) -> None:
    addresses = [f"http://localhost/{n}{LONG}" for n in range(8)]
    began = time.process_time()
    for address in addresses:
        drawn(address)
    here_ms = 1000 * (time.process_time() - began) / len(addresses)

    async def ask(number: int) -> None:
        for again in range(4):
            status, _, _ = await get(server.url, f"/api/qr.svg?text=/{number}-{again}{LONG}")
            assert status == 200

    await get(server.url, "/api/qr.svg?text=/")
    before_ms = spent_ms(server.process.pid)
    await asyncio.gather(*map(ask, range(30)))
    assert (spent_ms(server.process.pid) - before_ms) / 120 < here_ms / 3

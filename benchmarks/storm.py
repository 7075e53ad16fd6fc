"""Five thousand clients are cut at once and come back without waiting: when is each of them equal to the server?

Method: one server, 200 clients that stay and 5,000 that are cut, all light clients of one other process; a placement
every 10 ms all the while. After the cut every client reconnects at once, and again 50 ms after a refusal, and resumes
from its (epoch, seq). A client is back when it has joined and its seq has passed the seq of the cut; in the end every
board is compared with the server's. Loop lag and memory are the server's own figures. Then SIGTERM, with a tenth of
3,000 clients not reading.

    python -m benchmarks.storm [--clients 5000]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import tempfile
import time
import urllib.request
from pathlib import Path

import uvloop

from benchmarks.crowd import UNLIMITED, open_files, say, table
from benchmarks.phones import LightPhone
from tests.servers import ServerProcess

STAYING = 200
PLACE_SECONDS = 0.01
AGAIN_SECONDS = 0.05
DEADLINE_SECONDS = 60.0


class Crowd:
    """Clients of one server, and who of them is in."""

    def __init__(self, server: ServerProcess, count: int, name: str) -> None:
        self._server = server
        self.phones = [LightPhone(f"{name}{n}", self._told) for n in range(count)]
        self.goal = 0
        self.missing = count
        self._back = [False] * count
        self._index = {phone: n for n, phone in enumerate(self.phones)}
        self.all_back = asyncio.Event()
        self.back_at: list[float] = []

    def _told(self, phone: LightPhone) -> None:
        number = self._index[phone]
        if phone.joined and phone.seq >= self.goal and not self._back[number]:
            self._back[number] = True
            self.missing -= 1
            self.back_at.append(time.monotonic())
            if not self.missing:
                self.all_back.set()

    def expect(self, goal: int) -> None:
        """From now on a client is back once it has this seq."""
        self.goal, self.missing = goal, len(self.phones)
        self._back = [False] * len(self.phones)
        self.back_at = []
        self.all_back.clear()

    async def keep(self, phone: LightPhone) -> None:
        """Connects, and once more after each refusal or failure, until it is in."""
        while not phone.joined:
            try:
                await phone.connect(self._server.port)
            except OSError:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            await phone.settled.wait()
            if not phone.joined:
                await asyncio.sleep(AGAIN_SECONDS)

    async def enter(self, at_once: int) -> None:
        """All connect, so many at a time."""
        gate = asyncio.Semaphore(at_once)

        async def one(phone: LightPhone) -> None:
            async with gate:
                await self.keep(phone)

        await asyncio.gather(*(one(phone) for phone in self.phones))


def metric(server: ServerProcess, name: str) -> float:
    """One of the server's figures."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=30) as answer:
        found = re.search(rf"^{name} ([0-9.e+-]+)$", answer.read().decode(), re.MULTILINE)
    assert found
    return float(found[1])


def memory_mb(server: ServerProcess) -> float:
    """Resident, at most so far."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


async def draw(phones: list[LightPhone]) -> None:
    """Placements all the while."""
    while True:
        await asyncio.sleep(PLACE_SECONDS)
        random.choice(phones).put(random.randrange(256), random.randrange(256), random.randrange(16))


async def gaps(phones: list[LightPhone], found: list[float]) -> None:
    """The longest time for which one who stayed heard nothing."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(0.02)
        found.append(max(loop.time() - phone.heard_at for phone in phones))


async def storm(server: ServerProcess, clients: int) -> list[list[object]]:
    """Cuts and waits; rows of the report."""
    staying, leaving = Crowd(server, STAYING, "stays"), Crowd(server, clients, "leaves")
    await staying.enter(100)
    await leaving.enter(100)
    say("all in")
    drawing = asyncio.create_task(draw(staying.phones))
    await asyncio.sleep(2)
    heard: list[float] = []
    watching = asyncio.create_task(gaps(staying.phones, heard))
    goal = max(phone.seq for phone in staying.phones)
    leaving.expect(goal)
    began = time.monotonic()
    for phone in leaving.phones:
        phone.cut()
    work = asyncio.gather(*(leaving.keep(phone) for phone in leaving.phones))
    await asyncio.wait_for(leaving.all_back.wait(), DEADLINE_SECONDS)
    took = sorted(at - began for at in leaving.back_at)
    await work
    watching.cancel()
    drawing.cancel()
    await asyncio.sleep(1)
    equal = await equal_boards(server, staying.phones + leaving.phones)
    lag = await asyncio.to_thread(metric, server, "beeplace_loop_lag_most_seconds")
    for phone in staying.phones + leaving.phones:
        phone.cut()
    return [
        ["clients cut at once", clients], ["half of them back after", f"{took[len(took) // 2]:.2f} s"],
        ["all back after", f"{took[-1]:.2f} s"], ["boards equal to the server's", f"{equal} of {clients + STAYING}"],
        ["longest silence for one who stayed", f"{1000 * max(heard):.0f} ms"],
        ["server's worst loop lag", f"{1000 * lag:.0f} ms"], ["server's memory at most", f"{memory_mb(server):.0f} MB"],
    ]  # fmt: skip


async def equal_boards(server: ServerProcess, phones: list[LightPhone]) -> int:
    """How many clients have exactly the server's board."""

    def fetch() -> bytes:
        with urllib.request.urlopen(f"{server.url}/api/board", timeout=30) as answer:
            found: bytes = answer.read()
        return found

    board = await asyncio.to_thread(fetch)
    return sum(bytes(phone.board) == board for phone in phones)


async def farewell(server: ServerProcess, clients: int) -> list[list[object]]:
    """SIGTERM while a tenth of the clients does not read."""
    crowd = Crowd(server, clients, "ends")
    await crowd.enter(100)
    for phone in crowd.phones[::10]:
        phone.socket.pause()
    drawing = asyncio.create_task(draw(crowd.phones[1:100]))
    await asyncio.sleep(3)
    began = time.monotonic()
    code = await asyncio.to_thread(server.stop)
    drawing.cancel()
    return [
        [f"SIGTERM with {clients} clients, a tenth not reading: exit {code} after", f"{time.monotonic() - began:.2f} s"]
    ]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=5000)
    given = parser.parse_args()
    open_files()
    with tempfile.TemporaryDirectory() as name:
        server = ServerProcess(Path(name), BOARD_SIZE=256, **UNLIMITED)
        rows = uvloop.run(storm(server, given.clients))
        rows += uvloop.run(farewell(server, 3000))
    print(table(["", ""], rows))


if __name__ == "__main__":
    main()

"""What organisers ask of a log of ten million placements, over HTTP, while others go on drawing.

Method: a log as `long_log.py` makes it, on 1024 x 1024, in SQLite or in PostgreSQL; one real server on it. Ten people
place 300 pixels a second all the time, each at its own moment however long the answers take, and a wall follows the
board. Each question is asked TIMES times, one after the other with a second between them; what happened is undone
before it is done again. The tables have medians and the most of what passes from a request to its answer, for the wall
from the answer of an undo until it shows it, and the placements' p50 and p99 while nothing is asked and while something
is. The load is a part of the figures, as it runs on the same cores; so is whatever else the machine does, which the
server's CPU time leaves out: of it, what the placements take is subtracted, as measured while nothing is asked.

    python -m benchmarks.desk_on_long_log [--store sqlite|postgres] [--rows 10000000] [--times 5] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from beeplace.people.identities import pseudonym
from benchmarks.crowd import UNLIMITED, say, table
from benchmarks.long_log import PEOPLE, PER_SECOND, VANDALS, LongLog, make_postgres, make_sqlite
from tests.clients.phone import Phone, dial
from tests.postgres import PostgresServer
from tests.servers import API_KEY, ServerProcess

SIDE = 1_024
NAME = "long"
PLACERS = 10
QUIET_SECONDS = 15.0  # of placements alone, before and after
PAUSE_SECONDS = 1.0
AREA = {"x": 400, "y": 300, "width": 200, "height": 200}
Rows = list[list[object]]
Json = dict[str, Any]


class Placements:
    """People who place at moments that are fixed beforehand; each answer's seconds, by what is going on meanwhile."""

    def __init__(self) -> None:
        self.phase = "nothing"
        self.seconds: dict[str, list[float]] = {"nothing": [], "asked": []}
        self.refused = 0

    async def run(self, phones: list[Phone]) -> None:
        """Until it is cancelled."""
        chance, due = random.Random(1), time.monotonic()
        for number in range(1 << 40):
            due += 1 / PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            pixel = {"x": chance.randrange(SIDE), "y": chance.randrange(SIDE), "color": chance.randrange(1, 16)}
            phones[number % len(phones)].request("pixelFromPlayer", pixel, then=self._heard(due, self.phase))

    def _heard(self, due: float, phase: str) -> Callable[[Any], None]:
        def heard(answer: Json) -> None:
            self.refused += not answer["ok"]
            self.seconds[phase].append(time.monotonic() - due)

        return heard

    def told(self) -> Rows:
        rows: Rows = []
        for phase, seconds in self.seconds.items():
            cuts = statistics.quantiles(seconds, n=100)
            figures = [f"{1_000 * value:.1f}" for value in (cuts[49], cuts[98], max(seconds))]
            rows.append([f"placements while {phase} is asked" if phase == "nothing" else "while it is", *figures])
        return rows


def cpu_seconds(server: ServerProcess) -> float:
    """What a server has used so far."""
    columns = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(columns[11]) + int(columns[12])) / os.sysconf("SC_CLK_TCK")


class Bench:
    """A server on a long log, with people who place and a wall."""

    def __init__(
        self, server: ServerProcess, http: aiohttp.ClientSession, wall: Phone, log: LongLog, times: int
    ) -> None:
        self.server, self.http, self.wall, self.log, self.times = server, http, wall, log, times
        self.placements = Placements()
        self.rows: Rows = []
        self.quiet_share = 0.0  # of a core, which the server uses for placements alone
        self.used = 0.0  # seconds of CPU, for the last question

    async def ask(self, path: str, body: Json) -> tuple[float, Json]:
        """The seconds that an organiser waits, and the answer."""
        began, used = time.monotonic(), cpu_seconds(self.server)
        async with self.http.post(path, json=body, headers={"apiKey": API_KEY}) as response:
            answer: Json = await response.json()
            assert response.status == 200, answer
            took = time.monotonic() - began
        self.used = cpu_seconds(self.server) - used - self.quiet_share * took
        return took, answer

    async def act(self, kind: str, **fields: object) -> tuple[float, Json]:
        return await self.ask("/api/actions", {"kind": kind, "reason": "measured", **fields})

    async def quiet(self) -> None:
        """Placements alone."""
        self.placements.phase, began = "nothing", cpu_seconds(self.server)
        await asyncio.sleep(QUIET_SECONDS)
        self.quiet_share = (cpu_seconds(self.server) - began) / QUIET_SECONDS

    async def each(self, count: int, work: Callable[[int], Awaitable[None]]) -> None:
        """One after the other, while placements go on; what is between them counts as nothing going on."""
        for number in range(count):
            self.placements.phase = "asked"
            await work(number)
            self.placements.phase = "nothing"
            await asyncio.sleep(PAUSE_SECONDS)

    async def looked(self, name: str, times: int, path: str, selection: Callable[[int], Json], figure: str) -> None:
        """A question that changes nothing."""
        took: list[float] = []
        used: list[float] = []
        told: list[int] = []

        async def once(number: int) -> None:
            seconds, answer = await self.ask(path, selection(number))
            took.append(seconds)
            used.append(self.used)
            told.append(answer[figure])

        await self.each(times, once)
        self.add(f"{name} ({statistics.median_low(told):,} {figure})", took, used)

    async def rewound(self, name: str, times: int, action: Callable[[int], Awaitable[tuple[float, Json]]]) -> None:
        """An action that takes something back, and its undo, also on the wall."""
        done: list[float] = []
        undone: list[float] = []
        used: tuple[list[float], list[float]] = [], []
        shown: list[float] = []
        changed: list[int] = []

        async def once(number: int) -> None:
            seconds, answer = await action(number)
            done.append(seconds)
            used[0].append(self.used)
            changed.append(answer["changed"])
            seconds, back = await self.ask(f"/api/actions/{answer.get('rewind') or answer['seq']}/undo", {})
            began = time.monotonic()
            await self.wall.reached(back["seq"])
            undone.append(seconds)
            used[1].append(self.used)
            shown.append(time.monotonic() - began)

        await self.each(times, once)
        self.add(f"{name} ({statistics.median_low(changed):,} pixels)", done, used[0])
        self.add("its undo", undone, used[1])
        self.add("its undo on a wall, after the answer", shown, [])

    def add(self, name: str, seconds: list[float], used: list[float]) -> None:
        median, most = (f"{1_000 * value:.0f}" for value in (statistics.median(seconds), max(seconds)))
        cpu = f"{1_000 * statistics.median(used):.0f}" if used else ""
        row = [name, median, most, cpu, f"{self.server.resident_bytes() / 1e6:.0f}"]
        self.rows.append([*row])
        say(" | ".join(row))

    async def measure(self) -> None:
        """All of it, one after the other."""
        memory = self.server.resident_bytes() / 1e6
        self.rows.append(["nothing asked yet", "", "", "", f"{memory:.0f}"])
        hour = 3_600 * PER_SECOND
        rows, people = self.log.rows, self.log.identities()
        whole = {"from": max(0, rows - hour)}
        await self.quiet()

        def some_hour(number: int) -> Json:
            to = max(1, rows - number * rows // self.times)
            return {"area": AREA, "from": max(0, to - hour), "to": to}

        preview, authors, ever = "/api/selections/preview", "/api/selections/authors", {"area": AREA}
        await self.looked("first preview of 200 x 200", 1, preview, some_hour, "pixels")
        await self.looked("preview of 200 x 200, an hour", self.times, preview, some_hour, "pixels")
        await self.looked("who drew in 200 x 200, ever", self.times, authors, lambda _: ever, "pixels")
        await self.rewound(
            "rewind of 200 x 200, the last hour", self.times,
            lambda _: self.act("rewind", selection={"area": AREA, **whole}),
        )  # fmt: skip
        await self.rewound(
            "ban with rewind over the board", min(self.times, VANDALS),
            lambda number: self.act("ban", people=[pseudonym(people[PEOPLE + number])], rewind={}),
        )  # fmt: skip
        await self.rewound("rewind of the whole board", 3, lambda _: self.act("rewind", selection={"to": rows}))
        await self.quiet()

    def told(self) -> str:
        """The tables."""
        return (
            table(["", "median, ms", "most, ms", "CPU, ms", "memory after, MB"], self.rows)
            + "\n"
            + table(["", "p50, ms", "p99, ms", "most, ms"], self.placements.told())
            + f"\n{self.placements.refused} placements refused; load average {os.getloadavg()[0]:.1f}\n"
        )


async def bench(server: ServerProcess, log: LongLog, times: int) -> str:
    """Everything on one server; the tables."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(server.url))
        phones = [await stack.enter_async_context(dial(server.url)) for _ in range(PLACERS)]
        for phone in phones:
            await phone.join({"board": "none"})
            phone.follow(lambda *_: None)
            phone.on_gap = _nothing  # it looks at no board
        wall = await stack.enter_async_context(dial(server.url))
        wall.on_gap = wall.sync
        await wall.join()
        bench = Bench(server, http, wall, log, times)
        placing = asyncio.create_task(bench.placements.run(phones))
        measuring = asyncio.create_task(bench.measure())
        ended, others = await asyncio.wait((placing, measuring), return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
        for task in ended:
            task.result()
        return bench.told()


def _nothing() -> None:
    pass


@asynccontextmanager
async def sqlite(log: LongLog, folder: Path) -> AsyncIterator[tuple[str, float]]:
    """A copy of the log in a file, which is made where it is not kept: its address, and the bytes of one placement."""
    made, used = folder / "made.db", folder / "used.db"
    if not made.exists():
        await make_sqlite(log, made)
    await asyncio.to_thread(shutil.copyfile, made, used)
    yield f"sqlite:///{used}", made.stat().st_size / log.rows


@asynccontextmanager
async def postgres(log: LongLog, _: Path) -> AsyncIterator[tuple[str, float]]:
    """The same in a server, which ends with this, in a folder that another user may enter."""
    with PostgresServer() as server:
        url = server.url(NAME)
        await make_postgres(log, url)
        [[size]] = await asyncio.to_thread(server.sql, f"SELECT pg_database_size('{NAME}')")
        yield url, size / log.rows


STORES = {"sqlite": sqlite, "postgres": postgres}


async def run(store: str, log: LongLog, times: int, folder: Path) -> None:
    began = time.monotonic()
    async with STORES[store](log, folder) as (address, row_bytes):
        say(f"{log.rows:,} placements, {row_bytes:.1f} bytes each, made in {time.monotonic() - began:.0f} s")
        server = await asyncio.to_thread(
            ServerProcess, folder / "server", DATABASE_URL=address, BOARD_SIZE=SIDE, **UNLIMITED
        )
        try:
            print(await bench(server, log, times))
        finally:
            server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--store", choices=sorted(STORES), default="sqlite")
    parser.add_argument("--rows", type=int, default=10_000_000, help="placements in the log (default %(default)s)")
    parser.add_argument("--times", type=int, default=5, help="each question (default %(default)s)")
    parser.add_argument("--keep", type=Path, help="a folder whose log is used again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="beeplace-desk-") as name:
        folder = given.keep or Path(name)
        folder.mkdir(exist_ok=True)
        asyncio.run(run(given.store, LongLog(given.rows, SIDE), given.times, folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What reading history costs those who draw: placements beside exports, backups, replays and look-ups.

Method: a log as `long_log.py` makes it, on 1024 x 1024; one real server on it, whose pieces are made, and ten people
who place 300 pixels a second all the time, each at its own moment however long the answers take; every third answer is
timed. For each kind of reading, ROUNDS times in turn: a while of placements alone, and as long with the reading, again
and again by several at once, each a program of its own. The table has the p50 and p99 of a placement's answer in both,
the ratio of the two p99 over all rounds, how much more memory the server had at most while it was
read than just before, and what it had then. From each answer's time is taken off what that thread of the server or of
the load waited for a processor that waited most (`run_queue.py`): it is the machine's, whose two cores they share with
the readers.

    python -m benchmarks.history_beside [--store sqlite|postgres] [--rounds 3] [--seconds 15] [--only NAME ...]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import aiohttp

from benchmarks.crowd import UNLIMITED, say, table
from benchmarks.desk_on_long_log import AREA, PLACERS, SIDE, STORES
from benchmarks.long_log import PER_SECOND, LongLog
from tests.clients.phone import Phone, dial
from tests.servers import API_KEY, ServerProcess
from tests.siege.run_queue import machine_ns, waits

READERS = 4  # at once
TIMED = 3  # of so many placements one is timed
LOG_ENTRIES = 100_000  # of one answer
PIECE = 65_536  # entries
BUILDING_SECONDS = 600.0
Read = Callable[["Beside", int], Awaitable[None]]


class Beside:
    """A server with people who place; `times` are the milliseconds of the answers in a while of `seconds`."""

    def __init__(
        self, server: ServerProcess, http: aiohttp.ClientSession, rows: int, seconds: float, folder: Path
    ) -> None:
        self.server, self.http, self.rows, self.seconds, self.folder = server, http, rows, seconds, folder
        self.pid = server.process.pid
        self.times: list[float] = []
        self.refused = 0

    async def place(self, phones: list[Phone]) -> None:
        """Until it is cancelled."""
        chance, due = random.Random(1), time.monotonic()
        for number in itertools.count():
            due += 1 / PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            pixel = {"x": chance.randrange(SIDE), "y": chance.randrange(SIDE), "color": chance.randrange(1, 16)}
            phones[number % len(phones)].request(
                "pixelFromPlayer", pixel, then=self._heard(is_timed=number % TIMED == 0)
            )

    def _heard(self, *, is_timed: bool) -> Callable[[object], None]:
        began, before = time.monotonic_ns(), waits(self.pid) if is_timed else {}

        def heard(answer: object) -> None:
            self.refused += not (isinstance(answer, dict) and answer["ok"])
            if is_timed:
                took = time.monotonic_ns() - began - machine_ns(self.pid, before)
                self.times.append(max(0, took) / 1e6)

        return heard

    async def get(self, *paths: str) -> None:
        """The answers one after the other, by a program of its own: reading them must not delay this one."""
        command = [
            "nice",
            "curl",
            "-fsS",
            "--compressed",
            *(word for path in paths for word in ("-o", os.devnull, path)),
        ]
        process = await asyncio.create_subprocess_exec(
            *(self.server.url + word if word.startswith("/api") else word for word in command)
        )
        assert await process.wait() == 0, paths

    async def ask(self, path: str, body: object) -> None:
        """An organiser's question."""
        async with self.http.post(path, json=body, headers={"apiKey": API_KEY}) as response:
            await response.read()

    async def command(self, *words: str) -> None:
        """A command of BeePlace beside the server, to a file that is not kept."""
        out = self.folder / words[-1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "beeplace", *words, cwd=self.server.folder, env=self.server.environment,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert await process.wait() == 0, words
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
            (self.server.folder / out.name).unlink(missing_ok=True)

    # memory

    def memory_mb(self, name: str) -> float:
        """Resident memory, or the most of it since `forget_peak` for VmHWM."""
        found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())
        assert found
        return int(found[1]) / 1024

    def forget_peak(self) -> None:
        """The peak begins anew."""
        with suppress(OSError):
            Path(f"/proc/{self.pid}/clear_refs").write_text("5")


def _pixel(number: int) -> str:
    return f"/api/pixels/{number * 7 % SIDE}/{number * 13 % SIDE}?n=100"


async def _piece(beside: Beside, number: int) -> None:
    async with beside.http.get("/api/history/index.json") as response:
        index = await response.json()
    pieces = index["pieces"]
    first = number * 4 % len(pieces)
    await beside.get(*(f"/api/history/{piece['url']}" for piece in pieces[first : first + 4]))


async def _preview(beside: Beside, number: int) -> None:
    hour = 3_600 * PER_SECOND
    to = max(1, beside.rows - number * hour % beside.rows)
    await beside.ask("/api/selections/preview", {"area": AREA, "from": max(0, to - hour), "to": to})


READS: dict[str, tuple[int, Read]] = {
    "export to Parquet": (1, lambda b, n: b.command("export", "--to", f"{n}.parquet")),
    "export to CSV": (1, lambda b, n: b.command("export", "--to", f"{n}.csv")),
    "film of ten seconds": (1, lambda b, n: b.command("film", "--seconds", "10", "--out", f"{n}.mp4")),
    "backup": (1, lambda b, n: b.command("backup", f"{n}.backup")),
    "the log (/api/log)": (READERS, lambda b, n: b.get(f"/api/log?after={n * LOG_ENTRIES % b.rows}")),
    "pieces of a replay": (READERS, _piece),
    "histories of pixels": (READERS, lambda b, n: b.get(*map(_pixel, range(n * 50, n * 50 + 50)))),
    "statistics, heat map": (READERS, lambda b, _: b.get("/api/statistics", "/api/heatmap.png")),
    "previews of 200 x 200": (1, _preview),
    "who drew in 200 x 200": (1, lambda b, _: b.ask("/api/selections/authors", {"area": AREA})),
}


async def _while_read(beside: Beside, readers: int, read: Read) -> int:
    """Reads again and again for a while, and to the end what has begun by then; how often."""
    numbers, done, until = itertools.count(), 0, time.monotonic() + beside.seconds

    async def one() -> None:
        nonlocal done
        while time.monotonic() < until:
            await read(beside, next(numbers))
            done += 1

    await asyncio.gather(*(one() for _ in range(readers)))
    return done


async def caught_up(beside: Beside) -> None:
    """Waits until the pieces of the log are made, which a server with a long log begins with."""
    async with asyncio.timeout(BUILDING_SECONDS):
        while True:
            async with beside.http.get("/api/history/index.json") as response:
                if (await response.json())["seq"] > beside.rows - PIECE:
                    return
            await asyncio.sleep(1)


async def measured(beside: Beside, name: str, rounds: int) -> list[object]:
    """A row of the table."""
    readers, read = READS[name]
    quiet, busy, grown, count = list[float](), list[float](), list[float](), 0
    for _ in range(rounds):
        beside.times = []
        await asyncio.sleep(beside.seconds)
        alone, beside.times = beside.times, []
        before = beside.memory_mb("VmRSS")
        beside.forget_peak()
        count += await _while_read(beside, readers, read)
        grown.append(beside.memory_mb("VmHWM") - before)
        quiet += alone
        busy += beside.times
    row: list[object] = [
        name, count, *(f"{_part(times, part):.0f}" for part in (50, 99) for times in (quiet, busy)),
        f"{_part(busy, 99) / _part(quiet, 99):.2f}", f"{max(grown):.0f}", f"{beside.memory_mb('VmRSS'):.0f}",
    ]  # fmt: skip
    say(" | ".join(map(str, row)))
    return row


def _part(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1]


async def run(given: argparse.Namespace, folder: Path) -> None:
    async with STORES[given.store](LongLog(given.rows, SIDE), folder) as (address, _), AsyncExitStack() as stack:
        server = await asyncio.to_thread(
            ServerProcess, folder / "server", DATABASE_URL=address, BOARD_SIZE=SIDE, **UNLIMITED
        )
        stack.callback(server.stop)
        http = await stack.enter_async_context(aiohttp.ClientSession(server.url))
        phones = [await stack.enter_async_context(dial(server.url)) for _ in range(PLACERS)]
        for phone in phones:
            await phone.join({"board": "none"})
            phone.follow(lambda *_: None)
            phone.on_gap = lambda: None  # it looks at no board
        beside = Beside(server, http, given.rows, given.seconds, folder)
        placing = asyncio.create_task(beside.place(phones))
        await caught_up(beside)
        table_rows = [await measured(beside, name, given.rounds) for name in given.only]
        placing.cancel()
        heads = [
            "",
            "times",
            "p50 alone, ms",
            "p50 beside",
            "p99 alone",
            "p99 beside",
            "ratio",
            "grown, MB",
            "after, MB",
        ]
        print(table(heads, table_rows))
        print(f"{beside.refused} placements refused; load average {os.getloadavg()[0]:.1f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--store", choices=sorted(STORES), default="sqlite")
    parser.add_argument("--rows", type=int, default=1_000_000, help="placements in the log (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of each kind (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each while (default %(default)s)")
    parser.add_argument("--only", nargs="+", choices=list(READS), default=list(READS), metavar="NAME")
    parser.add_argument("--keep", type=Path, help="a folder whose log is used again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="beeplace-beside-") as name:
        folder = given.keep or Path(name)
        folder.mkdir(exist_ok=True)
        asyncio.run(run(given, folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())

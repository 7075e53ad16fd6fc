"""Measures the bus on Redis: from `announce` on one gateway to `hear` on another, and what a commit costs each part.

    python -m benchmarks.redis_bus [--commits 500] [--placements 100] [--pause-ms 50] [--size 256]

A real redis-server on loopback, and two processes on uvloop, each with a board and a bus. The first announces commits
of random placements by as many people, one every so many milliseconds, made up before; the first entry of each has
the moment of its announcement (both processes read the same monotonic clock). The second takes the news into its
board, notes how late they are, and counts what did not come by news. Latencies are of the whole way: encoding,
sealing, Redis, checking, decoding. CPU is user and system time of each process: that of the run, less what the same
processes use in the same time with nothing to tell (signs of life, looks at the bitfield, counting people), divided
by the commits; that of both includes taking the news into their boards. The bitfield is compared at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

import uvloop

from beeplace.board.allowance import Allowance
from beeplace.board.board import Board
from beeplace.board.changes.placement import Placement
from beeplace.board.entries import Entry
from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.board.state import BoardState
from beeplace.log.committed import Committed
from beeplace.log.redis.bus import RedisBus
from tests.redis import RedisServer

SECRET = bytes(32)
IDLE_SECONDS = 10.0
PEOPLE = [number.to_bytes(16, "big") for number in range(2_500)]
OTHERS = [number.to_bytes(16, "big") for number in range(2_500, 5_000)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--commits", type=int, default=500)
    parser.add_argument("--placements", type=int, default=100, help="in one commit (default %(default)s)")
    parser.add_argument("--pause-ms", type=int, default=50, help="between two commits (default %(default)s)")
    parser.add_argument("--size", type=int, default=256, help="width and height of the board (default %(default)s)")
    options = parser.parse_args()
    with RedisServer() as server:
        print(f"redis-server {server.command('INFO', 'server')['redis_version']}")
        ours, theirs = multiprocessing.Pipe()
        hearer = multiprocessing.get_context("spawn").Process(target=hear, args=(server.url(), options.size, theirs))
        hearer.start()
        uvloop.run(tell(server, options, ours))
        hearer.join()


def state(size: int) -> BoardState:
    return BoardState("epoch", 0, size, size, Palette(THESIS_COLORS))


def commit(before: BoardState, placements: int) -> Committed:
    """News as the commit loop makes them."""
    side = before.width
    people = random.sample(PEOPLE, placements)
    pixels = [Placement(random.randrange(side), random.randrange(side), random.randrange(16)) for _ in people]
    entries = [
        Entry(before.seq + 1 + i, before.epoch, 0, person, None, pixel)
        for i, (person, pixel) in enumerate(zip(people, pixels, strict=True))
    ]
    charged = {entry.identity: Allowance(1, 10_000) for entry in entries}
    return Committed(entries, replace(before, seq=before.seq + placements), charged)


async def tell(server: RedisServer, options: argparse.Namespace, other: Connection) -> None:
    board = Board(state(options.size))
    bus = RedisBus(server.url(), board, SECRET, "teller")
    task = asyncio.create_task(bus.run(lambda _: None, lambda: PEOPLE))
    await until(lambda: bus.failing is None and bus.gateways == 1)
    commits = [commit(board.state, options.placements)]
    while len(commits) < options.commits:
        commits.append(commit(commits[-1].state, options.placements))
    idle = await measured(server, other, asyncio.sleep(IDLE_SECONDS))
    began = time.monotonic()
    busy = await measured(server, other, announced(board, bus, commits, options.pause_ms))
    share = (time.monotonic() - began) / IDLE_SECONDS
    await until(lambda: server.command("GET", "{beeplace}:board") == bytes(board.pixels))
    other.send("end")
    late_ms, seq, missed = await asyncio.to_thread(other.recv)
    assert seq == board.state.seq
    assert bus.failing is None
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    report(options, [(b - i * share) / options.commits for i, b in zip(idle, busy, strict=True)], idle, late_ms)
    print(f"news that did not come: {missed}; whole bitfields written: {bus.rebuilt}; bitfield equal to the board")


async def announced(board: Board, bus: RedisBus, commits: list[Committed], pause_ms: int) -> None:
    for news in commits:
        board.apply(news.entries, news.state)
        first = news.entries[0]._replace(at_ms=time.monotonic_ns())
        bus.announce(news._replace(entries=[first, *news.entries[1:]]))
        await asyncio.sleep(pause_ms / 1000)


async def measured(server: RedisServer, other: Connection, work: Any) -> list[float]:
    """CPU seconds of the teller, the hearer and Redis while `work` is done."""
    before = await used(server, other)
    await work
    return [b - a for a, b in zip(before, await used(server, other), strict=True)]


async def used(server: RedisServer, other: Connection) -> list[float]:
    other.send("used")
    theirs: float = await asyncio.to_thread(other.recv)
    lines = server.command("INFO", "cpu")
    return [time.process_time(), theirs, float(lines["used_cpu_sys"]) + float(lines["used_cpu_user"])]


def report(options: argparse.Namespace, each: list[float], idle: list[float], late_ms: list[float]) -> None:
    cuts = statistics.quantiles(late_ms, n=100)
    print(f"{len(late_ms)} commits of {options.placements} placements on {options.size} x {options.size}")
    print(f"announce to hear: p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms, most {max(late_ms):.2f} ms")
    for name, seconds, still in zip(("teller", "hearer", "redis"), each, idle, strict=True):
        print(f"{name}: {seconds * 1e3:.2f} ms CPU a commit; {still / IDLE_SECONDS * 100:.1f} % of a core when idle")


def hear(url: str, size: int, teller: Connection) -> None:
    uvloop.run(hearing(url, size, teller))


async def hearing(url: str, size: int, teller: Connection) -> None:
    board, late_ms = Board(state(size)), list[float]()
    missed = 0

    def heard(news: Committed | None) -> None:
        nonlocal missed
        if news and news.entries[0].seq == board.state.seq + 1:
            late_ms.append((time.monotonic_ns() - news.entries[0].at_ms) / 1e6)
            board.apply(news.entries, news.state)
        elif board.state.seq:
            missed += 1

    bus = RedisBus(url, board, SECRET, "hearer")
    task = asyncio.create_task(bus.run(heard, lambda: OTHERS))
    while await asyncio.to_thread(teller.recv) == "used":
        teller.send(time.process_time())
    teller.send((late_ms, board.state.seq, missed))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not happened():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()

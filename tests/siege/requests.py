"""Crowds on the HTTP routes: dear requests in numbers, answers that nobody fetches, bodies that never end."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress

from tests.clients.tcp import SMALL_WINDOW_BYTES
from tests.siege.scenario import STEP_MS, Bounds, Siege, scenario
from tests.siege.socket_client import dial
from tests.siege.traffic import FAST, fills, placements

ANSWER_SECONDS = 60.0
FILL_SECONDS = 1.0
FILLS = 4
READS_PER_SECOND = 10  # of one who reads slowly
SLOW_LINK_BYTES = 10_000  # a second


async def ask(port: int, path: str, bytes_per_second: int = 0) -> tuple[int, int]:
    """One request on a connection of its own, read at full speed or at that one: status and bytes; 0 for no answer."""
    connection = await dial(port, SMALL_WINDOW_BYTES if bytes_per_second else 0)
    reader, writer = await asyncio.open_connection(sock=connection, limit=SMALL_WINDOW_BYTES)
    try:
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode()
        )
        size, status = 0, 0
        with suppress(OSError):
            async with asyncio.timeout(ANSWER_SECONDS):
                while part := await reader.read(bytes_per_second // READS_PER_SECOND or 1 << 18):
                    status = status or int(part[9:12])
                    size += len(part)
                    if bytes_per_second:
                        await asyncio.sleep(1 / READS_PER_SECOND)
        return status, size
    finally:
        writer.transport.abort()


async def flood(siege: Siege, connections: int, seconds: float, path: Callable[[int], str]) -> None:
    """So many connections, each with one request after the other."""
    numbers = itertools.count()

    async def one() -> None:
        while True:
            status, _ = await ask(siege.port, path(next(numbers)))
            siege.ends[f"status {status}" if status else "no answer"] += 1

    await siege.for_a_while(seconds, [one() for _ in range(connections)])


@scenario("qr-flood", "30 connections ask for QR codes of ever new addresses", bounds=Bounds(STEP_MS))
async def qr_flood(siege: Siege) -> None:
    long = "x" * 250
    await flood(siege, 30, siege.seconds(8), lambda number: f"/api/qr.svg?text=/d/{number}{long}")


async def _ten_fills(siege: Siege) -> None:
    await fills(siege, 10 if siege.side < 4096 else 2)


@scenario(
    "pixel-history", "8 connections ask for the last 100 changes of pixels after fills of the whole board",
    prepare=_ten_fills, bounds=Bounds(STEP_MS),
)  # fmt: skip
async def pixel_history(siege: Siege) -> None:
    side = siege.side
    await flood(siege, 8, siege.seconds(8), lambda n: f"/api/pixels/{n * 7 % side}/{n * 13 % side}?n=100")


async def _long_log(siege: Siege) -> None:
    await placements(siege, 6_000, siege.seconds(16))


@scenario(
    "log-flood", "60 connections read the whole log at once, 10 of them over slow links",
    prepare=_long_log, settings=FAST,
)  # fmt: skip
async def log_flood(siege: Siege) -> None:
    speeds = [0] * 50 + [SLOW_LINK_BYTES] * 10
    answers = await asyncio.gather(*(ask(siege.port, "/api/log?after=0", speed) for speed in speeds))
    siege.ends.update(f"status {status}" for status, _ in answers)
    sizes = [size for _, size in answers]
    siege.figures |= {"shortest answer, kB": min(sizes) / 1000, "longest answer, kB": max(sizes) / 1000}
    siege.require(min(sizes) > 0.8 * max(sizes), f"answers were cut: {min(sizes)} to {max(sizes)} bytes")


@scenario(
    "earlier-slow", "200 slow readers of the board of a minute ago", settings=FAST, bounds=Bounds(growth_mb=80),
)  # fmt: skip
async def earlier_slow(siege: Siege) -> None:
    await fills(siege, 1)
    connections = [await dial(siege.port, SMALL_WINDOW_BYTES) for _ in range(siege.many(200))]
    for connection in connections:
        connection.send(b"GET /api/board/earlier?delay=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    for _ in range(int(siege.seconds(8) * 5)):
        for connection in connections:
            with suppress(OSError):
                connection.recv(1_024)
        await asyncio.sleep(0.2)
    for connection in connections:
        connection.close()


@scenario("fills", "fills of the whole board", bounds=Bounds(STEP_MS, growth_mb=400, growth_mb_each_megapixel=0))
async def whole_fills(siege: Siege) -> None:
    took = [await siege.besieged.fill(color=1 + number) for number in range(FILLS)]
    siege.figures["slowest fill, s"] = max(took)
    siege.require(max(took) <= FILL_SECONDS, f"a fill took {max(took):.2f} s, at most {FILL_SECONDS}")


@scenario("line-breaks", "20 connections ask for short links with line breaks in the query", bounds=Bounds(STEP_MS))
async def line_breaks(siege: Siege) -> None:
    breaks = ("%0a", "%0d%0aSet-Cookie:x", "%00", "%0d", "\\r\\n", "%E2%80%A8")
    await flood(siege, 20, siege.seconds(6), lambda number: f"/d/x?{breaks[number % len(breaks)]}")
    siege.require(not siege.ends["no answer"], "requests that were not answered")


@scenario("slow-bodies", "300 connections send their heads or bodies byte by byte", settings=FAST)
async def slow_bodies(siege: Siege) -> None:
    heads = (
        b"POST /board/area HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\napiKey: x\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n",
    )
    connections = [await dial(siege.port) for _ in range(siege.many(300))]
    for number, connection in enumerate(connections):
        connection.send(heads[number % len(heads)])
    for _ in range(int(siege.seconds(12))):
        for connection in connections:
            with suppress(OSError):
                connection.send(b"1")
        await asyncio.sleep(1)
    for connection in connections:
        try:
            siege.ends["ended" if not connection.recv(1) else "answered"] += 1
        except BlockingIOError:
            siege.ends["open"] += 1
        except OSError:
            siege.ends["reset"] += 1
        connection.close()


@scenario("polling-flood", "100 connections open polling sessions and leave them, one after the other", settings=FAST)
async def polling_flood(siege: Siege) -> None:
    await flood(siege, 100, siege.seconds(8), lambda number: f"/socket.io/?EIO=4&transport=polling&t={number}")

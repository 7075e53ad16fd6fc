"""How long it takes until what Redis, a gateway or a lost answer broke is right again.

Method: a fresh PostgreSQL, a fresh Redis and two gateways on loopback, each thing done ten times in turn.

* bitfield: after FLUSHALL, a restart of Redis, another type in its key, a wrong state and wrong pixels; from the
  moment in which Redis answers until its keys have the board, its epoch and seq, looked at every 10 ms.
* people: a gateway with 20 people is killed with -9; until the other one, asked every 50 ms, counts its own alone.
* action: from an organiser's request at one gateway until the other one shows it, looked at every 10 ms.
* answer: COMMIT is sent, and its answer never comes; from the placement until it is answered.

    python -m benchmarks.repairs [--times 10]
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.crowd import UNLIMITED, table
from tests.chaos.links.proxy import Proxy
from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.postgres import PostgresServer
from tests.redis import RedisServer
from tests.servers import API_KEY, ServerProcess

BOARD, STATE = "{beeplace}:board", "{beeplace}:state"
PEOPLE = 20
Rows = list[list[object]]


class Bench:
    """Two gateways; the first reaches its database over a proxy."""

    def __init__(self, redis: RedisServer, link: Proxy, gateways: list[ServerProcess]) -> None:
        self.redis, self.link, self.one, self.other = redis, link, gateways[0], gateways[1]

    async def board(self, gateway: ServerProcess) -> bytes:
        """What it shows."""
        return (await get(gateway.url, "/api/board"))[1]

    async def seconds_until(self, right: Callable[[], Awaitable[bool]], every: float = 0.01) -> float:
        """From now."""
        began = time.monotonic()
        async with asyncio.timeout(60):
            while not await right():  # noqa: ASYNC110  # other processes tell no event
                await asyncio.sleep(every)
        return time.monotonic() - began

    async def bitfield(self, spoil: Callable[[], None]) -> float:
        """After Redis was spoilt."""
        _, pixels, headers = await get(self.one.url, "/api/board")
        epoch, seq = headers["ETag"].strip('"').split(":")
        wanted = pixels, epoch.encode(), seq.encode()

        async def right() -> bool:
            return await asyncio.to_thread(self._content) == wanted

        await self.seconds_until(right)
        await asyncio.to_thread(spoil)
        return await self.seconds_until(right)

    def _content(self) -> object:
        if self.redis.command("TYPE", BOARD) != b"string" or self.redis.command("TYPE", STATE) != b"hash":
            return None
        return self.redis.command("GET", BOARD), *self.redis.command("HMGET", STATE, "epoch", "seq")

    def restart(self) -> None:
        """Killed, and back empty."""
        self.redis.kill()
        self.redis.start()

    async def people(self) -> float:
        """After a gateway with people was killed."""
        async with AsyncExitStack() as stack:
            here = await stack.enter_async_context(dial(self.one.url))
            await here.join({})
            for _ in range(PEOPLE):
                await (await stack.enter_async_context(dial(self.other.url))).join({})
            await self.seconds_until(lambda: self.counts(1 + PEOPLE), 0.05)
            self.other.kill()
            took = await self.seconds_until(lambda: self.counts(1), 0.05)
        self.other.start()
        return took

    async def counts(self, people: int) -> bool:
        """Whether the first gateway counts so many."""
        return f"\nbeeplace_people {people}.0\n" in (await get(self.one.url, "/metrics"))[1].decode()

    async def action(self, number: int) -> float:
        """Until the other gateway shows it."""
        began, color = time.monotonic(), 1 + number % 15
        area = {"x1": 0, "y1": 0, "x2": 9, "y2": 9, "color": color}
        assert (await post(self.one.url, "/board/area", area, API_KEY))[0] == 200

        async def right() -> bool:
            return (await self.board(self.other))[:10] == bytes([color]) * 10

        await self.seconds_until(right)
        return time.monotonic() - began

    async def answer(self, number: int) -> float:
        """Until a placement is answered whose COMMIT is not."""
        async with dial(self.one.url) as phone:
            await phone.join({})
            self.link.lose_answer(b"COMMIT", arrives=True)
            began = time.monotonic()
            answer = await phone.place(number, 20, 3)
            took = time.monotonic() - began
            self.link.heal()
            assert answer["ok"], answer
        return took


async def measured(bench: Bench, times: int) -> Rows:
    """All of it."""
    redis, rows = bench.redis, Rows()
    spoilers: dict[str, Callable[[], None]] = {
        "FLUSHALL": lambda: redis.command("FLUSHALL"),
        "Redis restarted, empty": bench.restart,
        "another type in its key": lambda: (redis.command("DEL", BOARD), redis.command("LPUSH", BOARD, "x"))[0],
        "a seq from the future": lambda: redis.command("HSET", STATE, "seq", "999999999"),
        "wrong pixels": lambda: redis.command("SETRANGE", BOARD, 7, b"\x0e" * 50),
    }
    works: dict[str, tuple[str, Callable[[int], Awaitable[float]]]] = {
        f"bitfield right after: {name}": ("2 s", lambda _, spoil=spoil: bench.bitfield(spoil))  # type: ignore[misc]
        for name, spoil in spoilers.items()
    }
    works["people of a killed gateway gone"] = ("5 s", lambda _: bench.people())
    works["an organiser's action on the other gateway"] = ("1 s", bench.action)
    works["a COMMIT without an answer settled"] = ("5 s", bench.answer)
    for name, (wanted, work) in works.items():
        took = sorted([await work(number) for number in range(times)])
        rows.append([name, wanted, f"{took[len(took) // 2]:.2f}", f"{took[-1]:.2f}"])
    return rows


async def run(folder: Path, times: int) -> Rows:
    """Starts everything, and measures."""
    with PostgresServer() as database, RedisServer() as redis:
        async with Proxy(database.port) as link:
            url = database.url("board")
            urls = [database.address("board", port=link.port), url]
            shared = {**UNLIMITED, "BOARD_SIZE": 64, "REDIS_URL": redis.url()}
            made = [
                asyncio.to_thread(_gateway, folder / str(n), DATABASE_URL=url, **shared) for n, url in enumerate(urls)
            ]
            gateways = list(await asyncio.gather(*made))
            try:
                return await measured(Bench(redis, link, gateways), times)
            finally:
                for gateway in gateways:
                    gateway.kill()


def _gateway(folder: Path, **settings: object) -> ServerProcess:
    return ServerProcess(folder, **settings)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10)
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(run(Path(folder), parser.parse_args().times))
    print(table(["", "wanted", "median, s", "most, s"], rows))


if __name__ == "__main__":
    main()

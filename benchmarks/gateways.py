"""Two gateways on PostgreSQL and Redis: acknowledgements, frames from the other one, faults, restarts, a storm.

Method: a fresh PostgreSQL, a fresh Redis and two gateways on loopback, light clients of this one process, half of them
on each gateway; all share the machine's cores, so the figures are an upper bound.

* steady: 500 clients place 1,000 pixels a second for a minute. An acknowledgement is timed from the placement's bytes
  to the answer's; a frame from the placement on gateway 1 to the batch that covers its seq at a client of gateway 2.
* Redis killed with -9 at 200 placements a second: how many were not acknowledged in the ten seconds after.
* PostgreSQL restarted: from its readiness to the first placement that is acknowledged, each gateway asked every 20 ms.
* rolling: `--workers 2`, 1,000 clients that place every second, SIGHUP: for each client the longest time between two
  acknowledgements, less that second.
* storm: a gateway with 5,000 clients killed with -9, all of them at once to the other one, from where 100 clients
  place 50 pixels a second: when each has joined and has its seq. Refresh 500 ms: with 100, drawing 50,000 batches a
  second in this process is what would be measured.

    python -m benchmarks.gateways [--only steady,redis,postgres,rolling,storm] [--seconds 60]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import statistics
import tempfile
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.crowd import UNLIMITED, open_files, say, table
from benchmarks.phones import LightPhone
from benchmarks.storm import equal_boards
from tests.postgres import PostgresServer
from tests.redis import RedisServer
from tests.servers import ServerProcess

SIZE = 256
AGAIN_SECONDS = 0.05
Rows = list[list[object]]


class Placer(LightPhone):
    """Times its placements; the next that waits is the next that is answered."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(name, lambda _: None)
        self.port = port
        self.waiting: deque[float] = deque()
        self.took: list[float] = []
        self.codes: Counter[str] = Counter()
        self.accepted_at: list[float] = []
        self.glances = True  # at a batch's range alone: drawing for hundreds would be what is measured
        self.on_seq: Callable[[int, float], None] = lambda _seq, _sent: None

    def draw(self) -> None:
        """Places a pixel somewhere."""
        if self.joined and self.is_open:
            self.waiting.append(time.perf_counter())
            self.put(random.randrange(SIZE), random.randrange(SIZE), random.randrange(16))

    def heard(self, text: str) -> None:
        """Looks at the range of a batch, or takes all of it in."""
        if self.glances and text.startswith('42["u"'):
            self.canvas.seq = int(text[text.rindex(":") + 1 : -2])
        else:
            super().heard(text)

    def answered(self, answer: dict[str, Any]) -> None:
        """Times it."""
        sent, now = self.waiting.popleft(), time.perf_counter()
        self.codes["ok" if answer["ok"] else str(answer["code"])] += 1
        if answer["ok"]:
            self.took.append(now - sent)
            self.accepted_at.append(now)
            self.on_seq(int(answer["seq"]), sent)

    def ended(self) -> None:
        """What was not answered is not known."""
        self.codes["unknown"] += len(self.waiting)
        self.waiting.clear()
        super().ended()


class Watcher(LightPhone):
    """A client that only looks: how long after its placement does a seq come by?"""

    def __init__(self) -> None:
        super().__init__("watcher", lambda _: self._saw())
        self._sent: dict[int, float] = {}
        self.took: list[float] = []

    def expect(self, seq: int, sent: float) -> None:
        self._sent[seq] = sent
        self._saw()

    def _saw(self) -> None:
        now = time.perf_counter()
        for seq in [seq for seq in self._sent if seq <= self.seq]:
            self.took.append(now - self._sent.pop(seq))


async def stay(phone: LightPhone, ports: Sequence[int]) -> None:
    """Connects, again whenever the connection is lost, to the next port in turn."""
    turn = 0
    while True:
        try:
            await phone.connect(ports[turn % len(ports)])
            await phone.settled.wait()
            while phone.joined:
                phone.settled.clear()
                await phone.settled.wait()
        except OSError:
            pass
        turn += 1
        await asyncio.sleep(AGAIN_SECONDS)


async def entered(phones: Sequence[LightPhone]) -> None:
    while not all(phone.joined for phone in phones):  # noqa: ASYNC110  # they have no event in common
        await asyncio.sleep(0.05)


async def draw(phones: Sequence[Placer], rate: float, seconds: float) -> None:
    """Placements at an even pace, each phone in turn."""
    began, done = time.perf_counter(), 0
    while (now := time.perf_counter() - began) < seconds:
        while done < now * rate:
            phones[done % len(phones)].draw()
            done += 1
        await asyncio.sleep(0.001)
    await asyncio.sleep(2)


class TwoWorkers(ServerProcess):
    """Two gateways behind one port."""

    command = (*ServerProcess.command, "serve", "--workers", "2")


class Site:
    """The two gateways and what they stand on."""

    def __init__(self, folder: Path, refresh_ms: int = 100) -> None:
        self.folder = folder
        folder.chmod(0o755)  # PostgreSQL's user has to get through
        self.postgres, self.redis = PostgresServer(folder), RedisServer(folder)
        self.settings = UNLIMITED | {
            "BOARD_SIZE": SIZE, "BOARD_REFRESH_RATE": refresh_ms,
            "DATABASE_URL": self.postgres.url("bench"), "REDIS_URL": self.redis.url(),
        }  # fmt: skip
        self.gateways = [ServerProcess(folder / f"gateway{n}", **self.settings) for n in range(2)]
        self.ports = [gateway.port for gateway in self.gateways]
        self._tasks: list[asyncio.Task[None]] = []

    async def phones(self, count: int, ports: Sequence[int] | None = None, *, first: bool = False) -> list[Placer]:
        """So many placers, in turn on each port or all on the first, all joined."""
        at = ports or self.ports
        phones = [Placer(f"phone{random.getrandbits(64)}", at[0 if first else n % len(at)]) for n in range(count)]
        for phone in phones:
            begin = at.index(phone.port)
            self._tasks.append(asyncio.create_task(stay(phone, [*at[begin:], *at[:begin]])))
            await asyncio.sleep(0.002)
        await entered(phones)
        return phones

    def leave(self) -> None:
        for task in self._tasks:
            task.cancel()

    def end(self) -> None:
        for gateway in self.gateways:
            gateway.stop()
        self.redis.end()
        self.postgres.end()


def percentile(values: Sequence[float], share: float) -> float:
    return statistics.quantiles(values, n=1000)[round(share * 10) - 1]


def ms(values: Sequence[float], share: float) -> str:
    return f"{1000 * percentile(values, share):.0f} ms"


async def steady(site: Site, seconds: float) -> Rows:
    phones = await site.phones(500)
    watcher = Watcher()
    await watcher.connect(site.ports[1])
    await watcher.settled.wait()
    for phone in phones[::20]:
        if phone.port == site.ports[0]:
            phone.on_seq = watcher.expect
    await draw(phones, 1000, seconds)
    took = [t for phone in phones for t in phone.took]
    codes = sum((phone.codes for phone in phones), Counter[str]())
    return [
        [f"1,000 placements/s from 500 clients for {seconds:.0f} s: answers", dict(codes)],
        ["acknowledged p50, p99", f"{ms(took, 50)}, {ms(took, 99)}"],
        ["placed on gateway 1, frame from gateway 2, p50, p99", f"{ms(watcher.took, 50)}, {ms(watcher.took, 99)}"],
    ]


async def redis_killed(site: Site, _: float) -> Rows:
    phones = await site.phones(100)
    drawing = asyncio.create_task(draw(phones, 200, 12))
    await asyncio.sleep(2)
    await asyncio.to_thread(site.redis.kill)
    await drawing
    codes = sum((phone.codes for phone in phones), Counter[str]())
    took = [t for phone in phones for t in phone.took]
    await asyncio.to_thread(site.redis.start)
    return [["Redis killed at 200 placements/s: answers", dict(codes)], ["acknowledged p99", ms(took, 99)]]


async def postgres_restarted(site: Site, _: float) -> Rows:
    rows: Rows = []
    for mode in ("fast", "immediate"):
        phones = await site.phones(2)
        await asyncio.to_thread(site.postgres.stop, mode)
        await draw(phones, 100, 2)
        await asyncio.to_thread(site.postgres.start)
        ready = time.perf_counter()
        await draw(phones, 100, 8)
        back = [min(at for at in phone.accepted_at if at > ready) - ready for phone in phones]
        rows.append([f"PostgreSQL restarted ({mode}): placing back on both after", f"{max(back):.2f} s"])
    return rows


async def rolling(site: Site, _: float) -> Rows:
    """Not the two gateways: one command with two workers."""
    command = TwoWorkers(site.folder / "workers", **site.settings)
    phones = await site.phones(1000, [command.port])
    drawing = asyncio.create_task(draw(phones, 1000, 30))
    await asyncio.sleep(5)
    command.process.send_signal(signal.SIGHUP)
    await drawing
    gaps = [max(b - a for a, b in zip(p.accepted_at, p.accepted_at[1:], strict=False)) - 1 for p in phones]
    codes = sum((phone.codes for phone in phones), Counter[str]())
    await asyncio.to_thread(command.stop)
    return [
        ["rolling restart under 1,000 clients: placing interrupted p50, p99, worst",
         f"{percentile(gaps, 50):.1f} s, {percentile(gaps, 99):.1f} s, {max(gaps):.1f} s"],
        ["answers meanwhile", dict(codes)],
    ]  # fmt: skip


async def storm(site: Site, _: float) -> Rows:
    staying = await site.phones(100, site.ports[1:])
    leaving = await site.phones(5000, site.ports, first=True)
    for phone in leaving:
        phone.glances = False
    drawing = asyncio.create_task(draw(staying, 50, 25))
    await asyncio.sleep(3)
    goal, began = max(phone.seq for phone in staying), time.perf_counter()
    site.gateways[0].process.kill()
    await asyncio.sleep(0.2)
    while not all(phone.joined and phone.seq >= goal for phone in leaving):  # noqa: ASYNC110  # the same
        await asyncio.sleep(0.02)
    took = time.perf_counter() - began
    await drawing
    equal = await equal_boards(site.gateways[1], list(leaving))
    return [["gateway 1 killed -9 under 5,000 clients: all on gateway 2 and at its seq after", f"{took:.1f} s"],
            ["boards equal to the server's in the end", equal]]  # fmt: skip


PARTS: dict[str, Callable[[Site, float], Awaitable[Rows]]] = {
    "steady": steady, "redis": redis_killed, "postgres": postgres_restarted, "rolling": rolling, "storm": storm,
}  # fmt: skip


async def measured(names: Sequence[str], seconds: float) -> Rows:
    rows: Rows = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            site = Site(Path(folder), 500 if name == "storm" else 100)
            try:
                rows += await PARTS[name](site, seconds)
            finally:
                site.leave()
                site.end()
        say(f"{name}: {rows}")
    return rows


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    open_files()
    say(table(["what", "measured"], uvloop.run(measured(given.only.split(","), given.seconds))))


if __name__ == "__main__":
    main()

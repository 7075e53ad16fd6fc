"""The crash rig: a real server under load that is killed at random moments, and started again."""

from __future__ import annotations

import asyncio
import math
import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.clients.http import LOST
from tests.crash.checker import Stored, read, violations
from tests.crash.history import History, Picture, Screen, clock_difference_ms
from tests.crash.people import Person, World
from tests.preloaded import Fork
from tests.servers import ServerProcess

SIDE = 128
MAX_PIXELS, COOLDOWN_SECONDS = 3, 2
SCREENS = 4
SETTLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard a run tries. All randomness of people and kills comes from the seed."""

    kills: int = 100
    per_second: int = 200
    people: int = 220
    cheats: int = 10  # of them have three connections and use them at the same moment
    longest_life_seconds: float = 2.5
    seed: int = field(default_factory=lambda: random.SystemRandom().randrange(2**32))


@dataclass(slots=True)
class Totals:
    """What a run has to show."""

    seed: int
    kills: int = 0
    seconds_under_load: float = 0
    killed_while_starting: int = 0
    stopped: int = 0
    wishes: int = 0
    wishes_per_second: float = 0
    confirmed: int = 0
    refused: int = 0
    unknown_settled: int = 0
    unknown_that_had_happened: int = 0
    never_asked_again: int = 0
    still_open: int = 0
    rejoined_by_delta: int = 0
    pictures: int = 0
    log_rows: int = 0
    lost: int = 0
    doubled: int = 0
    over_allowance: int = 0
    violations: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Rig:
    """One run in one folder. `run` gives the totals, whatever happened."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan, self.folder = plan, folder
        self.random = random.Random(plan.seed)
        self.history = History(MAX_PIXELS, COOLDOWN_SECONDS * 1000, SIDE, SIDE)
        self.totals = Totals(plan.seed)
        self.kill_at, self.count = "later", 0
        self.server_died = asyncio.Event()
        self.people: list[Person] = []

    @property
    def database(self) -> Path:
        return self.folder / "data" / "beeplace.db"

    async def run(self) -> Totals:
        # The first start is waited for like all others; nobody is there yet.
        self.server = await asyncio.to_thread(
            ServerProcess, self.folder, BOARD_SIZE=SIDE, MAX_PIXELS=MAX_PIXELS, COOLDOWN=COOLDOWN_SECONDS,
            HANDSHAKES_PER_SECOND=10_000, SOCKET_EVENTS_PER_SECOND=1_000, LOG_LEVEL="warning",
        )  # fmt: skip
        try:
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
                await self.with_people(http)
        finally:
            if self.server.process.poll() is None:
                self.server.kill()
        return self.totals

    async def with_people(self, http: aiohttp.ClientSession) -> None:
        sockets = self.plan.people + 2 * self.plan.cheats
        pause = sockets / self.plan.per_second
        self.world = World(self.history, http, self.random, pause, self.asked, self.heard)
        self.people = [
            Person(
                number, self.world, 3 if number < self.plan.cheats else 1,
                Screen(f"screen {number}", self.history) if number < SCREENS else None,
            )
            for number in range(self.plan.people)
        ]  # fmt: skip
        tasks = [asyncio.create_task(person.live()) for person in self.people]
        try:
            await self.opened()
            while self.totals.kills < self.plan.kills - 1 and not self.totals.violations:
                await self.one_life()
            await self.settle()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # One life of the server

    async def one_life(self) -> None:
        """From a start to the next: some time under load, an end, a look at the file, a start."""
        began = time.monotonic()
        how = self.random.choice(["later", "stop"] + 9 * ["later", "ask", "answer"])
        self.count = self.random.randrange(1, int(self.plan.per_second * self.plan.longest_life_seconds))
        self.kill_at = how
        with suppress(TimeoutError):
            async with asyncio.timeout(self.random.uniform(0.05, 1) * self.plan.longest_life_seconds):
                await self.server_died.wait()
        self.kill_at = "later"
        self.world.urls = []
        self.totals.seconds_under_load += time.monotonic() - began
        if how == "stop":
            await asyncio.to_thread(self.server.stop)
            self.totals.stopped += 1
        else:
            self.server.kill()
            self.totals.kills += 1
        self.check()
        await self.start()

    def asked(self) -> None:
        """A placement is on its way: it may be killed within the few milliseconds that a commit takes."""
        if self.counted_down("ask"):
            asyncio.get_running_loop().call_later(self.random.uniform(0, 0.012), self.kill, self.server.process)

    def heard(self) -> None:
        """An answer has arrived: what it says must be true however soon the end comes."""
        if self.counted_down("answer"):
            self.kill(self.server.process)

    def counted_down(self, what: str) -> bool:
        if self.kill_at != what:
            return False
        self.count -= 1
        return self.count == 0

    def kill(self, process: subprocess.Popen[bytes] | Fork) -> None:
        """Ends this very process: by the time a late call comes, the next one may have been started."""
        if process is self.server.process:
            process.kill()
            self.server_died.set()

    async def start(self) -> None:
        """Starts the server; now and then kills it while it starts, and starts it again."""
        while self.random.random() < 0.05:
            starting = asyncio.create_task(asyncio.to_thread(self.server.start))
            await asyncio.sleep(self.random.uniform(0.05, 0.6))
            self.server.process.kill()
            with suppress(AssertionError):
                await starting
            self.server.kill()
            self.totals.killed_while_starting += 1
        await asyncio.to_thread(self.server.start)
        await self.opened()

    async def opened(self) -> None:
        """The board as the server has just loaded it is a picture too; then the people may come."""
        self.server_died.clear()
        self.history.differences_ms.append(clock_difference_ms())
        await self.look("the start")
        self.world.urls = [self.server.url]
        self.world.changed.set()

    async def look(self, who: str) -> None:
        with suppress(*LOST):
            async with self.world.http.get(f"{self.server.url}/api/board") as response:
                epoch, seq = response.headers["ETag"].strip('"').split(":")
                self.history.pictures.append(Picture(who, epoch, int(seq), await response.read()))

    # The end

    async def settle(self) -> None:
        """No new wishes; every open one is answered, every screen catches up; then the last look."""
        self.world.ending = True
        await self.until(lambda: not any(person.open or person.asking for person in self.people))
        await self.last_pixel()
        await self.until(self.screens_are_equal)
        await self.look("the end")
        for person in self.people:
            if person.canvas:
                person.canvas.picture()
        if not self.screens_are_equal():
            self.totals.violations.append(f"diverged: {[p.canvas.seq for p in self.people if p.canvas]}")
        await asyncio.to_thread(self.server.stop)
        await asyncio.to_thread(self.server.start)  # what a clean end has stored is what comes back
        await self.look("the start after the end")
        await asyncio.to_thread(self.server.stop)
        self.sum_up(self.check())

    async def until(self, quiet: Callable[[], bool]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(0 if self.totals.violations else SETTLE_SECONDS):
                while not quiet():
                    self.world.stirred.clear()
                    await self.world.stirred.wait()

    async def last_pixel(self) -> None:
        """One more kill, and a single pixel before a clean end: what the log's tail brought back must be kept too."""
        self.world.urls = []
        self.server.kill()
        self.totals.kills += 1
        await self.start()
        last = self.people[-1]
        await self.until(lambda: last.sockets[0] is not None and last.sockets[0].is_open)
        if socket := last.sockets[0]:
            last.wish(socket)
        await self.until(lambda: not last.open)

    def screens_are_equal(self) -> bool:
        newest = max((wish.answers[0]["seq"] for wish in self.history.wishes if wish.confirmed), default=0)
        canvases = [person.canvas for person in self.people if person.canvas]
        return all(canvas.seq >= newest for canvas in canvases) and len({bytes(c.pixels) for c in canvases}) == 1

    def check(self) -> Stored:
        """Judges the file that a dead server left; what was found right need not be looked at again."""
        stored = read(self.database)
        found = violations(stored, self.history)
        self.totals.violations += [violation for violation in found if violation not in self.totals.violations]
        self.totals.log_rows = len(stored.rows)
        self.totals.pictures += len(self.history.pictures)
        self.history.pictures.clear()
        self.history.batches.clear()
        return stored

    def sum_up(self, stored: Stored) -> None:
        totals, wishes = self.totals, self.history.wishes
        totals.wishes = len(wishes)
        totals.confirmed = sum(wish.confirmed for wish in wishes)
        totals.refused = sum(wish.settled and not wish.confirmed for wish in wishes)
        retried = [wish for wish in wishes if wish.attempts > 1 and len(wish.answers) == 1]
        totals.unknown_settled = len(retried)
        happened = {row.pixel: row.at_ms for row in stored.rows}
        totals.unknown_that_had_happened = sum(happened.get(w.pixel, math.inf) < w.asked_ms for w in retried)
        totals.never_asked_again = sum(wish.abandoned for wish in wishes)
        totals.seconds_under_load = round(totals.seconds_under_load, 1)
        totals.wishes_per_second = round(len(wishes) / max(0.1, totals.seconds_under_load), 1)
        totals.still_open = sum(not wish.settled and not wish.abandoned for wish in wishes)
        totals.rejoined_by_delta = self.history.rejoined
        if totals.still_open:
            totals.violations.append(f"open: {totals.still_open} wishes were never answered")
        kinds = Counter(violation.split(":")[0] for violation in totals.violations)
        totals.lost, totals.doubled, totals.over_allowance = kinds["lost"], kinds["doubled"], kinds["allowance"]

"""One chaos run: servers, people who place and watch, a nemesis, and in the end a checker that believes nobody."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import redis

from tests.chaos import log_postgres
from tests.chaos.browsers import unequal, watching
from tests.chaos.faults import gateway as faults_gateway
from tests.chaos.faults import organiser as faults_organiser
from tests.chaos.faults import postgres as faults_postgres
from tests.chaos.faults import redis as faults_redis
from tests.chaos.faults.nemesis import ACTIVE, Fault, Nemesis, crash_points, schedule
from tests.chaos.health import unwell
from tests.chaos.site import COOLDOWN_SECONDS, ENDS_WELL, MAX_PIXELS, SIDE, Gateway, Shape, Site
from tests.chaos.totals import Totals
from tests.clients.http import LOST
from tests.crash.checker import Stored, read, violations
from tests.crash.history import History, Picture, Screen, clock_difference_ms
from tests.crash.people import Person, World

LOOK_SECONDS = 1.0
ENOUGH_SECONDS = 60.0
WRONG_IN_LOGS = ("Traceback", "never retrieved", "never awaited", "slow callback")


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard a run tries. Everything random of people and faults comes from the seed."""

    seconds: float = 60.0  # under load; longer, where there are not yet so many:
    confirmed: int = 0
    kills: int = 0
    per_second: int = 180
    people: int = 150
    cheats: int = 20  # of them have three connections, to different gateways, and use them at the same moment
    screens: int = 12
    browsers: int = 0  # real ones, that watch; the first over a proxy
    crashes: tuple[str, ...] = ACTIVE  # the points at which gateways end
    most_passes: int = 300  # of a point, before they do
    faults: frozenset[str] | None = None  # names; None: all that the store allows
    patience_seconds: float = 60.0  # for what must come right in the end
    shape: Shape = field(default_factory=Shape)
    seed: int = field(default_factory=lambda: random.SystemRandom().randrange(2**32))


class Rig:
    """One run in one folder. `run` gives the totals, whatever happened."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan, self.folder = plan, folder
        self.random = random.Random(plan.seed)
        self.history = History(MAX_PIXELS, COOLDOWN_SECONDS * 1000, SIDE, SIDE)
        self.totals = Totals(plan.seed, plan.shape.store)
        self.people: list[Person] = []

    async def run(self) -> Totals:
        self.folder.mkdir(parents=True, exist_ok=True)
        shape = replace(self.plan.shape, next_crash=self.crashes)
        connector = aiohttp.TCPConnector(limit=0)
        with (self.folder / "history.jsonl").open("w") as self.history.file:
            async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as self.http:
                self.world = self._world()
                site = Site(shape, self.folder, random.Random(f"links {self.plan.seed}"), self.moved)
                async with site as self.site:
                    self.moved()
                    async with watching(self.addresses()) as self.pages:
                        await self.with_people()
        return self.totals

    def addresses(self) -> list[str]:
        """Where the browsers go."""
        gateways = self.site.gateways
        return [[gateways[0].proxied_url, gateways[-1].url][number % 2] for number in range(self.plan.browsers)]

    def _world(self) -> World:
        sockets = self.plan.people + 2 * self.plan.cheats
        world = World(self.history, self.http, self.random, sockets / self.plan.per_second, _nothing, _nothing)
        world.doubling = self.totals.doubled_requests = self.plan.shape.store != "sqlite" and self.random.random() < 0.5
        return world

    def _person(self, number: int) -> Person:
        watches = number % 10 == 0 and number < 10 * self.plan.screens
        canvas = Screen(f"screen {number}", self.history) if watches else None
        return Person(number, self.world, 3 if number < self.plan.cheats else 1, canvas)

    def moved(self) -> None:
        """A gateway came or went."""
        self.history.differences_ms.append(clock_difference_ms())
        self.world.urls = self.site.urls() if hasattr(self, "site") else []
        if self.world.urls:
            self.world.changed.set()

    async def with_people(self) -> None:
        self.people = [self._person(number) for number in range(self.plan.people)]
        tasks = [asyncio.create_task(person.live()) for person in self.people]
        tasks.append(asyncio.create_task(self.looking()))
        try:
            await self.under_load()
            await self.settle()
            await self.judge()
            for task in tasks:
                if task.done():
                    task.result()  # one that ended by itself has failed, and a run without it proves less
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def under_load(self) -> None:
        began = time.monotonic()
        nemesis = self._nemesis()
        working = asyncio.create_task(nemesis.run())
        await asyncio.wait([working], timeout=self.plan.seconds)
        await self.until(self.has_enough, ENOUGH_SECONDS)
        nemesis.is_over = True
        await working
        for gateway in self.site.gateways:
            gateway.next_crash = str
        self.totals.seconds_under_load = round(time.monotonic() - began, 1)
        self.totals.count_faults(self.site, nemesis.done, self.history)

    def has_enough(self) -> bool:
        """Whether there is something to judge."""
        kills = sum(gateway.ends[-9] for gateway in self.site.gateways)
        return kills >= self.plan.kills and sum(wish.confirmed for wish in self.history.wishes) >= self.plan.confirmed

    def _nemesis(self) -> Nemesis:
        faults: dict[str, Fault] = {**faults_gateway.FAULTS, **faults_organiser.FAULTS}
        weights = faults_gateway.WEIGHTS | faults_organiser.WEIGHTS
        if self.site.postgres:
            faults |= faults_redis.FAULTS | faults_postgres.FAULTS
            weights |= faults_redis.WEIGHTS | faults_postgres.WEIGHTS
        wanted = {
            name: weight for name, weight in weights.items() if self.plan.faults is None or name in self.plan.faults
        }
        return Nemesis(self.site, faults, schedule(self.plan.seed, wanted, len(self.site.gateways)))

    def crashes(self, index: int) -> Callable[[], str]:
        """What draws the ends of that gateway's lives."""
        randomness = random.Random(f"crashes {index} {self.plan.seed}")
        return crash_points(randomness, self.plan.crashes, self.plan.most_passes)

    async def looking(self) -> None:
        """All the time: what gateways show as the whole board."""
        while True:
            await asyncio.sleep(self.random.uniform(0, 2 * LOOK_SECONDS))
            if up := [gateway for gateway in self.site.gateways if gateway.is_listening]:
                await self.look(self.random.choice(up))
            for person in self.people:
                if person.canvas and self.random.random() < 0.1:
                    person.canvas.picture()

    async def look(self, gateway: Gateway) -> Picture | None:
        with suppress(*LOST, KeyError):
            async with self.http.get(f"{gateway.url}/api/board", timeout=aiohttp.ClientTimeout(5)) as response:
                epoch, seq = response.headers["ETag"].strip('"').split(":")
                picture = Picture(f"gateway {gateway.port}", epoch, int(seq), await response.read())
                self.history.pictures.append(picture)
                return picture
        return None

    # The end

    async def settle(self) -> None:
        """Everything works again, every wish is answered, and everything that shows the board shows the same."""
        self.world.ending = True
        self.site.heal()
        try:
            async with asyncio.timeout(self.plan.patience_seconds):
                await self.restart_all()  # lives that began under a sentence would still end by it
        except TimeoutError:
            down = [gateway.state() for gateway in self.site.gateways if not gateway.is_listening]
            self.totals.violations.append(f"down: nothing is wrong any more, and these do not come back: {down}")
        await self.until(lambda: not any(person.open or person.asking for person in self.people))
        if not await self.until(self.screens_are_equal):
            self.totals.violations.append(f"diverged: screens at {[p.canvas.seq for p in self.people if p.canvas]}")
        for person in self.people:
            if person.canvas:
                person.canvas.picture()
        await self.look_at_all("the end")
        self.totals.violations += await unequal(self.pages, self.first_board, SIDE, self.plan.patience_seconds)
        if not self.totals.violations:
            self.totals.violations += await unwell(self.http, self.site.gateways, self.plan.patience_seconds)

    async def first_board(self) -> bytes:
        """What a gateway shows, or nothing."""
        picture = await self.look(self.site.gateways[0])
        return picture.pixels if picture else b""

    async def restart_all(self) -> None:
        await self.site.all_listen()
        for gateway in self.site.gateways:
            if gateway.crash_at:
                ends = gateway.ends.total()
                gateway.send(9)
                await gateway.is_back(ends)

    async def until(self, quiet: Callable[[], bool], seconds: float | None = None) -> bool:
        try:
            async with asyncio.timeout(seconds or self.plan.patience_seconds):
                while not quiet():
                    self.world.stirred.clear()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(0.1):
                            await self.world.stirred.wait()
        except TimeoutError:
            return False
        return True

    def screens_are_equal(self) -> bool:
        newest = max((wish.answers[0]["seq"] for wish in self.history.wishes if wish.confirmed), default=0)
        canvases = [person.canvas for person in self.people if person.canvas]
        return all(canvas.seq >= newest for canvas in canvases) and len({bytes(c.pixels) for c in canvases}) == 1

    async def look_at_all(self, when: str) -> None:
        """Every gateway and the bitfield are the same board within seconds; where they are not, that is a violation."""
        problem = "nothing was seen"
        deadline = time.monotonic() + self.plan.patience_seconds
        while problem and time.monotonic() < deadline:
            pictures = [await self.look(gateway) for gateway in self.site.gateways]
            pictures += [await self.bitfield()] if self.site.redis else []
            problem = _difference(pictures)
            await asyncio.sleep(0.1 if problem else 0)
        if problem:
            self.totals.violations.append(f"diverged: {when}: {problem}")

    async def bitfield(self) -> Picture | None:
        assert self.site.redis
        command = self.site.redis.command
        try:
            pixels = await asyncio.to_thread(command, "GET", faults_redis.BOARD)
            epoch, seq = await asyncio.to_thread(command, "HMGET", faults_redis.STATE, "epoch", "seq")
            return Picture("bitfield", epoch.decode(), int(seq), pixels) if pixels and epoch else None
        except (redis.ResponseError, TypeError, ValueError):
            return None  # what was spoilt last is not repaired yet

    async def judge(self) -> None:
        """What the log says of all that people were told and saw, and what comes back after a clean end."""
        if not self.totals.violations:
            await self.start_again()
        stored = await self.stored()
        self.history.actions = self.site.actions
        self.totals.violations += violations(stored, self.history) + self.unreplicated()
        self.totals.violations += self.from_logs()
        self.totals.pictures = len(self.history.pictures)
        self.totals.count_wishes(self.history, stored.rows)
        if self.totals.still_open:
            self.totals.violations.append(f"open: {self.totals.still_open} wishes were never answered")
        self.totals.count_violations()

    def unreplicated(self) -> list[str]:
        """What was confirmed while the standby that commits wait for was gone."""
        told = [wish.told_ns for wish in self.history.wishes if wish.confirmed]
        count = sum(begin_ns <= at <= end_ns for at in told for begin_ns, end_ns in self.site.unreplicated)
        return [f"unreplicated: {count} were confirmed while the standby was gone"] if count else []

    async def start_again(self) -> None:
        ends = [gateway.ends.total() for gateway in self.site.gateways]
        for gateway in self.site.gateways:
            gateway.send(15)
        with suppress(TimeoutError):
            async with asyncio.timeout(self.plan.patience_seconds):
                for gateway, before in zip(self.site.gateways, ends, strict=True):
                    await gateway.is_back(before)
        await self.look_at_all("the start after the end")

    async def stored(self) -> Stored:
        if self.site.postgres:
            return await log_postgres.read(self.site.postgres.address(self.site.database_name))
        return await asyncio.to_thread(read, self.site.database)

    def from_logs(self) -> list[str]:
        found = []
        for gateway in self.site.gateways:
            text = gateway.server.log.read_text(errors="replace")
            found += [f"log: {wrong} in the log of {gateway.port}" for wrong in WRONG_IN_LOGS if wrong in text]
            found += [f"end: {gateway.port} ended with {code}" for code in gateway.ends if code not in ENDS_WELL]
        return found


def _nothing() -> None:
    pass


def _difference(pictures: list[Picture | None]) -> str:
    """Why these are not one board; empty where they are. The bitfield has no term beside its epoch."""
    if not all(pictures):
        return "somebody shows no board"
    seen = [picture for picture in pictures if picture]
    if len({(picture.epoch.partition("-")[0], picture.seq, bytes(picture.pixels)) for picture in seen}) == 1:
        return ""
    return ", ".join(f"{picture.who} {picture.epoch}:{picture.seq}" for picture in seen)

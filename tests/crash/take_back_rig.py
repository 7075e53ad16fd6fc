"""Organisers act under load while their gateway is killed at each step of an action; and what must be true afterwards.

People place all the time. In each round one gateway is started so that it dies at one step of the next action, which
is then asked for, and asked for again under the same key once the gateway is back. In the end the log is judged by
`take_back_judge.py`: each action happened once and whole, and the board is what they come to, pixel by pixel.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import aiohttp

from beeplace.people.identities import pseudonym
from tests import postgres, redis
from tests.clients.http import LOST, get
from tests.clients.session import Session
from tests.crash.take_back_judge import PLACEMENT, Acted, Judge, Row, read_file, read_server
from tests.servers import API_KEY, ServerProcess
from tests.waiting import patiently, until

SIDE = 48
KINDS = ("rewind", "undo", "ban", "zone", "fill")
STEPS = (
    "acting", "action-locked", "action-written", "action-committed", "action-applied", "action-sending", "action-sent",
)  # fmt: skip
SHARED = ("action-committing", "action-announced")  # where there is a database server and a bus
WARM_UP = 100  # placements that are confirmed between two actions, at least


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard a run tries; all that is random but for the people comes from the seed."""

    rounds: int = 60
    per_second: int = 300
    people: int = 30
    shared: bool = False  # two gateways on PostgreSQL and Redis; else one on SQLite
    seed: int = field(default_factory=lambda: random.SystemRandom().randrange(2**32))


@dataclass(slots=True)
class Totals:
    """What a run has to show; the names are those of the other rigs."""

    seed: int
    store: str
    gateway_kills: int = 0
    seconds_under_load: float = 0.0
    crash_points: dict[str, int] = field(default_factory=dict)
    confirmed: int = 0
    actions: int = 0
    actions_settled: int = 0  # that had happened though nobody was told
    pixels_taken_back: int = 0
    log_rows: int = 0
    lost: int = 0
    doubled: int = 0
    over_allowance: int = 0  # there is none here; the page counts it
    violations: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class TakeBackRig:
    """One run in one folder."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan, self.random = plan, random.Random(plan.seed)
        self.totals = Totals(plan.seed, "postgresql, actions" if plan.shared else "sqlite, actions")
        settings: dict[str, object] = {
            "BOARD_SIZE": SIDE, "COOLDOWN": 0, "SOCKET_EVENTS_PER_SECOND": 10_000, "HANDSHAKES_PER_SECOND": 10_000,
            "LOG_LEVEL": "warning",
        }  # fmt: skip
        if plan.shared:
            settings |= {"DATABASE_URL": postgres.shared().url(), "REDIS_URL": redis.shared_url()}
        self.address = str(settings.get("DATABASE_URL", folder / "0" / "data" / "beeplace.db"))
        self.gateways = [ServerProcess(folder / str(number), **settings) for number in range(1 + plan.shared)]
        self.confirmed: dict[int, tuple[int, int, int]] = {}  # by seq: x, y and colour
        self.acted: list[Acted] = []
        self.ending = asyncio.Event()

    async def run(self) -> Totals:
        """The totals, whatever happened."""
        began, crashes = time.monotonic(), Counter[str]()
        people = [asyncio.create_task(self.draw(number)) for number in range(self.plan.people)]
        try:
            for kind, step in islice(self.rounds(), self.plan.rounds):
                crashes[step] += await self.one(kind, step)
            self.totals.seconds_under_load = round(time.monotonic() - began, 1)
            self.ending.set()
            await asyncio.gather(*people)
            await self.judge()
        finally:
            for task in people:
                task.cancel()
            for gateway in self.gateways:
                gateway.kill()
        self.totals.crash_points = {step.removeprefix("action-"): count for step, count in crashes.items() if count}
        self.totals.gateway_kills = crashes.total() + self.plan.rounds  # each round also begins with one
        return self.totals

    def rounds(self) -> Iterator[tuple[str, str]]:
        """Each kind of action at each step, as often as there are rounds for it, in any order."""
        steps = STEPS + SHARED if self.plan.shared else STEPS
        every = [(kind, step) for kind in KINDS for step in steps]
        while True:
            yield from self.random.sample(every, len(every))

    async def draw(self, number: int) -> None:
        """One person after the other, who places until the socket is lost or the person is kept out."""
        chance, pause = random.Random(number), self.plan.people / self.plan.per_second
        while not self.ending.is_set():
            session = Session(self.gateways[number % len(self.gateways)].url)
            session.follow(lambda *_: None)
            with suppress(*LOST):
                await session.open()
                await session.call("join", {"board": "none"})
                while not self.ending.is_set():
                    x, y, color = chance.randrange(SIDE), chance.randrange(SIDE), chance.randrange(1, 16)
                    answer = await session.call("pixelFromPlayer", {"x": x, "y": y, "color": color})
                    if answer["ok"]:
                        self.confirmed[answer["seq"]] = (x, y, color)
                    elif answer["code"] == "banned":
                        break
                    await asyncio.sleep(pause)  # the load's pace: all people together place `per_second`
            session.cut()
            await asyncio.sleep(pause)  # or a gateway that is down would be dialled without end

    async def one(self, kind: str, step: str) -> bool:
        """One action at a gateway that dies at a step of it; whether it did."""
        gateway = self.random.choice(self.gateways)
        gateway.kill()
        gateway.set(CRASH_AT=f"{step}:1")
        await asyncio.to_thread(gateway.start)
        enough = len(self.confirmed) + WARM_UP
        await until(lambda: len(self.confirmed) >= enough)
        path, body = await self.wish(kind)
        key, crashed = os.urandom(8).hex(), False
        try:
            answer = await self.ask(gateway, path, body, key)
        except LOST:
            crashed = True
        with suppress(TimeoutError):  # what is sent to others follows the answer within a refresh
            async with asyncio.timeout(0 if crashed else 2):
                await asyncio.to_thread(gateway.process.wait)
        crashed = crashed or gateway.process.poll() is not None
        gateway.kill()
        gateway.set(CRASH_AT="")
        await asyncio.to_thread(gateway.start)
        seqs = {row.seq for row in await self.rows()} if crashed else set()
        answer = await patiently(lambda: self.ask(self.random.choice(self.gateways), path, body, key), Unavailable)
        self.totals.actions_settled += answer["seq"] in seqs
        self.acted.append(Acted(path, body, answer))
        return crashed

    async def ask(self, gateway: ServerProcess, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        headers = {"apiKey": API_KEY, "Idempotency-Key": key}
        async with aiohttp.ClientSession(gateway.url) as http, http.post(path, json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            if response.status in (503, 504):
                raise Unavailable(answer)
            assert response.status == 200, (answer, gateway.log.read_text()[-3000:])
            return answer

    async def wish(self, kind: str) -> tuple[str, dict[str, Any]]:
        """The route and the body of an action that fits what was drawn and done."""
        chance, rows = self.random, await self.rows()
        seq = rows[-1].seq
        x, y = chance.randrange(SIDE - 16), chance.randrange(SIDE - 16)
        area = {"x": x, "y": y, "width": 16, "height": 16}
        banned = {name for one in self.acted for name in one.body.get("people", ())}
        people = {pseudonym(row.identity[:4]) for row in rows[-200:] if row.kind == PLACEMENT} - banned
        person = chance.choice(sorted(people))
        undone = {acted.target for acted in self.acted}
        enforced = {one.answer["seq"] for one in self.acted if one.body.get("kind") in ("ban", "zone")}
        again = [seq for one in self.acted if one.target not in enforced for seq in one.seqs]
        targets = sorted({*again} - undone)[-6:]
        if kind == "undo" and targets:
            return f"/api/actions/{chance.choice(targets)}/undo", {"reason": "because"}
        bodies: dict[str, dict[str, Any]] = {
            "ban": {"people": [person], "rewind": {"to": seq}},
            "zone": {"area": {**area, "width": 5, "height": 5}},
            "fill": {"area": area, "color": chance.randrange(16)},
        }
        selection = chance.choice(
            [{"area": area, "from": max(0, seq - 500), "to": seq}, {"people": [person], "to": seq}]
        )
        fields = bodies.get(kind, {"selection": selection})
        return "/api/actions", {"kind": kind if kind in bodies else "rewind", "reason": "because", **fields}

    async def rows(self) -> list[Row]:
        return await (read_server if self.plan.shared else read_file)(self.address)

    async def judge(self) -> None:
        """Everyone is gone; the boards of all gateways and the log are compared with what was confirmed."""
        rows = await self.rows()
        judge = Judge(SIDE, self.confirmed, self.acted)
        expected = judge.board(rows)
        for gateway in self.gateways:
            shown = (await get(gateway.url, "/api/board"))[1]
            if shown != expected:
                wrong = sum(a != b for a, b in zip(shown, expected, strict=True))
                judge.violations.append(f"diverged: {wrong} pixels of {gateway.url}")
        totals = self.totals
        totals.confirmed, totals.actions, totals.log_rows = len(self.confirmed), len(self.acted), len(rows)
        totals.pixels_taken_back = sum(one.answer["changed"] for one in self.acted)
        totals.violations = judge.violations
        kinds = Counter(violation.split(":")[0] for violation in judge.violations)
        totals.lost, totals.doubled = kinds["lost"], kinds["doubled"]


class Unavailable(Exception):
    """Not now; ask again with the same key."""

"""The fuzzing rig: batches of frames and requests against a real server, with everything checked after each.

A batch is drawn from the run's seed, its kind and its number alone: any of them can be sent again by itself.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass, field
from random import SystemRandom
from typing import Any

from tests.clients.frames import masked
from tests.fuzz.chance import Chance
from tests.fuzz.grammar import Grammar
from tests.fuzz.requests import Requests
from tests.fuzz.shots import PONG, Volley, frames_after, shoot
from tests.fuzz.target import Target
from tests.servers import API_KEY

AT_ONCE = 128
REQUEST_SECONDS = 0.5  # what is unfinished then is waited for by the server, rightly
MAX_GROWTH = 1.10
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_SID = re.compile(rb'"sid":"([A-Za-z0-9_-]{20})"')
_OPEN_POLLING = b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is sent: frames of each of the two kinds, and requests."""

    frames: int = 1_000_000
    requests: int = 100_000
    minutes: float = 0  # 0: as long as it takes
    first_batch: int = 0  # earlier ones were sent by another run
    frames_per_batch: int = 20_000
    requests_per_batch: int = 2_000
    warm_up_seconds: float = 90  # the displays' trail keeps the entries of a minute
    seed: int = field(default_factory=lambda: SystemRandom().randrange(2**32))


@dataclass(slots=True)
class Totals:
    """What a run has to show."""

    seed: int
    sent: Counter[str] = field(default_factory=Counter)  # by kind; of frames, those that the server took
    seconds: float = 0
    connections: int = 0
    ends: Counter[str] = field(default_factory=Counter)  # close codes and statuses
    unfinished_requests: int = 0
    memory_kb: list[int] = field(default_factory=list)  # after the warm-up, and after each batch
    descriptors: list[int] = field(default_factory=list)
    batches: dict[str, int] = field(default_factory=dict)  # the next of each kind

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return asdict(self) | {"sent": dict(self.sent), "ends": dict(self.ends.most_common())}


class Rig:
    """Sends what the plan says. `run` raises AssertionError or TimeoutError where a promise is broken."""

    def __init__(self, plan: Plan, target: Target, tell: Callable[[str], None] = lambda _: None) -> None:
        self._plan, self._target, self._tell = plan, target, tell
        self.totals = Totals(plan.seed)
        self._begin = time.monotonic()

    async def run(self) -> Totals:
        """All kinds in turns, until each has had its number or the time is up."""
        plan, target = self._plan, self._target
        await self._warm_up()
        descriptors, clients = target.descriptors(), await target.clients()
        kinds = {"grammar": plan.frames, "bytes": plan.frames, "requests": plan.requests}
        self.totals.batches = dict.fromkeys(kinds, plan.first_batch)
        while open_kinds := [kind for kind, most in kinds.items() if self.totals.sent[kind] < most]:
            for kind in open_kinds:
                await self._batch(kind, kinds[kind] - self.totals.sent[kind])
                if self._time_is_up():
                    break
            if self._time_is_up():
                break
        await target.settled(descriptors, clients)
        await target.check()
        self._note()
        self._check_memory()
        return self.totals

    def _check_memory(self) -> None:
        """Flat after the first quarter, in which SQLite's cache and the delayed board grow to their limits."""
        seen = self.totals.memory_kb
        first, last = seen[len(seen) // 4], seen[-1]
        assert last <= first * MAX_GROWTH, f"memory grew from {first} to {last} kB"

    def _time_is_up(self) -> bool:
        self.totals.seconds = time.monotonic() - self._begin
        return bool(self._plan.minutes) and self.totals.seconds > self._plan.minutes * 60

    async def _warm_up(self) -> None:
        """Everything, so that what is made on first use or kept for a while does not count as growth."""
        plan = self._plan
        await self._target.load_all()
        number = 0
        while not number or time.monotonic() - self._begin < plan.warm_up_seconds:
            number -= 1
            for kind in ("grammar", "bytes"):
                await self._fire(kind, number, plan.frames_per_batch)
            await self._fire("requests", number, plan.requests_per_batch)
        await self._target.settled(10**6, 1)
        await self._target.check()
        self.totals = Totals(plan.seed)
        self._begin = time.monotonic()
        self._note()

    async def _batch(self, kind: str, most: int) -> None:
        plan, totals = self._plan, self.totals
        number = totals.batches[kind]
        size = plan.requests_per_batch if kind == "requests" else plan.frames_per_batch
        await self._fire(kind, number, min(size, most))
        totals.batches[kind] += 1
        await self._target.check()
        self._note()
        rate = sum(totals.sent.values()) / max(0.001, time.monotonic() - self._begin)
        self._tell(
            f"{kind} batch {number}: {dict(totals.sent)}, {rate:.0f}/s, "
            f"{totals.memory_kb[-1]} kB, {totals.descriptors[-1]} descriptors"
        )

    def _note(self) -> None:
        self.totals.memory_kb.append(self._target.memory_kb())
        self.totals.descriptors.append(self._target.descriptors())

    async def _fire(self, kind: str, number: int, count: int) -> None:
        """One batch of a kind, several connections at once; each has a generator of its own."""
        goal = self.totals.sent[kind] + count
        shots: dict[str, Callable[[Chance], Awaitable[None]]] = {
            "grammar": self._grammar, "bytes": self._bytes, "requests": self._request,
        }  # fmt: skip

        async def worker(name: int) -> None:
            chance = Chance(f"{self._plan.seed}:{kind}:{number}:{name}")
            while self.totals.sent[kind] < goal:
                await shots[kind](chance)

        async with asyncio.TaskGroup() as group:
            for name in range(AT_ONCE):
                group.create_task(worker(name))

    # One connection

    async def _grammar(self, chance: Chance) -> None:
        grammar = Grammar(chance)
        frames = [grammar.frame() for _ in range(chance.random.randrange(1, 13))]
        await self._frames("grammar", chance, frames)

    async def _bytes(self, chance: Chance) -> None:
        grammar = Grammar(chance)
        frames = []
        for _ in range(chance.random.randrange(1, 5)):
            payload = grammar.packet().encode()
            whole = chance.one_in(2)  # accidents in the frame, or in what it holds
            frames.append(masked(chance.changed(payload)) if whole else chance.changed(masked(payload)))
        await self._frames("bytes", chance, frames)

    async def _frames(self, kind: str, chance: Chance, frames: list[bytes]) -> None:
        name = f'"phone {chance.random.randrange(500)}"'
        joined = masked(b"40") + masked(f'420["join",{{"fingerprint":{name},"board":"none"}}]'.encode())
        opening, cue = (
            (joined, b"430[") if not chance.one_in(8) else (masked(b"40"), b"40{") if chance.one_in(2) else (b"", b"0{")
        )
        try:
            volley = frames_after(opening, cue, frames)
            heard = await shoot(self._target.port, volley, reset=chance.one_in(2), frames=True)
        except TimeoutError as error:
            raise AssertionError(f"a connection is held open after {frames!r}") from error
        survived = heard.count(PONG)
        self.totals.sent[kind] += min(len(frames), survived + 1)
        self.totals.connections += 1
        assert heard.startswith(b"HTTP/1.1 101"), heard[:200]
        code = int.from_bytes(heard[-2:], "big") if heard[-4:-2] == b"\x88\x02" else "no code"
        self.totals.ends[f"closed {code}"] += 1

    async def _request(self, chance: Chance) -> None:
        requests = Requests(chance, API_KEY)
        async for data in self._requests(chance, requests):
            self.totals.sent["requests"] += 1
            self.totals.connections += 1
            heard = b""
            try:
                heard = await shoot(self._target.port, Volley(data), seconds=REQUEST_SECONDS, reset=chance.one_in(2))
            except TimeoutError:
                self.totals.unfinished_requests += 1
            statuses = _STATUS.findall(heard)
            assert b"500" not in statuses, f"500 after {data!r}"
            self.totals.ends.update(f"status {status.decode()}" for status in statuses[:1])

    async def _requests(self, chance: Chance, requests: Requests) -> AsyncIterator[bytes]:
        if chance.one_in(5):
            opened = await shoot(self._target.port, Volley(_OPEN_POLLING))
            found = _SID.search(opened)
            assert found, opened
            yield requests.post(found[1].decode())
        else:
            yield requests.request()

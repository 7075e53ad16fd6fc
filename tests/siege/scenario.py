"""What a scenario is and within what bounds, what a run of it has shown, and the list of all."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.siege.besieged import Besieged, Observed
from tests.siege.socket_client import Client

MEMORY_MB = 512  # G10, G25
BATCH_AND_LATENESS_MS = 350  # G5: a refresh of 100 ms and 250 more
STALL_MS = 250  # G10
STEP_MS = 100  # G25 has 50 for one step of the loop; the longest seen from outside is a whole turn and the answer
MOST_STEPS_MS = 50  # 99 of 100 questions, which one moment of the machine does not decide
FEW_AT_ONCE = 100  # connections that are opened at the same time


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that may happen to a server and to an honest person. `growth_mb` for each million pixels is extra."""

    silence_ms: float = STALL_MS  # of the loop, seen from outside
    growth_mb: float = 64
    growth_mb_each_megapixel: float = 12  # snapshots of one state: the bytes, their text, and one of each being made
    frame_p99_ms: float = BATCH_AND_LATENESS_MS
    log_bytes_per_second: float = 4_096


@dataclass(slots=True)
class Siege:
    """One run: the server, how hard it is tried, and what became of the crowd."""

    besieged: Besieged
    scale: float
    ends: Counter[str] = field(default_factory=Counter)
    figures: dict[str, float] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where the server listens."""
        return self.besieged.port

    @property
    def side(self) -> int:
        """Width and height of the board."""
        return self.besieged.side

    def many(self, number: int) -> int:
        """So many in a long run, fewer in a short one."""
        return max(1, int(number * self.scale))

    def seconds(self, seconds: float) -> float:
        """So long in a long run."""
        return max(1.0, seconds * self.scale)

    def require(self, holds: bool, otherwise: str) -> None:
        """A bound of this scenario alone."""
        if not holds:
            self.breaches.append(otherwise)

    async def crowd(self, number: int, one: Callable[[], Awaitable[Client]]) -> list[Client]:
        """So many clients, opened a few at a time; those that are not taken are counted."""
        gate = asyncio.Semaphore(FEW_AT_ONCE)
        found: list[Client] = []

        async def enter() -> None:
            async with gate:
                try:
                    found.append(await one())
                except (OSError, TimeoutError) as error:
                    self.ends[f"not taken: {str(error)[:40] or type(error).__name__}"] += 1

        await asyncio.gather(*(enter() for _ in range(number)))
        self.clients += found
        return found

    async def for_a_while(self, seconds: float, work: Iterable[Coroutine[Any, Any, object]]) -> None:
        """Runs all of it until the time is over; one that fails for want of the server has ended."""
        tasks = [asyncio.create_task(self._counted(each)) for each in work]
        _, pending = await asyncio.wait(tasks, timeout=seconds)
        for task in pending:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
                raise result

    async def _counted(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            self.ends[f"error {type(error).__name__}"] += 1

    async def part(self) -> None:
        """Counts what became of the clients, and lets them go."""
        for client in self.clients:
            self.ends[await client.look()] += 1
            client.reset()


Attack = Callable[[Siege], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of crowd. `prepare` comes before anything is measured."""

    name: str
    does: str
    attack: Attack
    prepare: Attack | None = None
    settings: dict[str, object] = field(default_factory=dict)
    bounds: Bounds = field(default_factory=Bounds)


ALL: list[Scenario] = []


def scenario(name: str, does: str, **more: Any) -> Callable[[Attack], Attack]:
    """Puts an attack on the list."""

    def listed(attack: Attack) -> Attack:
        ALL.append(Scenario(name, does, attack, **more))
        return attack

    return listed


@dataclass(slots=True)
class Result:
    """What a scenario has shown. Milliseconds are without the time that the machine took, but for `raw`."""

    scenario: str
    side: int
    store: str
    seconds: float
    silence_ms: float = 0
    silence_p99_ms: float = 0
    silence_raw_ms: float = 0
    ack_p50_ms: float = 0
    ack_p99_ms: float = 0
    frame_p99_ms: float = 0
    calm_ack_p50_ms: float = 0
    calm_silence_ms: float = 0
    placed: int = 0
    refused: int = 0
    cut: int = 0
    lost: dict[str, int] = field(default_factory=dict)
    memory_before_mb: float = 0
    memory_most_mb: float = 0
    log_bytes_per_second: float = 0
    ends: dict[str, int] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)

    def take(self, calm: Observed, seen: Observed) -> None:
        """The honest person's figures."""
        self.silence_ms, self.silence_raw_ms = seen.worst("health"), seen.worst("health", raw=True)
        self.silence_p99_ms = seen.part("health", 0.99)
        self.ack_p50_ms, self.ack_p99_ms = seen.median("ack"), seen.part("ack", 0.99)
        self.frame_p99_ms = seen.part("frame", 0.99)
        self.lost = {kind: seen.count(kind) for kind in ("cut", "unanswered", "health-lost") if seen.count(kind)}
        self.calm_ack_p50_ms, self.calm_silence_ms = calm.median("ack"), calm.worst("health")
        self.placed, self.refused = seen.count("ack"), seen.count("refused")
        self.cut = sum(self.lost.values())

    def judge(self, bounds: Bounds) -> None:
        """What of it is too much."""
        growth = bounds.growth_mb + bounds.growth_mb_each_megapixel * self.side**2 / 1e6
        most = {
            "silence of the loop, ms": (self.silence_ms, bounds.silence_ms),
            "silence of the loop, p99, ms": (self.silence_p99_ms, MOST_STEPS_MS),
            "frame p99, ms": (self.frame_p99_ms, bounds.frame_p99_ms),
            "memory grown by, MB": (self.memory_most_mb - self.memory_before_mb, growth),
            "memory, MB": (self.memory_most_mb, MEMORY_MB),
            "log, bytes a second": (self.log_bytes_per_second, bounds.log_bytes_per_second),
            "placements of the honest person refused": (self.refused, 0),
            "connections of the honest person cut, or answers that never came": (self.cut, 0),
        }
        self.breaches += [f"{what}: {found:.0f}, at most {limit:.0f}" for what, (found, limit) in most.items()
                          if found > limit]  # fmt: skip
        if self.cut:
            self.breaches[-1] += f" ({self.lost})"
        if not self.placed:
            self.breaches.append("the honest person could not place at all")

    def as_json(self) -> dict[str, Any]:
        """Plain values, rounded."""
        return {name: round(value, 1) if isinstance(value, float) else value for name, value in asdict(self).items()}

    def line(self) -> str:
        """For people."""
        ends = ", ".join(f"{count} {end}" for end, count in sorted(self.ends.items(), key=lambda end: -end[1])[:4])
        return (
            f"{self.scenario:<22} {self.side:>4} {self.store:<10} silence {self.silence_ms:>6.0f} ms  "
            f"ack p50 {self.ack_p50_ms:>5.0f} p99 {self.ack_p99_ms:>6.0f}  frame p99 {self.frame_p99_ms:>6.0f}  "
            f"memory {self.memory_before_mb:>4.0f} -> {self.memory_most_mb:>5.0f} MB  "
            f"{'FAILED ' if self.breaches else 'ok     '}{ends}"
        )

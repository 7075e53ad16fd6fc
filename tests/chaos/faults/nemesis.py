"""What goes wrong, and when: a schedule drawn from a seed, and the faults by name.

A fault begins, lasts for its seconds and is mended; then all is well for the pause, or the next one is begun at once.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass

from beeplace.log.crash_points import POINTS
from tests.chaos.site import Site

Fault = Callable[[Site, "Step"], Awaitable[None]]

LONGEST_PAUSE_SECONDS = 2.0
PEACE = "peace"
CRASHED = 0.9  # of the lives of a gateway end at a crash point, if they come so far
MAX_PASSES = {"sending": 60, "sent": 60, "draining": 1, "migrating": 1, "keeping": 1}
ACTIVE = tuple(point for point in POINTS if point not in ("migrating", "acting"))


@dataclass(frozen=True, slots=True)
class Step:
    """One fault of a schedule. `at` is which gateway it concerns, `chance` whatever else it wants to have drawn."""

    name: str
    at: int
    seconds: float
    pause: float
    chance: float


@dataclass(slots=True)
class Done:
    """A fault that was inflicted, and when it was over, by the monotonic clock."""

    step: Step
    began_ns: int
    ended_ns: int


def crash_points(randomness: random.Random, points: Sequence[str], most_passes: int) -> Callable[[], str]:
    """For each life of a gateway the point at which it ends; empty for one that nobody ends.

    The first life finds no schema, and may end while it makes it.
    """
    lives = itertools.count()

    def draw() -> str:
        drawn, share = randomness.random(), randomness.random()
        point = randomness.choice(points) if points else ""
        if point and next(lives) == 0 and share < 0.5:
            point = "migrating"
        passes = 1 + int(share * share * (MAX_PASSES.get(point, most_passes) - 1))
        return f"{point}:{passes}" if point and drawn < CRASHED else ""

    return draw


def schedule(seed: int, faults: dict[str, tuple[int, float]], gateways: int) -> Callable[[], Step]:
    """Draws one step after the other. `faults` gives each its weight, and how many seconds it lasts at most.

    Without faults there are only pauses.
    """
    faults = faults or {PEACE: (1, 0.0)}
    randomness = random.Random(f"schedule {seed}")
    names, weights = list(faults), [weight for weight, _ in faults.values()]

    def draw() -> Step:
        name = randomness.choices(names, weights)[0]
        seconds = faults[name][1] * randomness.uniform(0.2, 1)
        pause = randomness.choice([0.0, randomness.uniform(0.1, LONGEST_PAUSE_SECONDS)])
        return Step(name, randomness.randrange(gateways), seconds, pause, randomness.random())

    return draw


class Nemesis:
    """Inflicts steps, one after the other, until its owner stops it; never stops in the middle of one."""

    def __init__(self, site: Site, faults: dict[str, Fault], draw: Callable[[], Step]) -> None:
        self.site, self.faults, self.draw = site, {PEACE: _nothing, **faults}, draw
        self.done: list[Done] = []
        self.is_over = False

    def note(self, step: Step) -> None:
        """Writes down what is begun, beside the people's history."""
        with (self.site.folder / "nemesis.jsonl").open("a") as file:
            file.write(json.dumps({"ns": time.monotonic_ns(), **asdict(step)}) + "\n")

    async def run(self) -> None:
        """Until `is_over` is set."""
        while not self.is_over:
            step = self.draw()
            began_ns = time.monotonic_ns()
            self.note(step)
            await self.faults[step.name](self.site, step)
            if step.name != PEACE:
                self.done.append(Done(step, began_ns, time.monotonic_ns()))
            await asyncio.sleep(step.pause)  # the schedule's pace: all is well for so long


async def _nothing(_site: Site, _step: Step) -> None:
    pass

"""Runs one scenario: starts a server, lets an honest person in, measures a calm while, then the crowd; judges."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from tests.siege import requests, sockets
from tests.siege.besieged import ROOT, Besieged
from tests.siege.scenario import ALL, Result, Scenario, Siege

CALM_SECONDS = 2.0
MAX_SECONDS = 240.0  # of one scenario
MEMORY_SECONDS = 0.2
SCENARIOS = {each.name: each for each in ALL}
MODULES = (requests, sockets)  # they have put theirs on the list


@dataclass(frozen=True, slots=True)
class Form:
    """How a scenario is run: on which board and store, by which checkout's server, how hard."""

    side: int
    store: str = "sqlite"
    checkout: Path = ROOT
    scale: float = 1.0


async def run(given: Scenario, form: Form, folder: Path) -> Result:
    """What it has shown."""
    result = Result(given.name, form.side, form.store, 0)
    began = time.monotonic()
    besieged = await asyncio.to_thread(Besieged, folder, form.checkout, form.side, form.store, given.settings)
    try:
        siege = Siege(besieged, form.scale)
        async with asyncio.timeout(MAX_SECONDS):
            await _measured(given, siege, result)
        result.ends, result.figures, result.breaches = dict(siege.ends), siege.figures, siege.breaches
        result.judge(given.bounds)
    except TimeoutError:
        result.breaches.append(f"not over after {MAX_SECONDS:.0f} s")
    finally:
        await asyncio.to_thread(besieged.end)
    result.seconds = time.monotonic() - began
    return result


async def _measured(given: Scenario, siege: Siege, result: Result) -> None:
    besieged = siege.besieged
    if given.prepare:
        await given.prepare(siege)
    besieged.begin_honest()
    await _placed(besieged)
    begin_ns = time.monotonic_ns()
    await asyncio.sleep(CALM_SECONDS)
    calm = besieged.seen(begin_ns, time.monotonic_ns())
    result.memory_before_mb, log_before = besieged.memory_mb(), besieged.log_bytes()
    besieged.forget_peak()
    begin_ns = time.monotonic_ns()
    try:
        await given.attack(siege)
    except (OSError, AssertionError) as error:
        siege.breaches.append(f"the crowd could not be served: {str(error)[:100]}")
    await siege.part()
    await _placed(besieged)  # what the crowd has left in the queues is part of it
    end_ns = time.monotonic_ns()
    result.memory_most_mb = besieged.memory_mb("VmHWM")
    result.log_bytes_per_second = (besieged.log_bytes() - log_before) / ((end_ns - begin_ns) / 1e9)
    result.take(calm, besieged.seen(begin_ns, end_ns))
    siege.require(besieged.is_up, "the server is gone")


async def _placed(besieged: Besieged) -> None:
    """Waits until something that the honest person placed after now was shown."""
    begin_ns = time.monotonic_ns()
    async with asyncio.timeout(60):
        while besieged.is_up and not besieged.seen(begin_ns, time.monotonic_ns()).count("frame"):  # noqa: ASYNC110  # a file
            await asyncio.sleep(0.1)

"""How long the event loop of a server inside of the test's process did nothing else than one step.

The time that its thread waited for a processor is the machine's, which others use too, and is left out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.siege.run_queue import waited_ns

STEP_SECONDS = 0.05  # promised
_EVERY_SECONDS = 0.005
_THREAD = Path("/proc/thread-self")


class Lateness:
    """The worst of it since `begin`."""

    def __init__(self) -> None:
        self.worst = 0.0

    def begin(self) -> None:
        """Forgets what was before."""
        self.worst = 0.0

    async def measure(self) -> None:
        """Until it is cancelled."""
        while True:
            due, waited = time.perf_counter() + _EVERY_SECONDS, waited_ns(_THREAD)
            await asyncio.sleep(_EVERY_SECONDS)
            late = time.perf_counter() - due - (waited_ns(_THREAD) - waited) / 1e9
            self.worst = max(self.worst, late)


@asynccontextmanager
async def lateness() -> AsyncIterator[Lateness]:
    """Measures meanwhile."""
    found = Lateness()
    task = asyncio.create_task(found.measure())
    try:
        yield found
    finally:
        task.cancel()

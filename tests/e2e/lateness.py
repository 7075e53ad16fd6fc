"""How long the event loop of a server inside of the test's process did nothing else than one step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

STEP_SECONDS = 0.25  # that one step may take here: 0.05 are promised, on a machine that is not shared with others
_EVERY_SECONDS = 0.005


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
            due = time.perf_counter() + _EVERY_SECONDS
            await asyncio.sleep(_EVERY_SECONDS)
            self.worst = max(self.worst, time.perf_counter() - due)


@asynccontextmanager
async def lateness() -> AsyncIterator[Lateness]:
    """Measures meanwhile."""
    found = Lateness()
    task = asyncio.create_task(found.measure())
    try:
        yield found
    finally:
        task.cancel()

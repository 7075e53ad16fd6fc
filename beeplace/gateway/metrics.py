"""What an operator watches, in Prometheus' form: clients, batches, frames, commits, queues, loop lag."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

_COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_LAG_STEP_SECONDS = 0.5


class Metrics:
    """One registry for each gateway; the children are made once, since a look-up costs more than a count."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        self.batches = Counter("beeplace_batches", "Batches sent", registry=r)
        self.batch_pixels = Counter("beeplace_batch_pixels", "Pixels in batches", registry=r)
        self.frames = Counter("beeplace_frames", "Messages written to clients for all of them", registry=r)
        self.joins = Counter("beeplace_joins", "Joins answered", registry=r)
        self.answers = Counter("beeplace_placements", "Placements answered, by code", ["code"], registry=r)
        self.committed = Counter("beeplace_committed_entries", "Log entries committed", registry=r)
        self.commit_seconds = Histogram(
            "beeplace_commit_seconds", "Time of a commit", buckets=_COMMIT_SECONDS, registry=r
        )
        self.refresh_seconds = Counter("beeplace_refresh_seconds", "Time spent in refreshes", registry=r)
        self.stretch = Gauge("beeplace_refresh_stretch", "Times the set interval between refreshes", registry=r)
        self.violations = Counter("beeplace_kicked", "Sockets ended by us, by close code", ["code"], registry=r)
        self.reports = Counter("beeplace_reports", "People's reports answered, by code", ["code"], registry=r)
        self.entries = Counter("beeplace_entries", "Entries by way, and those refused by code", ["code"], registry=r)
        self.lag = Gauge("beeplace_loop_lag_seconds", "How late the loop woke up last", registry=r)
        self.lag_most = Gauge("beeplace_loop_lag_most_seconds", "The worst of it since the start", registry=r)
        self._lag_most = 0.0
        self.loop_lag_seconds = 0.0
        self.refused: Tally[str] = Tally()  # placements, by code
        self._slowest_commit_seconds = 0.0
        self._accepted = self._joined = 0  # since the figures were last asked for: a plain number costs nothing

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A number that is read when it is asked for."""
        Gauge(f"beeplace_{name}", meaning, registry=self.registry).set_function(value)

    def commit(self, entries: int, seconds: float) -> None:
        """One transaction of the commit loop."""
        self.committed.inc(entries)
        self.commit_seconds.observe(seconds)
        self._slowest_commit_seconds = max(self._slowest_commit_seconds, seconds)

    def take_slowest_commit(self) -> float:
        """How long the slowest commit took since this was last asked for, in seconds."""
        slowest, self._slowest_commit_seconds = self._slowest_commit_seconds, 0.0
        return slowest

    def answer(self, code: str | None) -> None:
        """One placement was answered."""
        if code:
            self.answers.labels(code).inc()
            self.refused[code] += 1
        else:
            self._accepted += 1

    def joined(self) -> None:
        """One client has the board."""
        self._joined += 1

    def text(self) -> bytes:
        """The exposition."""
        self.answers.labels("ok").inc(self._accepted)
        self.joins.inc(self._joined)
        self._lag_most = 0.0
        self._accepted = self._joined = 0
        return generate_latest(self.registry)

    async def watch_loop(self) -> None:
        """Measures how late the loop wakes up, until its owner cancels it."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _LAG_STEP_SECONDS
            await asyncio.sleep(_LAG_STEP_SECONDS)
            late = max(0.0, loop.time() - due)
            self.loop_lag_seconds = late
            self.lag.set(late)
            if late > self._lag_most:
                self._lag_most = late
                self.lag_most.set(late)

"""What a run has to show, and how several runs add up."""

from __future__ import annotations

import bisect
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.chaos.faults.nemesis import Done
from tests.chaos.site import Site
from tests.crash.checker import Row
from tests.crash.history import History


@dataclass(slots=True)
class Totals:
    """One run. Times are seconds."""

    seed: int
    store: str
    seconds_under_load: float = 0
    doubled_requests: bool = False
    gateway_kills: int = 0
    crash_points: dict[str, int] = field(default_factory=dict)
    gateway_stops: int = 0
    power_cuts: int = 0
    failed_starts: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    wishes: int = 0
    confirmed: int = 0
    refused: int = 0
    refusals: dict[str, int] = field(default_factory=dict)  # by code, those that were asked again later too
    actions: int = 0  # of organisers, confirmed
    unknown_settled: int = 0
    unknown_that_had_happened: int = 0
    never_asked_again: int = 0
    still_open: int = 0
    rejoined_by_delta: int = 0
    pictures: int = 0
    log_rows: int = 0
    slowest_return: dict[str, float] = field(default_factory=dict)
    lost: int = 0
    doubled: int = 0
    over_allowance: int = 0
    violations: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    def line(self) -> str:
        """For people."""
        return (
            f"seed {self.seed} {self.store}: {self.confirmed} confirmed, {self.gateway_kills} kills, "
            f"{sum(self.faults.values())} faults, {self.unknown_settled} unknown settled, {self.pictures} pictures, "
            f"lost {self.lost}, doubled {self.doubled}, over allowance {self.over_allowance}, "
            f"{len(self.violations)} violations, {self.seconds_under_load:.0f} s"
        )

    def count_wishes(self, history: History, rows: list[Row]) -> None:
        """What became of everything that was asked for."""
        wishes = history.wishes
        self.wishes = len(wishes)
        self.confirmed = sum(wish.confirmed for wish in wishes)
        self.refused = sum(wish.settled and not wish.confirmed for wish in wishes)
        retried = [wish for wish in wishes if wish.attempts > 1 and wish.unanswered > 0 and wish.settled]
        self.unknown_settled = len(retried)
        happened = {row.pixel for row in rows}
        self.unknown_that_had_happened = sum(wish.pixel in happened for wish in retried)
        self.never_asked_again = sum(wish.abandoned for wish in wishes)
        self.still_open = sum(not wish.settled and not wish.abandoned for wish in wishes)
        self.rejoined_by_delta = history.rejoined
        self.refusals, self.actions = dict(history.codes), len(history.actions)
        self.log_rows = len(rows)

    def count_faults(self, site: Site, done: list[Done], history: History) -> None:
        """What was inflicted, and how long it took each time until something was confirmed again."""
        ends = sum((gateway.ends for gateway in site.gateways), Counter[int]())
        self.gateway_kills, self.gateway_stops = ends[-9], ends[0] + ends[70]
        self.crash_points = dict(sum((gateway.crashes for gateway in site.gateways), Counter[str]()))
        self.failed_starts = sum(gateway.failed_starts for gateway in site.gateways)
        self.faults = dict(Counter(each.step.name for each in done))
        told = sorted(wish.told_ns for wish in history.wishes if wish.confirmed)
        for each in done:
            after = bisect.bisect(told, each.ended_ns)
            if after < len(told):
                seconds = round((told[after] - each.ended_ns) / 1e9, 2)
                self.slowest_return[each.step.name] = max(seconds, self.slowest_return.get(each.step.name, 0))

    def count_violations(self) -> None:
        """By the word that each begins with."""
        kinds = Counter(violation.split(":")[0] for violation in self.violations)
        self.lost, self.doubled, self.over_allowance = kinds["lost"], kinds["doubled"], kinds["allowance"]

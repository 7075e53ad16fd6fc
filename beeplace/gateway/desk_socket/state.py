"""What a desk shows of the moment, for all desks alike: people, placements, refusals, and how the parts are.

Placements and people are those of all gateways, the rest is this one's. Every number is read once a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from dataclasses import dataclass
from typing import Any

from beeplace.board.board import Board
from beeplace.desk.reports.queue import ReportQueue
from beeplace.gateway.desk_socket.busy_areas import BusyAreas
from beeplace.gateway.desk_socket.minutes import MINUTES, SECONDS, Minutes
from beeplace.gateway.metrics import Metrics
from beeplace.log.bus import Bus
from beeplace.log.commit_loop import CommitLoop
from beeplace.people.entrance import Entrance
from beeplace.people.groups import Groups
from beeplace.people.identities import Identities


@dataclass(frozen=True, slots=True)
class DeskSources:
    """Where the figures come from; all are only read."""

    board: Board
    commits: CommitLoop
    bus: Bus
    people: Sized
    identities: Identities
    metrics: Metrics
    sockets: Sized
    late: Sized  # clients that are behind
    degraded: Callable[[], str | None]
    reports: ReportQueue
    entrance: Entrance
    groups: Groups


class DeskState:
    """`note` is called once a second; `now` is as of the last one."""

    def __init__(self, sources: DeskSources) -> None:
        self._from = sources
        self.busy = BusyAreas()
        self._placements = Minutes(sources.board.state.seq)
        self._refused, self._newcomers, self._entries = Minutes(), Minutes(), Minutes()
        self._reasons: dict[str, Minutes] = {}
        self._by_way: dict[str, Minutes] = {}
        self._people: list[int] = []
        self._most_people = self._notes = 0
        self._commit_ms = 0.0

    async def look(self, within_seconds: float | None = None) -> bool:
        """Looks for reports, of which other gateways may have some; whether news was seen in time."""
        return await self._from.reports.look(within_seconds)

    def note(self) -> None:
        """Reads the numbers."""
        sources, metrics = self._from, self._from.metrics
        self._placements.note(sources.board.state.seq)
        self._newcomers.note(sources.identities.issued)
        self._entries.note(sources.entrance.entered.total())
        for way, entered in sources.entrance.entered.items():
            self._by_way.setdefault(way, Minutes()).note(entered)
        self._refused.note(sum(metrics.refused.values()))
        for code, count in metrics.refused.items():
            self._reasons.setdefault(code, Minutes()).note(count)
        self._note_people(len(sources.people))
        # A commit that takes seconds is slow all the while, not only in the second in which it ends.
        self._commit_ms = 1000 * max(metrics.take_slowest_commit(), sources.commits.times.under_way_seconds)

    def _note_people(self, people: int) -> None:
        """The most there were in each minute."""
        self._most_people = max(self._most_people, people)
        self._notes += 1
        if self._notes % SECONDS == 0:
            self._people = [*self._people[1 - MINUTES :], self._most_people]
            self._most_people = people

    def now(self) -> dict[str, Any]:
        """JSON without null: what is not there is not named."""
        sources, state = self._from, self._from.board.state
        busiest = self.busy.busiest(state)
        return {
            "board": {
                "epoch": state.name, "seq": state.seq, "width": state.width, "height": state.height,
                "readOnly": state.read_only,
            },
            "people": {"now": len(sources.people), "history": self._people},
            "placements": self._placements.as_json(),
            "refusals": {**self._refused.as_json(), "reasons": _of_last_minute(self._reasons)},
            "newcomers": self._newcomers.as_json(),
            "entries": {
                **self._entries.as_json(), "byWay": _of_last_minute(self._by_way), "ways": list(state.settings.entry)
            },
            "gateways": 1 + sources.bus.gateways,
            "gateway": {
                "sockets": len(sources.sockets), "late": len(sources.late),
                "loopLagMs": round(1000 * sources.metrics.loop_lag_seconds),
            },
            "store": {"waiting": sources.commits.waiting, "commitMs": round(self._commit_ms)}
            | _named("failing", sources.commits.failing),
            "bus": _named("failing", sources.bus.failing),
            "reports": sources.reports.state._asdict(),
            **({"busiest": busiest} if busiest else {}),
            **({"groups": groups} if (groups := sources.groups.told()) else {}),
            **_named("degraded", sources.degraded()),
        }  # fmt: skip


def _of_last_minute(kept: dict[str, Minutes]) -> dict[str, int]:
    return {name: minutes.minute for name, minutes in sorted(kept.items()) if minutes.minute}


def _named(name: str, value: str | None) -> dict[str, str]:
    return {} if value is None else {name: value}

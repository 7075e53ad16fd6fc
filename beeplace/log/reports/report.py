"""Reports as they are stored, and the part of a store's port that keeps them.

What every store guarantees, beside what `store.py` says of order and durability:

* One change after the other, whichever gateway makes it: who decides sees all that was decided before.
* A report that was confirmed is there for good, and in every backup.
* A change of reports takes no lock of the board: it never stands in the way of a placement longer than a write does.

`desk/reports/rules.py` has the rules; a store reads the facts, calls them, and writes down the result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from beeplace.board.geometry import Area
from beeplace.board.palette import Palette


@dataclass(frozen=True, slots=True)
class StoredReport:
    """One report. `number` counts from 1; 0 is one that is not stored yet.

    `at_ms` and `decided_at_ms` are the wall clock's in UTC, for people; `board_ms` and `claimed_until_ms` are board
    time. `epoch` and `seq` are the board's when it was made. Whoever acts is named as the log names them. `outcome` is
    None while it is open; `action` is the seq of what was done about it, if anything was. `rid` and `decision_rid` are
    the names of the requests that made and decided it.
    """

    number: int
    at_ms: int
    board_ms: int
    epoch: str
    seq: int
    area: Area
    reason: str
    reporter: bytes
    rid: bytes
    claimed_by: bytes | None = None
    claimed_until_ms: int | None = None
    outcome: str | None = None
    decided_by: bytes | None = None
    decided_at_ms: int | None = None
    action: int | None = None
    decision_rid: bytes | None = None

    @property
    def columns(self) -> tuple[Any, ...]:
        """In the order of the table, without the picture, which is the last column."""
        made = (self.number, self.at_ms, self.board_ms, self.epoch, self.seq, *self.area)
        return (*made, self.reason, self.reporter, self.rid, *self.progress)

    @property
    def progress(self) -> tuple[Any, ...]:
        """The columns that change."""
        claim, decision = (self.claimed_by, self.claimed_until_ms), (self.outcome, self.decided_by, self.decided_at_ms)
        return (*claim, *decision, self.action, self.decision_rid)

    @staticmethod
    def of(row: Any) -> StoredReport:
        """From those columns."""
        number, at_ms, board_ms, epoch, seq, x, y, width, height, *rest = row
        return StoredReport(number, at_ms, board_ms, epoch, seq, Area(x, y, width, height), *rest)


class ReportPicture(NamedTuple):
    """A report, and the colour indices of its area as they were then, row by row, zlib."""

    report: StoredReport
    packed: bytes


class FoundReport(NamedTuple):
    """A report with its picture, and what its epoch was: the first entry and the palette."""

    report: StoredReport
    packed: bytes
    first_seq: int
    palette: Palette


class Mute(NamedTuple):
    """Somebody whose reports are not taken until a moment of board time; `until_at_ms` is that moment for people.

    One that has ended stays in the table: who muted whom, and until when, can be seen.
    """

    reporter: bytes
    until_ms: int
    until_at_ms: int
    by: bytes


@dataclass(frozen=True, slots=True)
class ReportQuestion:
    """What a rule needs to know: of one report by its number, or of a person who makes one.

    `window_ms` says how far back the person's reports are counted.
    """

    number: int | None = None
    reporter: bytes | None = None
    rid: bytes | None = None
    window_ms: int = 0


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """`now_ms` is board time, `at_ms` the wall clock. `open` are all open reports, oldest first, where a number was
    asked for; `open_count` says how many there are in any case.

    Of the person: `again` is the report that was made under the same request id, `recent` the moments of the others
    in the window, oldest first, `mute` the one that was set last.
    """

    now_ms: int
    at_ms: int
    last_number: int
    open_count: int
    named: StoredReport | None = None
    open: tuple[StoredReport, ...] = ()
    again: StoredReport | None = None
    recent: tuple[int, ...] = ()
    mute: Mute | None = None


@dataclass(frozen=True, slots=True)
class ReportChange:
    """What is to be written: a new report with its picture, others as they are from now on, a mute."""

    added: ReportPicture | None = None
    updated: tuple[StoredReport, ...] = ()
    mute: Mute | None = None


class ReportFilter(NamedTuple):
    """Which reports are listed: with numbers below `before`; the open ones, the others, or, with None, both."""

    before: int
    open: bool | None = True


class QueueState(NamedTuple):
    """A number that changes with every change of reports, and how many are open."""

    version: int
    open: int


RuleOfReports = Callable[[ReportFacts], ReportChange]


class ReportStore(Protocol):
    """See the module's docstring. Each method raises StoreUnavailable."""

    async def change_reports(self, question: ReportQuestion, rule: RuleOfReports) -> ReportChange:
        """Runs `rule` inside a transaction and writes down what it returns; what it raises, this raises.

        Raises OutcomeUnknown where it is not known whether it happened.
        """

    async def reports(self, asked: ReportFilter, most: int) -> list[StoredReport]:
        """Reports, newest first."""

    async def report(self, number: int) -> FoundReport | None:
        """One report with its picture."""

    async def mutes(self) -> list[Mute]:
        """Whose reports are not taken, as of now; the newest end first."""

    async def queue_state(self) -> QueueState:
        """As of the last change, whichever gateway made it."""

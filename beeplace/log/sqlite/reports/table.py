"""People's reports in the embedded store: changed on its writing thread, read on the one for people's questions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import apsw
import orjson

from beeplace.board.palette import Palette
from beeplace.errors import StoreUnavailable
from beeplace.log.board_clock import wall_ms
from beeplace.log.reports.report import (
    FoundReport,
    Mute,
    QueueState,
    ReportChange,
    ReportFacts,
    ReportFilter,
    ReportQuestion,
    ReportStore,
    RuleOfReports,
    StoredReport,
)
from beeplace.log.sql_files import queries
from beeplace.log.store import OutcomeUnknown

SQL = queries("sqlite/reports")
_LISTED = {True: "listed_open", False: "listed_closed", None: "listed"}

T = TypeVar("T")


class SqliteReports(ReportStore):
    """The part of the store that keeps reports. `_doubtful`: what became of the last COMMIT is not known."""

    _doubtful: bool

    @abstractmethod
    async def _run(self, work: Callable[..., T], *args: object) -> T:
        """On the thread that writes."""

    @abstractmethod
    def _transaction(self, work: Callable[[apsw.Connection], T]) -> T:
        """One transaction of that thread; what it wrote is on stable storage once this returns."""

    @abstractmethod
    async def _ask(self, work: Callable[[apsw.Connection], T]) -> T:
        """On the thread that reads."""

    @abstractmethod
    def now_ms(self) -> int:
        """Board time."""

    async def change_reports(self, question: ReportQuestion, rule: RuleOfReports) -> ReportChange:
        def work(db: apsw.Connection) -> ReportChange:
            change = rule(_facts(db, question, self.now_ms()))
            write(db, change)
            return change

        try:
            return await self._run(self._transaction, work)
        except StoreUnavailable as error:
            if self._doubtful:
                raise OutcomeUnknown from error
            raise

    async def reports(self, asked: ReportFilter, most: int) -> list[StoredReport]:
        def work(db: apsw.Connection) -> list[StoredReport]:
            return [StoredReport.of(row) for row in db.execute(SQL[_LISTED[asked.open]], (asked.before, most))]

        return await self._ask(work)

    async def report(self, number: int) -> FoundReport | None:
        def work(db: apsw.Connection) -> FoundReport | None:
            for *columns, packed, first_seq, colors in db.execute(SQL["found"], (number,)):
                return FoundReport(StoredReport.of(columns), packed, first_seq, Palette(tuple(orjson.loads(colors))))
            return None

        return await self._ask(work)

    async def mutes(self) -> list[Mute]:
        return await self._ask(lambda db: [Mute(*row) for row in db.execute(SQL["mutes"], (self.now_ms(),))])

    async def queue_state(self) -> QueueState:
        return await self._ask(lambda db: QueueState(*db.execute(SQL["queue_state"]).get))


def _facts(db: apsw.Connection, question: ReportQuestion, now_ms: int) -> ReportFacts:
    last_number, open_count = db.execute(SQL["counts"]).get

    def found(query: str, *bindings: object) -> tuple[StoredReport, ...]:
        return tuple(StoredReport.of(row) for row in db.execute(SQL[query], bindings))

    facts = ReportFacts(now_ms, wall_ms(), last_number, open_count)
    if question.number is not None:
        named = next(iter(found("numbered", question.number)), None)
        return replace(facts, named=named, open=found("open"))
    who = question.reporter
    again = next(iter(found("again", who, question.rid)), None)
    recent = tuple(at_ms for (at_ms,) in db.execute(SQL["recent"], (who, now_ms - question.window_ms)))
    mute = next((Mute(*row) for row in db.execute(SQL["mute"], (who,))), None)
    return replace(facts, again=again, recent=recent, mute=mute)


def write(db: apsw.Connection, change: ReportChange) -> None:
    """Writes a change down, inside a transaction."""
    if change.added:
        db.execute(SQL["add"], (*change.added.report.columns, change.added.packed))
    for report in change.updated:
        db.execute(SQL["update"], (report.number, *report.progress))
    if change.mute:
        db.execute(SQL["set_mute"], change.mute)
    if change != ReportChange():
        db.execute(SQL["next_version"])

"""People's reports in PostgreSQL: by the connection for the past, so that no commit of placements waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from beeplace.board.palette import Palette
from beeplace.log.board_clock import wall_ms
from beeplace.log.postgres.connection import FAILURES, Link, reason
from beeplace.log.postgres.row_codec import Row
from beeplace.log.postgres.session import Connection
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

SQL = queries("postgres/reports")
_MARK = queries("postgres")["mark"]
_LISTED = {True: "listed_open", False: "listed_closed", None: "listed"}


class PostgresReports(ReportStore):
    """The part of the store that keeps reports. `_past` is the connection for people's questions."""

    _past: Link

    def now_ms(self) -> int:
        """Board time."""
        raise NotImplementedError

    async def change_reports(self, question: ReportQuestion, rule: RuleOfReports) -> ReportChange:
        return await self._past.run(lambda db: self._change_reports(db, question, rule))

    async def _change_reports(self, db: Connection, question: ReportQuestion, rule: RuleOfReports) -> ReportChange:
        transaction = db.transaction()
        await transaction.start()
        try:
            await db.execute(db.each_transaction)
            await db.execute(SQL["lock"])
            change = rule(await _facts(db, question, self.now_ms()))
            await write(db, change)
        except BaseException:
            if not db.is_closed():
                await transaction.rollback()
            raise
        self._past.warning = None
        try:
            await transaction.commit()
        except FAILURES as error:
            self._past.drop(db, reason(error))
            raise OutcomeUnknown from error
        if self._past.warning:  # a wait for a standby that was cut short
            raise OutcomeUnknown
        return change

    async def reports(self, asked: ReportFilter, most: int) -> list[StoredReport]:
        return [StoredReport.of(row) for row in await self._ask(_LISTED[asked.open], asked.before, most)]

    async def report(self, number: int) -> FoundReport | None:
        for row in await self._ask("found", number):
            *columns, packed, first_seq, colors = row
            return FoundReport(StoredReport.of(columns), packed, first_seq, Palette(tuple(colors)))
        return None

    async def mutes(self) -> list[Mute]:
        return [Mute(*row) for row in await self._ask("mutes", self.now_ms())]

    async def queue_state(self) -> QueueState:
        [row] = await self._ask("queue_state")
        return QueueState(*row)

    async def _ask(self, query: str, *arguments: object) -> Sequence[Row]:
        return await self._past.run(lambda db: db.fetch(SQL[query], *arguments))


async def _facts(db: Connection, question: ReportQuestion, now_ms: int) -> ReportFacts:
    [[last_number, open_count]] = await db.fetch(SQL["counts"])

    async def found(query: str, *arguments: object) -> tuple[StoredReport, ...]:
        return tuple(StoredReport.of(row) for row in await db.fetch(SQL[query], *arguments))

    facts = ReportFacts(now_ms, wall_ms(), last_number, open_count)
    if question.number is not None:
        named = next(iter(await found("numbered", question.number)), None)
        return replace(facts, named=named, open=await found("open"))
    who = question.reporter
    again = next(iter(await found("again", who, question.rid)), None)
    recent = tuple(at_ms for [at_ms] in await db.fetch(SQL["recent"], who, now_ms - question.window_ms))
    mute = next((Mute(*row) for row in await db.fetch(SQL["mute"], who)), None)
    return replace(facts, again=again, recent=recent, mute=mute)


async def write(db: Connection, change: ReportChange) -> None:
    """Writes a change down, inside a transaction; one of nothing too is confirmed only once what it saw is."""
    if change == ReportChange():
        await db.execute(_MARK)
        return
    if change.added:
        await db.execute(SQL["add"], *change.added.report.columns, change.added.packed)
    for report in change.updated:
        await db.execute(SQL["update"], report.number, *report.progress)
    if change.mute:
        await db.execute(SQL["set_mute"], *change.mute)
    await db.execute(SQL["next_version"])

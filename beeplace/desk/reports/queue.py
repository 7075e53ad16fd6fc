"""The queue of reports as one gateway sees it: people's new ones, moderators' claims and decisions, and the evidence.

The database has the queue; a gateway keeps no copy of it, but the number of open ones as it last saw it.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from beeplace.board.board import Board
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.geometry import Area
from beeplace.coalesced import Coalesced
from beeplace.desk.beside import Beside
from beeplace.desk.reports import rules
from beeplace.desk.reports.recent_authors import RecentAuthors
from beeplace.desk.selection import read_person
from beeplace.errors import BadRequest, Busy, StoreUnavailable
from beeplace.log.reads import Reads
from beeplace.log.reports.report import (
    FoundReport,
    Mute,
    QueueState,
    ReportFilter,
    ReportPicture,
    ReportQuestion,
    ReportStore,
    RuleOfReports,
    StoredReport,
)

if TYPE_CHECKING:
    from beeplace.desk.reports.evidence import Evidence

MAX_CHANGING = 16  # changes of reports that wait for the database
MAX_EVIDENCE = 16  # pieces that are kept: they never change
MAX_EVIDENCE_WAITING = 8  # one is made at a time
MAX_ABOUT = 50  # open reports that a ban is compared with
ABOUT_SECONDS = 2.0  # for evidence of these that is not kept
_ALL = 2**62


class ReportQueue:
    """One for each gateway."""

    def __init__(self, store: ReportStore, board: Board, reads: Reads) -> None:
        self._store, self._board, self._reads = store, board, reads
        self.state = QueueState(0, 0)  # as last seen
        self._changing = 0
        self._beside = Beside()
        self._authors = RecentAuthors(board, reads)
        self._kept: OrderedDict[int, Evidence] = OrderedDict()
        self._make = Coalesced(self._made)
        self._see = Coalesced(self._seen)  # who gives up waiting leaves no question behind

    async def look(self, within_seconds: float | None = None) -> bool:
        """Whether something changed since the last look, on whichever gateway; False while nobody knows."""
        before = self.state
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(within_seconds):
                await self._see(None)
        return self.state != before

    async def _seen(self, _: None) -> None:
        self.state = await self._store.queue_state()

    async def file(self, reporter: bytes, area: Area, reason: str, rid: bytes) -> None:
        """Takes a report about the board as it is now. Raises what `rules.filed` does, and StoreUnavailable."""
        state, pixels = self._board.state, self._board.copy(area)  # of one step of the loop
        report = StoredReport(0, 0, 0, state.epoch, state.seq, area, reason, reporter, rid)
        picture = ReportPicture(report, zlib.compress(pixels, 1))
        question = rules.question_of(report)
        try:
            await self._changed(question, partial(rules.filed, picture))
        except rules.QueueFull:
            if not await self._authors.has(reporter):
                raise
            await self._changed(question, partial(rules.filed, picture, drew=True))

    async def claim(self, number: int, by: bytes) -> None:
        """A moderator works on a report. Raises BadRequest 404, 409."""
        await self._changed(ReportQuestion(number), partial(rules.claimed, by))

    async def release(self, number: int, by: bytes) -> None:
        """A moderator works on it no longer. Raises BadRequest 404, 409."""
        await self._changed(ReportQuestion(number), partial(rules.released, by))

    async def decide(self, decided: rules.Decided) -> list[int]:
        """Closes a report and what else the decision answers; their numbers. Raises BadRequest 404, 409."""
        await self._changed(ReportQuestion(decided.number), partial(rules.decided, decided))
        return await self._closed_by(decided)

    async def mute(self, number: int, by: bytes, until_at_ms: int, dismissal: rules.Decided | None = None) -> list[int]:
        """No more reports of whoever made this one, until a moment of the wall clock.

        The numbers of their open ones that the dismissal closed, if there is one. Raises BadRequest 404.
        """
        await self._changed(ReportQuestion(number), partial(rules.muted, by, until_at_ms, dismissal))
        return await self._closed_by(dismissal) if dismissal else []

    async def _closed_by(self, decided: rules.Decided) -> list[int]:
        closed = await self._store.reports(ReportFilter(_ALL, open=False), rules.MAX_OPEN)
        return sorted(r.number for r in closed if (r.decided_by, r.decision_rid) == (decided.by, decided.rid))

    async def listed(self, asked: ReportFilter, most: int) -> list[StoredReport]:
        """Reports, newest first."""
        return await self._store.reports(asked, most)

    async def report(self, number: int) -> StoredReport:
        """One report as it is now. Raises BadRequest 404."""
        return (await self._found(number)).report

    async def mutes(self) -> list[Mute]:
        """Whose reports are not taken now."""
        return await self._store.mutes()

    async def evidence(self, number: int) -> Evidence:
        """The evidence of one report. Raises BadRequest 404, Busy."""
        if kept := self._kept.get(number):
            return kept
        if len(self._make) >= MAX_EVIDENCE_WAITING:
            raise Busy("too much evidence is asked for; come back in a moment")
        return await self._make(number)

    async def _found(self, number: int) -> FoundReport:
        found = await self._store.report(number)
        if found is None:
            raise BadRequest(404, "there is no report with that number")
        return found

    async def _made(self, number: int) -> Evidence:
        await self._beside.run(_load)
        from beeplace.desk.reports.evidence import evidence  # noqa: PLC0415  # arrays come with it, 20 MB

        if kept := self._kept.get(number):
            return kept
        made = self._kept[number] = await evidence(self._reads, self._beside, await self._found(number))
        if len(self._kept) > MAX_EVIDENCE:
            self._kept.popitem(last=False)
        return made

    async def _changed(self, question: ReportQuestion, rule: RuleOfReports) -> None:
        """Whatever becomes of who asks, it is done or not."""
        if self._changing >= MAX_CHANGING:
            raise Busy("too many reports come in; come back in a moment")
        self._changing += 1
        try:
            await self._store.change_reports(question, rule)
        finally:
            self._changing -= 1
        await self.look()

    async def with_about(self, decided: rules.Decided) -> rules.Decided:
        """With the open reports about the people whom the action banned: in which they drew most of what is shown.

        Of what can be found out in a moment; others stay open. Changes nothing. Raises BadRequest 422 where no
        organiser did anything under that number.
        """
        if decided.action is None:
            return decided
        done = await self._reads.action(decided.action)
        if done is None:
            raise BadRequest(422, "there is no action with that number")
        ban = done.entry.change.in_state
        if not isinstance(ban, Ban):
            return decided
        banned = {read_person(person) for person in ban.people}
        others = await self._store.reports(ReportFilter(_ALL), MAX_ABOUT)
        numbers = sorted((other.number for other in others), key=lambda number: number not in self._kept)
        about = set[int]()
        with suppress(TimeoutError, Busy, StoreUnavailable):
            async with asyncio.timeout(ABOUT_SECONDS):
                for number in numbers:
                    if await self._main_author(number) in banned:
                        about.add(number)
        return replace(decided, about=frozenset(about))

    async def _main_author(self, number: int) -> bytes | None:
        return (await self.evidence(number)).main_author()


def _load() -> None:
    """Not on the event loop: it takes some 100 ms."""
    import beeplace.desk.reports.evidence  # noqa: F401, PLC0415

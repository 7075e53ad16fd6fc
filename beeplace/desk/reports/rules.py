"""The rules of reports, without I/O: each is run by a store inside a transaction, on facts that nobody else changes.

Two moderators never decide the same: a claim holds a report for one of them, and what a decision answers is closed
with it, unless another moderator has claimed that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from beeplace.board.geometry import Area
from beeplace.errors import BadRequest, BeePlaceError, Busy, Reused
from beeplace.log.reports.report import (
    Mute,
    ReportChange,
    ReportFacts,
    ReportPicture,
    ReportQuestion,
    StoredReport,
)

MAX_SIDE: Final = 128  # pixels of an area that is reported
PER_WINDOW: Final = 3  # reports of one person
WINDOW_MS: Final = 10 * 60_000
CLAIM_MS: Final = 5 * 60_000  # for which a moderator works on a report alone
ALIKE_MS: Final = 30 * 60_000  # between reports that one decision can answer
MAX_OPEN: Final = 1_000
MAX_OPEN_OF_ANYBODY: Final = 500  # beyond it there is room for people who have drawn alone: identities cost nothing

_FULL: Final = "too many reports wait for organisers; come back later"


class ReportRefused(BeePlaceError):
    """A report that is not taken now: `code` says why, `retry_in_ms` after which time one may be."""

    def __init__(self, code: str, retry_in_ms: int) -> None:
        super().__init__()
        self.code, self.retry_in_ms = code, retry_in_ms


class QueueFull(Busy):
    """So many reports are open that only people who have drawn may make one."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a moderator decides: the outcome, the seq of what was done, if anything; `about` are further reports that
    this answers, since they are about the same people, and so are all that lie in `area`. `rid` names the request."""

    number: int
    by: bytes
    outcome: str
    action: int | None
    rid: bytes
    about: frozenset[int] = frozenset()
    area: Area | None = None


def question_of(report: StoredReport) -> ReportQuestion:
    """What has to be known to take a new report."""
    return ReportQuestion(reporter=report.reporter, rid=report.rid, window_ms=WINDOW_MS)


def filed(asked: ReportPicture, facts: ReportFacts, *, drew: bool = False) -> ReportChange:
    """A new report, of somebody who is known to have drawn or not; made once, however often it is asked for.

    Raises ReportRefused, Reused, Busy; and QueueFull where it matters whether that person drew.
    """
    report = asked.report
    if again := facts.again:
        if (again.area, again.reason) != (report.area, report.reason):
            raise Reused
        return ReportChange()
    if facts.mute and facts.now_ms < facts.mute.until_ms:
        raise ReportRefused("muted", facts.mute.until_ms - facts.now_ms)
    if len(facts.recent) >= PER_WINDOW:
        raise ReportRefused("limited", facts.recent[-PER_WINDOW] + WINDOW_MS - facts.now_ms)
    if facts.open_count >= MAX_OPEN:
        raise Busy(_FULL)
    if facts.open_count >= MAX_OPEN_OF_ANYBODY and not drew:
        raise QueueFull(_FULL)
    stored = replace(report, number=facts.last_number + 1, board_ms=facts.now_ms, at_ms=facts.at_ms)
    return ReportChange(added=asked._replace(report=stored))


def claimed(by: bytes, facts: ReportFacts) -> ReportChange:
    """The moderator works on a report, and on all that its decision would answer, for some minutes from now on."""
    report = _free(facts, by)
    until_ms = facts.now_ms + CLAIM_MS
    mine = (report, *_alike(report, by, frozenset(), facts))
    return ReportChange(updated=tuple(replace(r, claimed_by=by, claimed_until_ms=until_ms) for r in mine))


def released(by: bytes, facts: ReportFacts) -> ReportChange:
    """The moderator works on a report, and on what is like it, no longer."""
    report = _free(facts, by)
    mine = (r for r in (report, *_alike(report, by, frozenset(), facts)) if r.claimed_by == by)
    return ReportChange(updated=tuple(replace(r, claimed_by=None, claimed_until_ms=None) for r in mine))


def decided(asked: Decided, facts: ReportFacts) -> ReportChange:
    """Closes a report and all open ones that the decision answers; `updated` has the report first.

    Asked for again under the same name, it happens once.
    """
    named = _named(facts)
    if named.outcome and (named.decided_by, named.decision_rid) == (asked.by, asked.rid):
        if (named.outcome, named.action) != (asked.outcome, asked.action):
            raise Reused
        return ReportChange()
    report = _free(facts, asked.by)
    alike = _alike(report, asked.by, asked.about | _within(asked.area, facts), facts)
    closed = (report, *(other for other in alike if _was_seen(other, report, asked, facts)))
    return ReportChange(updated=tuple(_closed(each, asked, facts.at_ms) for each in closed))


def _closed(report: StoredReport, asked: Decided, at_ms: int) -> StoredReport:
    return replace(
        report,
        claimed_by=None,
        claimed_until_ms=None,
        outcome=asked.outcome,
        decided_by=asked.by,
        decided_at_ms=at_ms,
        action=asked.action,
        decision_rid=asked.rid,
    )


def muted(by: bytes, until_at_ms: int, dismissal: Decided | None, facts: ReportFacts) -> ReportChange:
    """Who made a report makes no more until a moment of the wall clock; one that has come lifts it.

    A dismissal closes all open reports of that person, too, but those that another moderator works on.
    """
    reporter, ahead_ms = _named(facts).reporter, max(0, until_at_ms - facts.at_ms)
    theirs = [r for r in facts.open if r.reporter == reporter and not _is_anothers(r, by, facts.now_ms)]
    closed = tuple(_closed(each, dismissal, facts.at_ms) for each in theirs) if dismissal else ()
    return ReportChange(updated=closed, mute=Mute(reporter, facts.now_ms + ahead_ms, until_at_ms, by))


def is_alike(one: StoredReport, other: StoredReport) -> bool:
    """Whether one decision answers both: within half an hour of each other, on one numbering of the board, and half of
    the smaller area, at least, lies in the larger."""
    if one.epoch != other.epoch or abs(one.board_ms - other.board_ms) > ALIKE_MS:
        return False
    smaller = min(one.area.width * one.area.height, other.area.width * other.area.height)
    return 2 * _overlap(one.area, other.area) >= smaller


def _overlap(one: Area, other: Area) -> int:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(0, across) * max(0, down)


def _alike(report: StoredReport, by: bytes, about: frozenset[int], facts: ReportFacts) -> list[StoredReport]:
    """The other open reports that a decision about one answers, and that no other moderator works on."""
    return [
        other
        for other in facts.open
        if other.number != report.number
        and not _is_anothers(other, by, facts.now_ms)
        and (other.number in about or is_alike(report, other))
    ]


def _within(area: Area | None, facts: ReportFacts) -> frozenset[int]:
    """The open reports that lie in an area, whole."""
    if area is None:
        return frozenset()
    inside = (r for r in facts.open if _overlap(r.area, area) == r.area.width * r.area.height)
    return frozenset(r.number for r in inside)


def _was_seen(other: StoredReport, report: StoredReport, asked: Decided, facts: ReportFacts) -> bool:
    """Whether a decision can be about another report: one that came after the moderator began to look, and is not of
    before what was done, may be about what was drawn meanwhile."""
    claimed_until_ms = report.claimed_until_ms if report.claimed_by == asked.by else None
    began_ms = facts.now_ms if claimed_until_ms is None else claimed_until_ms - CLAIM_MS
    return other.board_ms <= began_ms or (asked.action is not None and other.seq < asked.action)


def _is_anothers(report: StoredReport, by: bytes, now_ms: int) -> bool:
    until_ms = report.claimed_until_ms
    return until_ms is not None and now_ms < until_ms and report.claimed_by != by


def _named(facts: ReportFacts) -> StoredReport:
    """Raises BadRequest 404."""
    if facts.named is None:
        raise BadRequest(404, "there is no report with that number")
    return facts.named


def _free(facts: ReportFacts, by: bytes) -> StoredReport:
    """The report that was asked for, on which this moderator may work. Raises BadRequest 404, 409."""
    report = _named(facts)
    if report.outcome:
        raise BadRequest(409, "this report is decided already")
    if _is_anothers(report, by, facts.now_ms):
        raise BadRequest(409, "another organiser works on this report")
    return report

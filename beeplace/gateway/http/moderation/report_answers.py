"""What moderators are told of reports: people by their pseudonyms, each other by the names of their keys."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiohttp import web

from beeplace.board.palette import Palette
from beeplace.board.terms import place_name
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.access.roles import HOLDER
from beeplace.gateway.http.actions.selections import moment
from beeplace.gateway.http.moderation.report_models import (
    EvidencePerson,
    EvidenceSelection,
    EvidenceSteps,
    ListedReport,
    ReportClaim,
    ReportedArea,
    ReportEvidence,
    ReportOutcome,
)
from beeplace.gateway.http.png import png
from beeplace.log.reports.report import StoredReport
from beeplace.people.identities import pseudonym

if TYPE_CHECKING:
    from beeplace.desk.reports.evidence import Evidence, EvidenceAuthor

_MAX_PEOPLE = 1_000


async def told_reports(request: web.Request, found: Sequence[StoredReport]) -> list[ListedReport]:
    """As a list has them, for the key that asks."""
    gateway, own = request.app[GATEWAY], request[HOLDER].identity
    names = await gateway.keys.names()
    muted = {mute.reporter for mute in await gateway.reports.mutes()} if found else set()
    now_ms, term = gateway.commits.now_ms(), gateway.board.state.term

    def told(report: StoredReport) -> ListedReport:
        return ListedReport(
            number=report.number,
            at=moment(report.at_ms),
            epoch=place_name(report.epoch, term),
            seq=report.seq,
            area=ReportedArea(*report.area),
            reason=report.reason,
            reporter=pseudonym(report.reporter),
            reporter_muted=report.reporter in muted,
            claim=_claim(report, names, own, now_ms),
            decision=_decision(report, names),
        )

    return [told(report) for report in found]


def _claim(report: StoredReport, names: dict[bytes, str], own: bytes, now_ms: int) -> ReportClaim | None:
    by, until_ms = report.claimed_by, report.claimed_until_ms
    if by is None or until_ms is None or until_ms <= now_ms:
        return None
    return ReportClaim(names.get(by), until_ms - now_ms, by == own)


def _decision(report: StoredReport, names: dict[bytes, str]) -> ReportOutcome | None:
    if report.outcome is None or report.decided_by is None or report.decided_at_ms is None:
        return None
    return ReportOutcome(report.outcome, names.get(report.decided_by), moment(report.decided_at_ms), report.action)


async def told_evidence(request: web.Request, found: Evidence) -> ReportEvidence:
    """With the report as it is now."""
    reads, queue = request.app[GATEWAY].reads, request.app[GATEWAY].reports
    area, palette, people = found.report.area, found.palette, found.people[:_MAX_PEOPLE]
    moments = await reads.moments(sorted({seq for one in people for seq in (one.first_seq, one.last_seq)}))
    [report] = await told_reports(request, [await queue.report(found.report.number)])
    before, after = [await asyncio.to_thread(_picture, p, area.width, palette) for p in (found.before, found.after)]
    return ReportEvidence(
        report=report,
        before=before,
        after=after,
        palette=list(palette.colors),
        people=[_person(one, moments) for one in people],
        steps=_steps(found, people),
        selection=EvidenceSelection(ReportedArea(*area), found.since),
    )


def _person(one: EvidenceAuthor, moments: dict[int, int]) -> EvidencePerson:
    first, last = (moment(moments[seq]) for seq in (one.first_seq, one.last_seq))
    return EvidencePerson(pseudonym(one.name), one.pixels, one.shown, first, last)


def _steps(found: Evidence, people: Sequence[EvidenceAuthor]) -> EvidenceSteps:
    steps, places = found.steps, {one.name: place for place, one in enumerate(people)}
    names = [steps.names[row : row + 1].tobytes() if drawn else b"" for row, drawn in enumerate(steps.drawn.tolist())]
    return EvidenceSteps(
        steps.seqs.tolist(), steps.offsets.tolist(), steps.colors.tolist(), [places.get(name, -1) for name in names]
    )


def _picture(pixels: bytes, width: int, palette: Palette) -> str:
    return "data:image/png;base64," + b64encode(png(pixels, width, len(pixels) // width, palette, 1)).decode()

"""The routes of reports: people report an area; moderators see the queue and the evidence, claim, decide, mute."""

from __future__ import annotations

from collections.abc import Awaitable
from hashlib import blake2s
from typing import Any, Final

from aiohttp import web

from beeplace.board.geometry import Area
from beeplace.board.in_force import LATEST_MS
from beeplace.desk.reports.rules import Decided, ReportRefused
from beeplace.desk.selection import read_moment
from beeplace.errors import BadRequest, Reused
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http.api.bodies import body, path, query
from beeplace.gateway.http.api.operations import described
from beeplace.gateway.http.errors import DEADLINE, answer, reply
from beeplace.gateway.http.moderation import report_operations as operations
from beeplace.gateway.http.moderation.report_answers import told_evidence, told_reports
from beeplace.gateway.http.moderation.report_models import (
    NewReport,
    ReportDecision,
    ReportList,
    ReportMute,
    ReportPath,
    ReportQuery,
)
from beeplace.gateway.http.organiser import authorised, idempotency_key, is_json, not_known
from beeplace.log.reports.report import ReportFilter
from beeplace.log.store import OutcomeUnknown

_STATES: Final = {"open": True, "closed": False, "all": None}
_REFUSED: Final = {
    "muted": (403, "organisers take no more reports from you for now"),
    "limited": (429, "that were many reports; report again in some minutes"),
}

routes = web.RouteTableDef()


@routes.post("/api/reports")
@described(operations.FILE)
async def file(request: web.Request) -> web.Response:
    """Takes somebody's report. What it is answered says nothing about anybody."""
    if not is_json(request):
        raise BadRequest(415, "a body is application/json")
    gateway, asked, key = request.app[GATEWAY], await body(request, NewReport), idempotency_key(request)
    identity = gateway.identities.recognise(asked.token or gateway.identities.shown(request.cookies))
    if identity is None:
        raise BadRequest(401, "join first: the token that join gives says who reports")
    if not gateway.board.state.settings.reports:
        return _refused(gateway, 403, "organisers take no reports", "off")
    area = Area(asked.area.x, asked.area.y, asked.area.width, asked.area.height)
    if not gateway.board.state.holds(area):
        raise BadRequest(422, "the area must lie on the board")
    try:
        work = gateway.reports.file(identity.hash, area, asked.reason, _rid(key))
        done = await _done(request, key, work, "Thank you. An organiser will look at it.")
    except ReportRefused as refused:
        status, message = _REFUSED[refused.code]
        return _refused(gateway, status, message, refused.code, refused.retry_in_ms)
    if done.status == 200:
        gateway.metrics.reports.labels("taken").inc()
    return done


def _refused(gateway: Gateway, status: int, message: str, code: str, retry_in_ms: int | None = None) -> web.Response:
    gateway.metrics.reports.labels(code).inc()
    told: dict[str, Any] = {"statusCode": status, "message": message, "code": code}
    if retry_in_ms is None:
        return answer(told, status)
    return answer({**told, "retryIn": retry_in_ms}, status, {"Retry-After": str(-(-retry_in_ms // 1000))})


@routes.get("/api/reports")
@described(operations.LIST)
async def listed(request: web.Request) -> web.Response:
    """The queue, or what became of earlier reports."""
    asked, queue = query(request, ReportQuery), request.app[GATEWAY].reports
    found = await queue.listed(ReportFilter(asked.before, _STATES[asked.state]), asked.limit)
    await queue.look()
    following = found[-1].number if len(found) == asked.limit else None
    return reply(ReportList(await told_reports(request, found), queue.state.open, following))


@routes.get("/api/reports/{number}/evidence")
@described(operations.EVIDENCE)
async def evidence(request: web.Request) -> web.Response:
    """As of the report's seq, whatever happened since."""
    found = await request.app[GATEWAY].reports.evidence(_of_path(request))
    return reply(await told_evidence(request, found))


@routes.post("/api/reports/{number}/claim")
@described(operations.CLAIM)
async def claim(request: web.Request) -> web.Response:
    """The moderator works on it."""
    identity, number = authorised(request), _of_path(request)
    work = request.app[GATEWAY].reports.claim(number, identity)
    return await _done(request, idempotency_key(request), work, "You work on this report")


@routes.delete("/api/reports/{number}/claim")
@described(operations.RELEASE)
async def release(request: web.Request) -> web.Response:
    """The moderator does so no longer."""
    identity, number = authorised(request), _of_path(request)
    work = request.app[GATEWAY].reports.release(number, identity)
    return await _done(request, idempotency_key(request), work, "Others can work on this report")


@routes.post("/api/reports/{number}/decision")
@described(operations.DECIDE)
async def decide(request: web.Request) -> web.Response:
    """Closes it, and what is answered with it."""
    identity, number = authorised(request), _of_path(request)
    asked, key = await body(request, ReportDecision), idempotency_key(request)
    if (asked.outcome == "acted") is (asked.action is None):
        raise BadRequest(422, "action is the number of what was done: it comes with acted, and with nothing else")
    if asked.area and asked.outcome != "dismissed":
        raise BadRequest(422, "area comes with dismissed: all that was reported in it is dismissed")
    area = Area(asked.area.x, asked.area.y, asked.area.width, asked.area.height) if asked.area else None
    decided = Decided(number, identity, asked.outcome, asked.action, _rid(key), area=area)
    queue = request.app[GATEWAY].reports
    work = queue.decide(await queue.with_about(decided))
    return await _done(request, key, work, "Decided", "closed")


@routes.post("/api/reports/{number}/mute")
@described(operations.MUTE)
async def mute(request: web.Request) -> web.Response:
    """No more reports of whoever made it, until then."""
    identity, number = authorised(request), _of_path(request)
    asked, key = await body(request, ReportMute), idempotency_key(request)
    until_ms = read_moment(asked.until, "until")
    if until_ms > LATEST_MS:
        raise BadRequest(422, "until is too far ahead")
    dismissal = Decided(number, identity, "dismissed", None, _rid(key)) if asked.dismiss else None
    work = request.app[GATEWAY].reports.mute(number, identity, until_ms, dismissal)
    return await _done(request, key, work, "Muted", "closed")


async def _done(
    request: web.Request, key: str, work: Awaitable[object], message: str, name: str | None = None
) -> web.Response:
    """Carries it out; what it returns is told under `name`, if any."""
    request[DEADLINE].reschedule(None)  # from here on a time that runs out is told apart: not done, or not known
    try:
        result = await work
    except Reused as error:
        raise BadRequest(422, "this Idempotency-Key was given before, with another request") from error
    except OutcomeUnknown:
        return not_known(key)
    return answer({"statusCode": 200, "message": message, **({name: result} if name else {})})


def _rid(key: str) -> bytes:
    return blake2s(key.encode(), digest_size=16).digest()


def _of_path(request: web.Request) -> int:
    return path(request, ReportPath).number

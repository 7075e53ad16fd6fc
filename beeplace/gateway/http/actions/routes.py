"""The routes of actions: take one, undo one. Who may take which, `access/roles.py` says by its kind."""

from __future__ import annotations

from aiohttp import web

from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.access.roles import HOLDER
from beeplace.gateway.http.actions import action
from beeplace.gateway.http.api.action_models import EFFECT, EXAMPLES, ActionEffect, ActionPath, AskedKind, UndoRequest
from beeplace.gateway.http.api.bodies import optional_body, path
from beeplace.gateway.http.api.operations import IDEMPOTENCY_KEY, Operation, described
from beeplace.gateway.http.errors import DEADLINE, reply
from beeplace.gateway.http.organiser import authorised, idempotency_key, json_body, not_known
from beeplace.log.store import OutcomeUnknown

_ACT = Operation(
    "Takes an action",
    about="Each kind has a form of its own. A reason is asked for, and may be empty where there is no time for one.",
    reads=AskedKind,
    examples=EXAMPLES,
    answers=ActionEffect,
    answer=EFFECT,
    parameters=(IDEMPOTENCY_KEY,),
    may=(503, 504),
)
_UNDO = Operation(
    "Takes an action back, as far as what it made is still so; an undo, too",
    path=ActionPath,
    reads=UndoRequest,
    may_be_empty=True,
    examples={
        "a mistake": {"reason": "it was the headliner's"},
        "a ban is over, and what they drew stays away": {"reason": "they said sorry", "pixels": False},
    },
    answers=ActionEffect,
    answer=EFFECT,
    parameters=(IDEMPOTENCY_KEY,),
    may=(503, 504),
)

routes = web.RouteTableDef()


@routes.post("/api/actions")
@described(_ACT)
async def act(request: web.Request) -> web.Response:
    """Takes an action."""
    authorised(request)
    given, key = await json_body(request), idempotency_key(request)
    return await _answered(request, key, action.take(request.app[GATEWAY], request[HOLDER], given, key))


@routes.post("/api/actions/{seq}/undo")
@described(_UNDO)
async def undo(request: web.Request) -> web.Response:
    """Takes an action back, as far as what it made is still so."""
    authorised(request)
    asked, seq, key = await optional_body(request, UndoRequest), path(request, ActionPath).seq, idempotency_key(request)
    work = await action.undo(request.app[GATEWAY], request[HOLDER], seq, asked, key)
    return await _answered(request, key, work)


async def _answered(request: web.Request, key: str, work: action.Work) -> web.Response:
    request[DEADLINE].reschedule(None)  # from here on a time that runs out is told apart: not done, or not known
    try:
        return reply(await action.done(request.app[GATEWAY], work))
    except OutcomeUnknown:
        return not_known(key)

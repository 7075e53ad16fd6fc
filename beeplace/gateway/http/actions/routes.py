"""The routes of actions: take one, undo one. Who may take which, `access/roles.py` says by its kind."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from hashlib import blake2s
from typing import Any

import msgspec
from aiohttp import web

from beeplace.board.changes.restoration import read_head
from beeplace.board.changes.undo import Undone
from beeplace.board.terms import place_name
from beeplace.desk.take_back import Effect, Order
from beeplace.errors import BadRequest, Reused
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http.access.roles import ACTIONS, HOLDER, require
from beeplace.gateway.http.actions.asked import ActionSources
from beeplace.gateway.http.actions.kinds import KINDS
from beeplace.gateway.http.actions.listing import word
from beeplace.gateway.http.api.action_models import (
    EFFECT,
    EXAMPLES,
    ActionEffect,
    ActionPath,
    AskedKind,
    LeftPixel,
)
from beeplace.gateway.http.api.bodies import optional_body, path
from beeplace.gateway.http.api.models import Why
from beeplace.gateway.http.api.operations import IDEMPOTENCY_KEY, Operation, described
from beeplace.gateway.http.errors import DEADLINE, reply
from beeplace.gateway.http.organiser import authorised, idempotency_key, json_body, not_known
from beeplace.log.past import ActionFilter, ListedAction
from beeplace.log.store import OutcomeUnknown
from beeplace.models import fitted
from beeplace.people.roles import Role

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
    reads=Why,
    may_be_empty=True,
    examples={"a mistake": {"reason": "it was the headliner's"}},
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
    identity, given = authorised(request), await json_body(request)
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadRequest(422, f"kind must be one of: {', '.join(KINDS)}")
    require(request[HOLDER], ACTIONS[kind])
    form, take = KINDS[kind]
    asked, key, gateway = fitted(given, form), idempotency_key(request), request.app[GATEWAY]
    order = _order(identity, asked.reason, key, b"act\n" + _canonical(given))
    context = ActionSources(gateway.board.state, order, gateway.desk, gateway.commits.now_ms())
    return await _answered(request, key, lambda: take(asked, context))


@routes.post("/api/actions/{seq}/undo")
@described(_UNDO)
async def undo(request: web.Request) -> web.Response:
    """Takes an action back, as far as what it made is still so."""
    identity, asked, seq = authorised(request), await optional_body(request, Why), path(request, ActionPath).seq
    gateway, key = request.app[GATEWAY], idempotency_key(request)
    target = next(iter(await gateway.reads.actions(ActionFilter(seq + 1), 1)), None)
    if target is None or target.seq != seq:
        raise BadRequest(404, "there is no action with that number")
    require(request[HOLDER], _role(target))
    order = _order(identity, asked.reason, key, b"undo %d\n" % seq + _canonical(msgspec.to_builtins(asked)))
    return await _answered(request, key, lambda: gateway.desk.undo(seq, order))


def _order(identity: bytes, reason: str, key: str, request: bytes) -> Order:
    return Order(identity, reason, blake2s(key.encode(), digest_size=16).digest(), request)


def _canonical(body: dict[str, Any]) -> bytes:
    """The same for two bodies that say the same."""
    return json.dumps(body, sort_keys=True).encode()


def _role(target: ListedAction) -> Role:
    """Who may take back, or take back again, what an action of this kind did: who may do it."""
    kind = read_head(target.payload)[0]["kind"] if target.kind == Undone.NUMBER else target.kind
    return ACTIONS.get(word(kind), Role.OPERATOR)


async def _answered(request: web.Request, key: str, work: Callable[[], Awaitable[Effect]]) -> web.Response:
    request[DEADLINE].reschedule(None)  # from here on a time that runs out is told apart: not done, or not known
    try:
        effect = await work()
    except Reused as error:
        raise BadRequest(422, "this Idempotency-Key was given before, with another request") from error
    except OutcomeUnknown:
        return not_known(key)
    return _told(request.app[GATEWAY], effect)


def _told(gateway: Gateway, effect: Effect) -> web.Response:
    entry, state = effect.entry, gateway.board.state
    if entry is None:
        message = "Nothing was left to change" if effect.left else "There is nothing to change"
    else:
        message = "Done" if not effect.left else "Done; pixels that somebody changed later stay"
    acted = ActionEffect(
        status_code=200,
        message=message,
        seq=entry.seq if entry else None,
        epoch=place_name(entry.epoch, state.term) if entry else state.name,
        changed=effect.changed,
        left=effect.left,
        left_pixels=[LeftPixel(*pixel) for pixel in effect.told],
    )
    return reply(acted)

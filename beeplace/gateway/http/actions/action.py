"""How an action is taken and undone, whichever way it is asked for: checked first, then done, and told."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from hashlib import blake2s
from typing import Any

import msgspec

from beeplace.board.changes.restoration import read_head
from beeplace.board.changes.undo import Undone
from beeplace.board.terms import place_name
from beeplace.desk.take_back import Effect, Order
from beeplace.errors import BadRequest, Reused
from beeplace.gateway.gateway import Gateway
from beeplace.gateway.http.access.roles import ACTIONS, require
from beeplace.gateway.http.actions.asked import ActionSources
from beeplace.gateway.http.actions.kinds import KINDS
from beeplace.gateway.http.actions.listing import word
from beeplace.gateway.http.api.action_models import ActionEffect, LeftPixel, UndoRequest
from beeplace.log.past import ActionFilter, ListedAction
from beeplace.models import fitted
from beeplace.people.keys import KeyHolder
from beeplace.people.roles import Role

Work = Callable[[], Awaitable[Effect]]


def take(gateway: Gateway, holder: KeyHolder, given: dict[str, Any], key: str) -> Work:
    """What carries out an action that is asked for in its form, once under `key`. Raises BadRequest."""
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadRequest(422, f"kind must be one of: {', '.join(KINDS)}")
    require(holder, ACTIONS[kind])
    form, carry_out = KINDS[kind]
    asked = fitted(given, form)
    order = _order(gateway, holder, asked.reason, key, b"act\n" + _canonical(given))
    tickets = gateway.entrance.tickets.possible
    context = ActionSources(gateway.board.state, order, gateway.desk, gateway.commits.now_ms(), tickets)
    return lambda: carry_out(asked, context)


async def undo(gateway: Gateway, holder: KeyHolder, seq: int, asked: UndoRequest, key: str) -> Work:
    """What takes an action back. Raises BadRequest."""
    target = next(iter(await gateway.reads.actions(ActionFilter(seq + 1), 1)), None)
    if target is None or target.seq != seq:
        raise BadRequest(404, "there is no action with that number")
    require(holder, _role(target))
    order = _order(gateway, holder, asked.reason, key, b"undo %d\n" % seq + _canonical(msgspec.to_builtins(asked)))
    return lambda: gateway.desk.undo(seq, order, pixels=asked.pixels)


async def done(gateway: Gateway, work: Work) -> ActionEffect:
    """Does it, and says what it did. Raises BadRequest, and what `CommitLoop.act` does."""
    try:
        effect = await work()
    except Reused as error:
        raise BadRequest(422, "this Idempotency-Key was given before, with another request") from error
    return _told(gateway, effect)


def _order(gateway: Gateway, holder: KeyHolder, reason: str, key: str, request: bytes) -> Order:
    async def still_allowed() -> None:
        if await gateway.keys.by_identity(holder.identity) is None:
            raise BadRequest(401, "Unauthorized")

    return Order(holder.identity, reason, blake2s(key.encode(), digest_size=16).digest(), request, still_allowed)


def _canonical(body: dict[str, Any]) -> bytes:
    """The same for two bodies that say the same."""
    return json.dumps(body, sort_keys=True).encode()


def _role(target: ListedAction) -> Role:
    """Who may take back, or take back again, what an action of this kind did: who may do it."""
    kind = read_head(target.payload)[0]["kind"] if target.kind == Undone.NUMBER else target.kind
    return ACTIONS.get(word(kind), Role.OPERATOR)


def _told(gateway: Gateway, effect: Effect) -> ActionEffect:
    entry, state = effect.entry, gateway.board.state
    if entry is None:
        message = "Nothing was left to change" if effect.left else "There is nothing to change"
    else:
        message = "Done" if not effect.left else "Done; pixels that somebody changed later stay"
    return ActionEffect(
        status_code=200,
        message=message,
        seq=entry.seq if entry else None,
        epoch=place_name(entry.epoch, state.term) if entry else state.name,
        changed=effect.changed,
        left=effect.left,
        left_pixels=[LeftPixel(*pixel) for pixel in effect.told],
    )

"""Commands over the desk's socket: what routes of HTTP do, asked for by events and answered by their acknowledgements.

    act      the body of POST /api/actions
    undo     {seq, reason?, pixels?}, as POST /api/actions/{seq}/undo
    panic    {begun, reason?}, as POST and DELETE /api/panic
    preview  a selection, as POST /api/selections/preview
    authors  the same, as POST /api/selections/authors

Those that act take an `idempotencyKey`, too. What is answered is the route's JSON, with `statusCode` in any case.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import blake2s
from typing import Annotated, Any, Final

import msgspec
import orjson
from msgspec import Meta, Struct

from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.rules import Action
from beeplace.board.terms import place_name
from beeplace.desk.selection import AskedSelection
from beeplace.errors import BadRequest, Busy, Reused
from beeplace.gateway.gateway import Gateway
from beeplace.gateway.http.access.roles import ROLES, require
from beeplace.gateway.http.actions import action
from beeplace.gateway.http.actions.selections import drawn_by, previewed
from beeplace.gateway.http.api.action_models import UndoRequest
from beeplace.gateway.http.api.models import ActionDone, Reason
from beeplace.gateway.http.errors import SAID, said
from beeplace.gateway.http.organiser import OUTCOME_UNKNOWN, is_idempotency_key
from beeplace.gateway.wire import strict_json
from beeplace.log.store import OutcomeUnknown
from beeplace.models import fitted
from beeplace.people.keys import KeyHolder

MAX_AT_ONCE = 16  # commands of all desks; of more nothing is done, and that is answered

logger = logging.getLogger("beeplace.desk")


class UndoCommand(UndoRequest, forbid_unknown_fields=True, kw_only=True):
    """Which action is taken back, and how."""

    seq: Annotated[int, Meta(ge=1)]


class PanicCommand(Struct, forbid_unknown_fields=True):
    """Whether panic begins or ends, and why."""

    begun: bool
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks for what; under `key` it happens once."""

    gateway: Gateway
    holder: KeyHolder
    given: dict[str, Any]
    key: str


class Commands:
    """One for each gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._running = 0

    async def answer(self, name: str, identity: bytes, *payload: object) -> dict[str, Any]:
        """Does what an event asks for, and tells what became of it; nothing is raised.

        `identity` is what the log calls the key that the socket was opened with.
        """
        key = ""
        if self._running >= MAX_AT_ONCE:
            return _error(503, str(Busy("too much is asked for at once; come back in a moment")))
        self._running += 1
        try:
            given = _object(payload)
            key = _key(given)
            return await self._done(name, identity, given, key)
        except OutcomeUnknown:
            return {**_error(504, OUTCOME_UNKNOWN), "idempotencyKey": key}
        except SAID as raised:
            return _error(*said(raised))
        except Exception:
            logger.exception("a command failed")
            return _error(500, "something went wrong here")
        finally:
            self._running -= 1

    async def _done(self, name: str, identity: bytes, given: dict[str, Any], key: str) -> dict[str, Any]:
        holder = await self._gateway.keys.by_identity(identity)
        if holder is None:
            raise BadRequest(401, "Unauthorized")
        route, do = COMMANDS[name]
        require(holder, ROLES[route])
        told: dict[str, Any] = msgspec.to_builtins(await do(_Asked(self._gateway, holder, given, key)))
        return {"statusCode": 200, **told}


async def _act(asked: _Asked) -> Struct:
    return await action.done(asked.gateway, action.take(asked.gateway, asked.holder, asked.given, asked.key))


async def _undo(asked: _Asked) -> Struct:
    wanted = fitted(asked.given, UndoCommand)
    work = await action.undo(
        asked.gateway, asked.holder, wanted.seq, UndoRequest(wanted.reason, wanted.pixels), asked.key
    )
    return await action.done(asked.gateway, work)


async def _panic(asked: _Asked) -> Struct:
    wanted, gateway = fitted(asked.given, PanicCommand), asked.gateway
    rid = blake2s(asked.key.encode(), digest_size=16).digest()
    try:
        entry = await gateway.commits.act(
            Action(Panic(wanted.begun), asked.holder.identity, reason=wanted.reason, rid=rid)
        )
    except Reused as error:
        raise BadRequest(422, "this idempotencyKey was given before, with another request") from error
    assert entry  # panic fits any board
    return ActionDone(200, "Done", entry.seq, place_name(entry.epoch, gateway.board.state.term))


async def _preview(asked: _Asked) -> Struct:
    return await previewed(asked.gateway, fitted(asked.given, AskedSelection))


async def _authors(asked: _Asked) -> Struct:
    return await drawn_by(asked.gateway, fitted(asked.given, AskedSelection))


COMMANDS: Final[dict[str, tuple[str, Callable[[_Asked], Awaitable[Struct]]]]] = {  # each with the route that it mirrors
    "act": ("POST /api/actions", _act),
    "undo": ("POST /api/actions/{seq}/undo", _undo),
    "panic": ("POST /api/panic", _panic),
    "preview": ("POST /api/selections/preview", _preview),
    "authors": ("POST /api/selections/authors", _authors),
}


def _object(payload: tuple[object, ...]) -> dict[str, Any]:
    """The one argument of an event, as strict as a body. Raises BadRequest."""
    if len(payload) != 1 or not isinstance(payload[0], dict):
        raise BadRequest(422, "a command has one JSON object")
    try:
        found: dict[str, Any] = strict_json.loads(orjson.dumps(payload[0]))
    except (TypeError, ValueError, RecursionError) as error:  # bytes, half a character, too deep
        raise BadRequest(400, "a command must be JSON") from error
    return found


def _key(given: dict[str, Any]) -> str:
    """Takes the name of the request out of it. Raises BadRequest."""
    if "idempotencyKey" not in given:
        return secrets.token_urlsafe(16)
    key = given.pop("idempotencyKey")
    if not is_idempotency_key(key):
        raise BadRequest(422, "idempotencyKey must have 1 to 255 printable ASCII characters")
    return str(key)


def _error(status: int, message: str) -> dict[str, Any]:
    return {"statusCode": status, "message": message}

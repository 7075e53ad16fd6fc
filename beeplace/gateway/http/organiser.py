"""What all routes that act have in common: who asks, a JSON body, a name for the request, and one entry of the log."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from hashlib import blake2s
from typing import Any

from aiohttp import web

from beeplace.board.entries import Entry
from beeplace.board.rules import Action
from beeplace.board.terms import place_name
from beeplace.errors import BadRequest, Reused
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.access.roles import HOLDER
from beeplace.gateway.http.errors import DEADLINE, answer
from beeplace.gateway.wire import strict_json
from beeplace.log.store import OutcomeUnknown

_JSON = re.compile(r"\s*application/json\s*(?:;\s*charset\s*=\s*\"?utf-8\"?\s*)?", re.ASCII | re.IGNORECASE)
MAX_BODY_BYTES = 65_536
_KEY = re.compile(r"[\x20-\x7e]{1,255}")
OUTCOME_UNKNOWN = (
    "it is not known yet whether this happened: ask again with the same Idempotency-Key, and it happens once at most; "
    "/api/log has what happened"
)


def authorised(request: web.Request) -> bytes:
    """What the log calls who acts. Raises BadRequest for a body that a page of another site could send."""
    if not is_json(request):
        raise BadRequest(415, "a body is application/json")
    return request[HOLDER].identity


def is_json(request: web.Request) -> bool:
    """Whether what is sent, if anything, is JSON. A browser sends a page's JSON to another site only if that allows it,
    while it sends texts and forms unasked."""
    kinds = request.headers.getall("Content-Type", [])
    if kinds == ["application/octet-stream"] and not request.body_exists:
        return True  # what some clients say of nothing
    return len(kinds) <= 1 and all(_JSON.fullmatch(kind) for kind in kinds)


async def json_body(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object. Raises BadRequest."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise BadRequest(415, "bodies are not compressed")
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise BadRequest(413, "the body is too large")
    try:
        body = strict_json.loads(await request.read())
    except (strict_json.StrictJSONError, UnicodeDecodeError, web.RequestPayloadError) as error:
        raise BadRequest(400, "the body must be JSON") from error
    if not isinstance(body, dict):
        raise BadRequest(422, "the body must be a JSON object")
    return body


_NO_FIT = "the area must lie on the board, and the colour in the palette"


async def act(
    request: web.Request, action: Action, what: str, *, no_fit: str = _NO_FIT, more: dict[str, Any] | None = None
) -> web.Response:
    """Carries it out once, whatever becomes of the connection and however often it is asked for under one key.

    `no_fit` is said where the board does not allow it, `more` is what the answer says beside the entry.
    """
    commits = request.app[GATEWAY].commits
    key = idempotency_key(request)
    action = replace(action, rid=blake2s(key.encode(), digest_size=16).digest())
    request[DEADLINE].reschedule(None)  # from here on a time that runs out is told apart: not done, or not known
    try:
        entry: Entry | None = await commits.act(action)
    except Reused as error:
        raise BadRequest(422, "this Idempotency-Key was given before, with another request") from error
    except OutcomeUnknown:
        return not_known(key)
    if entry is None:
        raise BadRequest(422, no_fit)
    name = place_name(entry.epoch, request.app[GATEWAY].board.state.term)
    return answer({"statusCode": 200, "message": what, "seq": entry.seq, "epoch": name, **(more or {})})


def not_known(key: str) -> web.Response:
    """The answer where nobody knows yet whether an action happened."""
    told = {"statusCode": 504, "message": OUTCOME_UNKNOWN, "idempotencyKey": key}
    return answer(told, 504, {"Idempotency-Key": key, "Retry-After": "2"})


def idempotency_key(request: web.Request) -> str:
    """What the client calls this action; a name of ours where it gives none. Raises BadRequest."""
    given = request.headers.getall("Idempotency-Key", [])
    if not given:
        return secrets.token_urlsafe(16)
    if len(given) > 1 or not is_idempotency_key(given[0]):
        raise BadRequest(422, "Idempotency-Key must be given once, with 1 to 255 printable ASCII characters")
    return given[0]


def is_idempotency_key(given: object) -> bool:
    """Whether an action may be called so."""
    return isinstance(given, str) and _KEY.fullmatch(given) is not None

"""The route that lets a crowd of synthetic people in: `beeplace rehearse` asks it before it opens a socket."""

from __future__ import annotations

import logging
from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.access.roles import HOLDER
from beeplace.gateway.http.api.bodies import body
from beeplace.gateway.http.api.operations import Operation, described
from beeplace.gateway.http.errors import reply
from beeplace.gateway.http.organiser import authorised
from beeplace.people.rehearsals import MAX_PEOPLE, names

logger = logging.getLogger("beeplace.http")


class RehearsalAsked(Struct, forbid_unknown_fields=True):
    """How many people are to come."""

    people: Annotated[int, Meta(ge=1, le=MAX_PEOPLE, description="synthetic people")]


class Rehearsal(Struct, rename="camel"):
    """The token that their fingerprints begin with, what the log calls each of them, and where the log is now."""

    status_code: int
    token: str
    people: list[str]
    epoch: str
    seq: int


_ANSWER: dict[str, Any] = {
    "statusCode": 200, "token": "rehearsal-...", "people": ["bee-1f2e3d4c"], "epoch": "5f0c...", "seq": 1742,
}  # fmt: skip
_REHEARSAL = Operation(
    "A token for a rehearsal with synthetic people, as `beeplace rehearse` asks for",
    about="Person n joins with the fingerprint `token.n` and is `people[n]` in the log, so that a rewind takes back "
    "what the rehearsal drew.",
    reads=RehearsalAsked,
    examples={"a hundred": {"people": 100}},
    answers=Rehearsal,
    answer=_ANSWER,
    may=(415,),
)

routes = web.RouteTableDef()


@routes.post("/api/rehearsals")
@described(_REHEARSAL)
async def rehearsal(request: web.Request) -> web.Response:
    """Nothing is kept of it: the names follow from the token."""
    authorised(request)
    asked = await body(request, RehearsalAsked)
    gateway = request.app[GATEWAY]
    token = gateway.identities.rehearsal_token()
    state = gateway.board.state
    logger.warning("a rehearsal begins: %d synthetic people, by the key of %s", asked.people, request[HOLDER].name)
    called = names(gateway.identities, token, asked.people)
    return reply(Rehearsal(200, token, called, state.name, state.seq))

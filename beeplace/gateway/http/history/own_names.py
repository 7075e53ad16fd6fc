"""What exports call the person who asks: a key of their own, with which they find their pixels there."""

from __future__ import annotations

from aiohttp import web

from beeplace.errors import BadRequest
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.api.operations import Operation, Parameter, described
from beeplace.gateway.http.errors import reply
from beeplace.gateway.http.history.models import OWN_NAMES, OwnNames
from beeplace.people.identities import pseudonym

_TOKEN = Parameter("token", "the token that `join` gave; without it the cookie says who asks", place="header")
_ME = Operation(
    "What exports call the person who asks",
    about="For whoever shows a participant's token or cookie; docs/history.md says how rows are found by it.",
    answers=OwnNames,
    answer=OWN_NAMES,
    parameters=(_TOKEN,),
    may=(401,),
    tag="board",
)

routes = web.RouteTableDef()


@routes.get("/api/me")
@described(_ME)
async def me(request: web.Request) -> web.Response:
    """Tells nobody but the person. Raises BadRequest 401 where it is not known who asks."""
    from beeplace.people.export_names import ExportNames  # noqa: PLC0415  # 7 MB that most gateways never need

    identities = request.app[GATEWAY].identities
    person = identities.recognise(request.headers.get("token") or identities.shown(request.cookies))
    if person is None:
        raise BadRequest(401, "join first: the token that join gives says who asks")
    names = ExportNames(identities.naming_secret)
    name = names.written(person.hash)
    response = reply(OwnNames(pseudonym(person.hash), name, names.pxls_key(name)))
    response.headers["Cache-Control"] = "no-store"
    return response

"""The routes of the desk's socket: a ticket for who shows a key in a header, and the socket itself."""

from __future__ import annotations

from hashlib import blake2b

import orjson
from aiohttp import web

from beeplace.gateway.desk_socket.models import SHOWN, DeskShown, DeskTicket
from beeplace.gateway.desk_socket.server import PATH, DeskSocket
from beeplace.gateway.desk_socket.tickets import LIFE_MS
from beeplace.gateway.http.access.roles import ACTIONS, HOLDER
from beeplace.gateway.http.api.operations import IF_NONE_MATCH, Operation, Parameter, described
from beeplace.gateway.http.errors import answer, reply
from beeplace.gateway.http.organiser import authorised

DESK_SOCKET = web.AppKey("desk socket", DeskSocket)
_LOOK_SECONDS = 0.5  # for a database that is busy; then what was seen last is told

_TICKET = Operation(
    "A ticket that opens the desk's socket once, within ten seconds",
    answers=DeskTicket,
    answer={"statusCode": 200, "ticket": "Zm9yLW9uZS1kZXNr", "seconds": 10},
    may=(415,),
)
_DESK = Operation(
    "All that a desk, a button or a script needs, and what the key may do",
    answers=DeskShown,
    answer=SHOWN,
    headers={"ETag": "of this answer"},
    parameters=(IF_NONE_MATCH,),
    may=(304,),
)
_SOCKET = Operation(
    "The desk's socket: a WebSocket of Engine.IO 4 and Socket.IO 5, namespace /organiser",
    about="See the events below. Refused is what is no handshake, has no ticket, or comes while too many are open.",
    parameters=(
        Parameter("EIO", "the version of Engine.IO", {"const": "4"}, needed=True),
        Parameter("transport", "the only one", {"const": "websocket"}, needed=True),
        Parameter("ticket", "good once, for ten seconds", needed=True),
    ),
    status=101,
    may=(400, 401, 403, 503),
    tag="organiser",
    takes_any_query=True,
)

routes = web.RouteTableDef()


@routes.post("/api/desk/ticket")
@described(_TICKET)
async def ticket(request: web.Request) -> web.Response:
    """What opens the desk's socket once, within ten seconds."""
    issued = request.app[DESK_SOCKET].tickets.issue(authorised(request).hex())
    return reply(DeskTicket(200, issued, LIFE_MS // 1000))


@routes.get("/api/desk")
@described(_DESK)
async def desk(request: web.Request) -> web.Response:
    """All that a desk, a button or a script needs, as of this second, and what the key that is shown may do."""
    holder, socket = request[HOLDER], request.app[DESK_SOCKET]
    may = [kind for kind, needed in ACTIONS.items() if holder.role >= needed]
    await socket.state.look(_LOOK_SECONDS)
    told = {"you": {"name": holder.name, "role": holder.role.word, "may": may}, **socket.state.now()}
    etag = f'"{blake2b(orjson.dumps(told), digest_size=12).hexdigest()}"'
    if etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers={"ETag": etag})
    return answer(told, headers={"ETag": etag, "Cache-Control": "no-cache"})


@routes.get(PATH)
@described(_SOCKET)
async def socket(request: web.Request) -> web.StreamResponse:
    """A WebSocket of Engine.IO 4 and Socket.IO 5, `transport=websocket` and `ticket` in its query."""
    return await request.app[DESK_SOCKET].handle(request)

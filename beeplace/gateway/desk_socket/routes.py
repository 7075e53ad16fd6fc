"""The routes of the desk's socket: a ticket for who shows a key in a header, and the socket itself."""

from __future__ import annotations

from hashlib import blake2b

import orjson
from aiohttp import web

from beeplace.gateway.desk_socket.server import PATH, DeskSocket
from beeplace.gateway.desk_socket.tickets import LIFE_MS
from beeplace.gateway.http.access.roles import ACTIONS, HOLDER
from beeplace.gateway.http.errors import answer
from beeplace.gateway.http.organiser import authorised

DESK_SOCKET = web.AppKey("desk socket", DeskSocket)

routes = web.RouteTableDef()


@routes.post("/api/desk/ticket")
async def ticket(request: web.Request) -> web.Response:
    """What opens the desk's socket once, within ten seconds."""
    issued = request.app[DESK_SOCKET].tickets.issue(authorised(request).hex())
    return answer({"statusCode": 200, "ticket": issued, "seconds": LIFE_MS // 1000})


@routes.get("/api/desk")
async def desk(request: web.Request) -> web.Response:
    """All that a desk, a button or a script needs, as of this second, and what the key that is shown may do."""
    holder, socket = request[HOLDER], request.app[DESK_SOCKET]
    may = [kind for kind, needed in ACTIONS.items() if holder.role >= needed]
    told = {"you": {"name": holder.name, "role": holder.role.word, "may": may}, **socket.state.now()}
    etag = f'"{blake2b(orjson.dumps(told), digest_size=12).hexdigest()}"'
    if etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers={"ETag": etag})
    return answer(told, headers={"ETag": etag, "Cache-Control": "no-cache"})


@routes.get(PATH)
async def socket(request: web.Request) -> web.StreamResponse:
    """A WebSocket of Engine.IO 4 and Socket.IO 5, `transport=websocket` and `ticket` in its query."""
    return await request.app[DESK_SOCKET].handle(request)

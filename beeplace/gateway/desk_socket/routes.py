"""The routes of the desk's socket: a ticket for who shows a key in a header, and the socket itself."""

from __future__ import annotations

from aiohttp import web

from beeplace.gateway.desk_socket.server import PATH, DeskSocket
from beeplace.gateway.desk_socket.tickets import LIFE_MS
from beeplace.gateway.http.errors import answer
from beeplace.gateway.http.organiser import authorised

DESK_SOCKET = web.AppKey("desk socket", DeskSocket)

routes = web.RouteTableDef()


@routes.post("/api/desk/ticket")
async def ticket(request: web.Request) -> web.Response:
    """What opens the desk's socket once, within ten seconds."""
    issued = request.app[DESK_SOCKET].tickets.issue(authorised(request).hex())
    return answer({"statusCode": 200, "ticket": issued, "seconds": LIFE_MS // 1000})


@routes.get(PATH)
async def socket(request: web.Request) -> web.StreamResponse:
    """A WebSocket of Engine.IO 4 and Socket.IO 5, `transport=websocket` and `ticket` in its query."""
    return await request.app[DESK_SOCKET].handle(request)

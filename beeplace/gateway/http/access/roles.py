"""Who may use which route: the only table of it, and the middleware that holds every request to it.

A key is shown in a header, `apiKey` or `Authorization: Bearer`, and never taken from a query, a body or a cookie.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from beeplace.errors import BadRequest
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.access.wrong_keys import MAX_SECONDS, WrongKeys
from beeplace.gateway.http.errors import DEADLINE, Handler
from beeplace.people.keys import KeyHolder, KeyRing
from beeplace.people.roles import Role

# Who may take an action, by the name of its kind: also of actions that share a route.
ACTIONS: Final[dict[str, Role]] = {
    "announce": Role.MODERATOR,
    "ban": Role.MODERATOR,
    "clear": Role.MODERATOR,
    "fill": Role.MODERATOR,
    "panic": Role.MODERATOR,
    "paste": Role.MODERATOR,
    "read-only": Role.MODERATOR,
    "reset": Role.OPERATOR,
    "rewind": Role.MODERATOR,
    "safe-picture": Role.MODERATOR,
    "settings": Role.OPERATOR,
    "zone": Role.MODERATOR,
}

# Method and path as the router has them; GET stands for HEAD too. A route that is not here stops the start.
ROLES: Final[dict[str, Role]] = {
    "GET /api/actions": Role.VIEWER,
    "POST /api/actions": Role.MODERATOR,  # and what `ACTIONS` says of its kind
    "POST /api/actions/{seq}/undo": Role.MODERATOR,  # the same, of the kind that is undone
    "GET /api/archives": Role.OPERATOR,
    "POST /api/archives": Role.OPERATOR,
    "GET /api/board": Role.EVERYONE,
    "GET /api/board.png": Role.EVERYONE,
    "GET /api/board/earlier": Role.EVERYONE,
    "GET /api/config": Role.EVERYONE,
    "GET /api/entry": Role.VIEWER,
    "POST /api/entry": Role.EVERYONE,
    "GET /api/entry/groups": Role.MODERATOR,
    "POST /api/entry/codes": Role.EVERYONE,  # who shows a screen's pass
    "POST /api/entry/screens": Role.OPERATOR,
    "POST /api/entry/tickets/release": Role.OPERATOR,
    "POST /api/entry/work": Role.EVERYONE,
    "GET /api/heatmap.png": Role.EVERYONE,
    "GET /api/history/checkpoints/{name}": Role.EVERYONE,
    "GET /api/history/index.json": Role.EVERYONE,
    "GET /api/history/pieces/{name}": Role.EVERYONE,
    "GET /api/in-force": Role.MODERATOR,
    "GET /api/log": Role.EVERYONE,
    "GET /api/me": Role.EVERYONE,  # who shows a participant's token
    "POST /api/pictures": ACTIONS["paste"],
    "GET /api/pixels/{x}/{y}": Role.EVERYONE,
    "DELETE /api/panic": ACTIONS["panic"],
    "POST /api/panic": ACTIONS["panic"],
    "GET /api/safe-picture": Role.EVERYONE,
    "POST /api/safe-picture": ACTIONS["safe-picture"],
    "GET /api/qr.svg": Role.EVERYONE,
    "POST /api/rehearsals": Role.OPERATOR,
    "GET /api/reports": Role.MODERATOR,
    "POST /api/reports": Role.EVERYONE,  # who shows a participant's token
    "GET /api/reports/{number}/evidence": Role.MODERATOR,
    "DELETE /api/reports/{number}/claim": Role.MODERATOR,
    "POST /api/reports/{number}/claim": Role.MODERATOR,
    "POST /api/reports/{number}/decision": Role.MODERATOR,
    "POST /api/reports/{number}/mute": Role.MODERATOR,
    "POST /api/selections/authors": Role.MODERATOR,
    "POST /api/selections/preview": Role.MODERATOR,
    "GET /api/settings": ACTIONS["settings"],
    "PATCH /api/settings": ACTIONS["settings"],
    "GET /api/preview.png": Role.EVERYONE,
    "GET /api/statistics": Role.EVERYONE,
    "GET /api/desk": Role.VIEWER,
    "POST /api/desk/ticket": Role.VIEWER,
    "GET /d/{code}": Role.EVERYONE,
    "GET /desk/socket.io/": Role.EVERYONE,  # who has a ticket, which only a key gets
    "GET /health": Role.EVERYONE,
    "GET /metrics": Role.EVERYONE,  # of the gateway itself: proxies do not pass it on
    "GET /openapi.json": Role.EVERYONE,
    "GET /ready": Role.EVERYONE,
    "* /socket.io/": Role.EVERYONE,
    "POST /board/area": ACTIONS["fill"],
    "POST /board/read-only": ACTIONS["read-only"],
    "POST /board/reset": ACTIONS["reset"],
}

_KEY_NAMES = ("apikey", "key", "token", "accesstoken", "authorization", "bearer")

HOLDER = web.RequestKey("holder", KeyHolder)  # who acts; there on every route that needs a role
logger = logging.getLogger("beeplace.http")


@dataclass(frozen=True, slots=True)
class AccessRules:
    """What the middleware needs: the keys, who showed wrong ones, and the table with the pages in it."""

    keys: KeyRing
    roles: dict[str, Role]
    wrong: WrongKeys = field(default_factory=WrongKeys)
    of_routes: dict[web.AbstractRoute, Role] = field(default_factory=dict)  # filled by `check_table`


ACCESS = web.AppKey("doorkeeper", AccessRules)


def table(pages: Iterable[str]) -> dict[str, Role]:
    """The table with the pages and their files, which everyone may read."""
    return ROLES | {f"GET {path}": Role.EVERYONE for path in pages}


def check_table(app: web.Application) -> None:
    """Raises LookupError where a route has no role: nothing is ever served by having been forgotten."""
    rules = app[ACCESS]
    for route in app.router.routes():
        if (name := _name(route)) not in rules.roles:
            raise LookupError(f"the route {name} has no role")
        rules.of_routes[route] = rules.roles[name]


def _name(route: web.AbstractRoute) -> str:
    method = "GET" if route.method == "HEAD" else route.method
    return f"{method} {route.resource.canonical if route.resource else ''}"


@web.middleware
async def roles(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets a request through to its route where its key may use it, and tells the route who that is."""
    route = request.match_info.route
    if route.resource is not None:  # else there is nothing, or not by this method: the router says so
        needed = request.app[ACCESS].of_routes[route]
        if needed is not Role.EVERYONE:
            request[HOLDER] = await _holder(request, needed)
    return await handler(request)


async def _holder(request: web.Request, needed: Role) -> KeyHolder:
    """Raises BadRequest: 400 for more than one key, 401 for none that is right, 403 for one that may not do this."""
    own = request.headers.getall("apiKey", [])
    bearer = [v[7:] for v in request.headers.getall("Authorization", []) if v[:7].lower() == "bearer "]
    given, keys = own + bearer, request.app[ACCESS].keys
    shown = _key_in_query(request, keys)
    if len(own) == len(bearer) == 1 and own != bearer and not shown:
        raise BadRequest(401, "two keys are shown, one in each header")  # neither is looked at: no pair tells of one
    if len(given) > 1 or (given and shown):
        raise BadRequest(400, "give one key, in a header")
    if (holder := await keys.holder(given[0]) if given else None) is None:
        request.app[GATEWAY].refusals.note("key")
        if given:
            await _make_wait(request)
        raise BadRequest(401, "Unauthorized")
    require(holder, needed)
    return holder


def require(holder: KeyHolder, needed: Role) -> None:
    """Raises BadRequest 403 where a key may not do something."""
    if holder.role < needed:
        raise BadRequest(403, f"this needs the role {needed.word}, and this key is of a {holder.role.word}")


async def _make_wait(request: web.Request) -> None:
    """Raises BadRequest 429 where too many wrong keys of one address wait already."""
    loop = asyncio.get_running_loop()
    seconds = request.app[ACCESS].wrong.delay(request.app[GATEWAY].origins.address(request), loop.time())
    if seconds is None:
        raise BadRequest(429, f"too many wrong keys; come back in {MAX_SECONDS:.0f} seconds")
    if seconds:
        request[DEADLINE].reschedule(None)
        await asyncio.sleep(seconds)


def _key_in_query(request: web.Request, keys: KeyRing) -> bool:
    """Whether a query has something that is, or calls itself, a key. It is not taken, and should be changed: addresses
    are kept in the logs of whatever lies on the way."""
    for name, value in request.query.items():
        called = name.lower().replace("_", "").replace("-", "")
        if called in _KEY_NAMES or keys.is_key(value):
            logger.warning("refused a key in an address: give it in a header, and change it if it was the right one")
            return True
    return False

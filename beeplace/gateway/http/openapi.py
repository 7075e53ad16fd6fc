"""The HTTP interface as OpenAPI 3.1, for `/openapi.json` and the interactive page at `/docs`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import orjson
from aiohttp import web

from beeplace import __version__
from beeplace.gateway.http.access.roles import ROLES
from beeplace.gateway.http.api.specification import paths
from beeplace.gateway.http.encodings import chosen

SPECIFICATION = web.AppKey("specification", tuple[bytes, bytes])

_ABOUT = "A shared pixel canvas for live events. Drawing itself goes over Socket.IO; this is everything else."
_TAGS = {
    "board": "What anyone may read",
    "displays": "What walls need beside the live board",
    "everyone": "What people may do",
    "organiser": "With an organiser's key",
    "operations": "For supervisors and operators",
}
_SCHEMES = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "apiKey"},
    "bearer": {"type": "http", "scheme": "bearer"},
}

routes = web.RouteTableDef()


def specification(tables: Iterable[web.RouteTableDef], base_path: str = "") -> dict[str, Any]:
    """Of the routes, which describe themselves, and of the sockets' events."""
    described, schemas = paths(tables, ROLES)
    return {
        "openapi": "3.1.0",
        "info": {"title": "BeePlace", "version": __version__, "description": _ABOUT},
        "servers": [{"url": base_path or "/"}],
        "tags": [{"name": name, "description": about} for name, about in _TAGS.items()],
        "paths": dict(sorted(described.items())),
        "components": {"securitySchemes": _SCHEMES, "schemas": schemas},
        "x-sockets": json.loads((files("beeplace.gateway.http.api") / "sockets.json").read_text()),
    }


@routes.get("/openapi.json")
async def openapi(request: web.Request) -> web.Response:
    """The specification."""
    plain, packed = request.app[SPECIFICATION]
    headers = {"Content-Type": "application/json", "Vary": "Accept-Encoding"}
    if chosen(request, ("gzip",)) == "gzip":
        return web.Response(body=packed, headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=plain, headers=headers)


def written(tables: Iterable[web.RouteTableDef], base_path: str) -> tuple[bytes, bytes]:
    """Its text, plain and compressed."""
    plain = orjson.dumps(specification(tables, base_path))
    return plain, gzip.compress(plain, mtime=0)

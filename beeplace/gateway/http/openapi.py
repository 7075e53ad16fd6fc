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

routes = web.RouteTableDef()


def specification(tables: Iterable[web.RouteTableDef], base_path: str = "") -> dict[str, Any]:
    """Of the routes that describe themselves, and of those that the file beside this module describes."""
    found: dict[str, Any] = json.loads((files("beeplace.gateway.http") / "openapi.json").read_text())
    found["info"]["version"] = __version__
    found["servers"] = [{"url": base_path or "/"}]
    found["x-sockets"] = json.loads((files("beeplace.gateway.http.api") / "sockets.json").read_text())
    described, schemas = paths(tables, ROLES)
    for path, methods in described.items():
        found["paths"].setdefault(path, {}).update(methods)
    found["paths"] = dict(sorted(found["paths"].items()))
    found["components"]["schemas"] |= schemas
    return found


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

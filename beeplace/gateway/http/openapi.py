"""The HTTP interface as OpenAPI 3.1, for `/openapi.json` and the interactive page at `/docs`."""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from aiohttp import web

from beeplace import __version__
from beeplace.gateway.http.encodings import chosen

routes = web.RouteTableDef()


@cache
def specification() -> dict[str, Any]:
    """Read once from the file beside this module."""
    found: dict[str, Any] = json.loads((files("beeplace.gateway.http") / "openapi.json").read_text())
    found["info"]["version"] = __version__
    return found


@routes.get("/openapi.json")
async def openapi(request: web.Request) -> web.Response:
    """The specification."""
    plain, packed = _written()
    headers = {"Content-Type": "application/json", "Vary": "Accept-Encoding"}
    if chosen(request, ("gzip",)) == "gzip":
        return web.Response(body=packed, headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=plain, headers=headers)


@cache
def _written() -> tuple[bytes, bytes]:
    """Its text, plain and compressed."""
    plain = orjson.dumps(specification())
    return plain, gzip.compress(plain, mtime=0)

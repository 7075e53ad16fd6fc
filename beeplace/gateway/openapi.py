"""The HTTP interface as OpenAPI 3.1, for `/openapi.json` and the interactive page at `/docs`."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from aiohttp import web

from beeplace import __version__
from beeplace.gateway.http_errors import answer

routes = web.RouteTableDef()


@cache
def specification() -> dict[str, Any]:
    """Read once from the file beside this module."""
    found: dict[str, Any] = json.loads((files("beeplace.gateway") / "openapi.json").read_text())
    found["info"]["version"] = __version__
    return found


@routes.get("/openapi.json")
async def openapi(_: web.Request) -> web.Response:
    """The specification."""
    return answer(specification())

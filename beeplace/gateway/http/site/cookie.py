"""The cookie by which a browser keeps its token."""

from __future__ import annotations

from aiohttp import web

from beeplace.gateway.gateway import GATEWAY
from beeplace.people.identities import COOKIE, COOKIE_SECONDS, HOST_COOKIE


def cookie_name(request: web.Request) -> str:
    """Under which name this visitor's browser may keep it. Browsers take the first for a whole host alone."""
    gateway = request.app[GATEWAY]
    return HOST_COOKIE if gateway.origins.secure(request) and gateway.site.path("/") == "/" else COOKIE


def keep_token(request: web.Request, response: web.Response, token: str) -> None:
    """Has the browser keep a token."""
    gateway = request.app[GATEWAY]
    response.set_cookie(
        cookie_name(request), token, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax",
        secure=gateway.origins.secure(request), path=gateway.site.path("/"),
    )  # fmt: skip

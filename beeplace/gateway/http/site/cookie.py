"""The cookie by which a browser keeps its token."""

from __future__ import annotations

from aiohttp import web

from beeplace.gateway.gateway import Gateway
from beeplace.people.identities import COOKIE, COOKIE_SECONDS, HOST_COOKIE


def cookie_name(gateway: Gateway, request: web.BaseRequest) -> str:
    """Under which name this visitor's browser may keep it. Browsers take the first for a whole host alone."""
    return HOST_COOKIE if gateway.origins.secure(request) and gateway.site.path("/") == "/" else COOKIE


def keep_token(gateway: Gateway, request: web.BaseRequest, response: web.Response, token: str) -> None:
    """Has the browser keep a token."""
    secure = "; Secure" if gateway.origins.secure(request) else ""
    # As http.cookies writes it, which looks for what needs quotes: a token has letters, digits, `.`, `-` and `_` alone.
    kept = f"HttpOnly; Max-Age={COOKIE_SECONDS}; Path={gateway.site.path('/')}; SameSite=Lax{secure}"
    response.headers.add("Set-Cookie", f"{cookie_name(gateway, request)}={token}; {kept}")

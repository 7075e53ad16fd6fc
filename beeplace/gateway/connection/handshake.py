"""What a request to the Engine.IO path must be before anything is opened for it."""

from __future__ import annotations

from typing import Protocol

from aiohttp import web

from beeplace.gateway.connection.refusals import RequestRefused, wrong_version
from beeplace.gateway.wire.handshake import VERSION, HandshakeAnswer, accept, is_upgrade


class OriginCheck(Protocol):
    """Who may speak to us."""

    def __call__(self, origin: str, request: web.BaseRequest) -> bool:
        """Whether a page of this site may."""

    def compared(self, request: web.BaseRequest) -> dict[str, str]:
        """Why the page of a request may not, for the log: what was compared with what, and what to set."""

    def address(self, request: web.BaseRequest) -> str:
        """Where a request comes from."""


def permitted(request: web.BaseRequest, origins: OriginCheck) -> str | None:
    """The site that a request comes from, if it says so. Raises RequestRefused where that may not speak to us."""
    origin = request.headers.get("Origin")
    if origin is not None and not origins(origin, request):
        raise RequestRefused("Forbidden", 403)
    return origin


def cors(request: web.BaseRequest, origins: OriginCheck) -> dict[str, str]:
    """The headers that let a page of another site read the answer. Raises RequestRefused."""
    origin = permitted(request, origins)
    if origin is None:
        return {}
    allowed = {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Vary": "Origin"}
    if request.method == "OPTIONS":
        allowed |= {"Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": "Content-Type"}
    return allowed


def transport(request: web.BaseRequest, *, polling: bool) -> str:
    """The transport that is asked for; `polling` says whether that one may be. Raises RequestRefused."""
    query = request.query
    wanted = query.get("transport", "")
    if wanted == "polling" and not polling:
        raise RequestRefused("Transport unknown", reason="polling")
    if wanted not in ("websocket", "polling"):
        raise RequestRefused("Transport unknown")
    if query.getall("EIO", []) != ["4"]:
        raise RequestRefused("Unsupported protocol version")
    if "j" in query or len(query.getall("sid", [])) > 1:
        raise RequestRefused
    return wanted


def accepted(request: web.BaseRequest, *, deflate: bool = False) -> HandshakeAnswer:
    """What a WebSocket's handshake is answered with, compression agreed on where it may be. Raises RequestRefused."""
    if request.method != "GET":
        raise RequestRefused
    if not is_upgrade(request.headers):
        raise RequestRefused(reason="upgrade")
    if request.headers.get("Sec-WebSocket-Version") != VERSION:
        raise wrong_version()
    answer = accept(request.headers, deflate=deflate)
    if answer is None:
        raise RequestRefused
    return answer

"""How an Engine.IO request is refused: the codes of the reference implementation, and nothing of what was sent."""

from __future__ import annotations

import random

import orjson
from aiohttp import web

_CODES = {
    "Transport unknown": 0,
    "Session ID unknown": 1,
    "Bad handshake method": 2,
    "Bad request": 3,
    "Forbidden": 4,
    "Unsupported protocol version": 5,
}
_REASONS = {
    "Session ID unknown": "session",
    "Forbidden": "origin",
    "Unsupported protocol version": "version",
    "Too many at once": "handshakes",
}
_BACK_SECONDS = (1, 4)


class RequestRefused(Exception):
    """The request is answered with this status, and no session comes of it. `reason` is one of the refusal log's."""

    def __init__(
        self,
        message: str = "Bad request",
        status: int = 400,
        headers: dict[str, str] | None = None,
        *,
        reason: str = "request",
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers or {}
        self.reason = _REASONS.get(message, reason)

    def response(self) -> web.Response:
        """The answer."""
        body = orjson.dumps({"code": _CODES.get(self.message, 3), "message": self.message})
        return web.Response(body=body, status=self.status, headers=self.headers, content_type="application/json")


def come_back() -> RequestRefused:
    """Too many at once; says when to come back, not the same time to everyone."""
    return RequestRefused("Too many at once", 503, {"Retry-After": str(random.randint(*_BACK_SECONDS))})


def wrong_version() -> RequestRefused:
    """Not a WebSocket handshake of version 13."""
    return RequestRefused("WebSocket version 13 is spoken here", 426, {"Sec-WebSocket-Version": "13"})


def other_method(status: int) -> RequestRefused:
    """A method that this path does not have. The reference implementation calls it a bad handshake."""
    return RequestRefused("Bad handshake method", status, {"Allow": "GET, POST, OPTIONS"} if status == 405 else None)

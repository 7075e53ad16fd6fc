"""aiohttp's side of a connection, with the one thing changed that it does not let us choose: its error pages.

Uses private names of aiohttp, pinned and tested as said in `engine.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from beeplace.gateway.http_errors import error

logger = logging.getLogger("beeplace.http")


class Requests(RequestHandler):
    """Answers what is no HTTP as everything else is answered, without repeating a byte of it.

    Only what is our own mistake is logged.
    """

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002  # the library's signature
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """What aiohttp calls when it cannot read a request, or an answer to one cannot be written."""
        if isinstance(exc, UnicodeEncodeError):
            status = 400  # aiohttp's own answers repeat headers, which need not be text
        if status == 500:
            logger.error("a request failed", exc_info=exc)
        response = error(status, "not a request that can be answered", {"Server": "BeePlace"})
        response.force_close()
        return response


def factory(server: web.Server) -> Callable[[], RequestHandler]:
    """Makes the protocol of each new connection."""
    return lambda: Requests(server, loop=server._loop, **server._kwargs)

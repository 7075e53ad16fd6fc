"""aiohttp's side of a connection, with what it does not let us choose: error pages, and how long nobody may read.

Uses undocumented names of aiohttp, pinned and listed in `tests/gateway/test_library_contract.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiohttp import web
from yarl import URL

from beeplace.gateway.connection.takeover import PromptAnswer
from beeplace.gateway.http.errors import error, plain

UNREAD_SECONDS = 20.0
_ENDS = b"\r\n\r\n"
HEADER_BYTES = 16_384 + 64  # of one header with its name: a site may have 16 kB of cookies that are not ours

logger = logging.getLogger("beeplace.http")


class HttpConnection(web.RequestHandler):
    """Answers what is no HTTP as everything else is answered, without repeating a byte of it.

    Only what is our own mistake is logged.

    Invariant: a connection is `_quiet` where each request that aiohttp was given came in one piece, behind the answer
    to the one before, and has its answer. Only then is a request answered without aiohttp, whose reader holds nothing.
    """

    __slots__ = ("_fresh", "_patience", "_prompt", "_quiet", "_refused", "_single")

    def __init__(
        self, server: web.Server, *, refused: Callable[[str], None], prompt: PromptAnswer, **options: Any
    ) -> None:
        super().__init__(server, **options)
        self._refused, self._prompt = refused, prompt
        self._fresh, self._quiet, self._single = True, False, False

    def data_received(self, data: bytes) -> None:
        """What waits for nothing is answered in this step; everything else is aiohttp's."""
        if self._quiet and self._answered(data):
            return
        self._single = (self._quiet or self._fresh) and data.startswith(b"GET ") and data.find(_ENDS) == len(data) - 4
        self._fresh = self._quiet = False
        super().data_received(data)

    def _answered(self, data: bytes) -> bool:
        transport = self.transport
        if transport is None or transport.is_closing() or transport.get_write_buffer_size():
            return False
        if (answer := self._prompt(data, self)) is None:
            return False
        transport.write(answer)
        # As behind an answer of aiohttp's: its timer, which is there since the first of these, looks at this.
        theirs: Any = self
        theirs._next_keepalive_close_time = asyncio.get_running_loop().time() + self.keepalive_timeout
        return True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A new connection."""
        super().connection_made(transport)
        self._patience: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """The client reads more slowly than it asks."""
        super().pause_writing()
        self._look(None)

    def _look(self, unread: int | None) -> None:
        """Cuts a client that has read nothing since the last look."""
        if self.transport is None:
            return
        left = self.transport.get_write_buffer_size()
        if left == unread:
            self.transport.abort()
        else:
            self._patience = asyncio.get_running_loop().call_later(UNREAD_SECONDS, self._look, left)

    def resume_writing(self) -> None:
        """It has read nearly everything."""
        super().resume_writing()
        self._look_no_more()

    def connection_lost(self, exc: BaseException | None) -> None:
        """It has gone, or become a WebSocket, which has its own patience."""
        super().connection_lost(exc)
        self._look_no_more()

    def _look_no_more(self) -> None:
        if self._patience:
            self._patience.cancel()
            self._patience = None

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """What aiohttp calls to write an answer; one that cannot be written is replaced if nothing of it was sent."""
        if isinstance(resp, web.HTTPException):  # from before the middleware, such as an expectation nobody can meet
            resp = plain(resp)
        try:
            finished = await super().finish_response(request, resp, start_time)
            self._quiet = self._single and not request.can_read_body
            return finished
        except Exception as wrong:  # a header that no header can hold, or a body that could not be read
            if self.transport is None:
                return resp, True
            writer: Any = request._payload_writer
            if getattr(writer, "output_size", 0):
                self.transport.abort()
                return resp, True
            # The head that waited in the old one is forgotten.
            request._payload_writer = type(writer)(self, asyncio.get_running_loop())
            return await super().finish_response(request, self.handle_error(request, 500, wrong), start_time)

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002  # the library's signature
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """What aiohttp calls when it cannot read a request, or an answer to one cannot be written."""
        if isinstance(exc, ValueError):
            status = 400  # answers repeat parts of requests, which need not be text, or have what no header can hold
            logger.warning("an answer could not be written")
        elif status < 500:
            self._refused("head")
        if status == 500:
            logger.error("a request failed", exc_info=exc)
        response = error(status, "not a request that can be answered", {"Server": "BeePlace"})
        response.force_close()
        return response


def factory(
    server: web.Server,
    keepalive_seconds: float,
    refused: Callable[[str], None] = lambda _reason: None,
    base_path: str = "",
    prompt: PromptAnswer = lambda _data, _connection: None,
) -> Callable[[], HttpConnection]:
    """Makes the protocol of each connection that is not a WebSocket from the beginning. Routes see no `base_path`."""
    make, folder = server.request_factory, f"{base_path}/"

    def with_target(message: Any, *rest: Any) -> web.BaseRequest:
        if not message.url:  # CONNECT to nowhere, for which aiohttp forgets to say that it is wrong
            message = message._replace(url=URL("/"))
        elif base_path and message.path.startswith(folder):
            url = message.url.with_path(message.url.raw_path.removeprefix(base_path), encoded=True, keep_query=True)
            message = message._replace(path=message.path.removeprefix(base_path), url=url)
        return make(message, *rest)

    server.request_factory = with_target
    options: dict[str, Any] = {
        "refused": refused,
        "prompt": prompt,
        "access_log": None,
        "max_field_size": HEADER_BYTES,
        "keepalive_timeout": keepalive_seconds,
        "tcp_keepalive": False,  # connections have it from the listening socket
        "auto_decompress": False,  # what is compressed is refused; inflating it first can hang or burst
    }
    return lambda: HttpConnection(server, loop=asyncio.get_running_loop(), **options)

"""HTTP long-polling: one poll at a time, bodies whole or not at all.

Invariant: no message is lost with `200 OK`. Two polls at once, a poll whose client has gone, and a body that is not
whole each end the session. A long answer to a poll is written slice by slice, as fast as the client reads; until the
last of it is, it counts as what the client still has to read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from beeplace.gateway.connection.refusals import RequestRefused
from beeplace.gateway.sliced import SLICE_BYTES

_BODY_SECONDS = 5.0


class Polling:
    """The poll of a session that is held open or being answered, if there is one."""

    __slots__ = ("_poll", "_transport", "unwritten")

    def __init__(self) -> None:
        self._poll: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None  # of a long answer
        self.unwritten = 0  # bytes of it

    @property
    def held(self) -> bool:
        """Whether a poll is being held open, or a long answer to one is being written."""
        return self._poll is not None or self.unwritten > 0

    def begin(self, size: int, transport: asyncio.Transport | None) -> None:
        """A long answer of so many bytes is about to be written."""
        self.unwritten, self._transport = size, transport

    async def written(self, payload: list[bytes], gone: Callable[[], None]) -> AsyncIterator[bytes]:
        """The slices of a long answer; `gone` is called where the client does not take all of it."""
        try:
            for piece in payload:
                for start in range(0, len(piece), SLICE_BYTES):
                    yield piece[start : start + SLICE_BYTES]
                    self.unwritten -= len(piece[start : start + SLICE_BYTES])
        finally:
            if self.unwritten:
                gone()
            self._transport = None

    def abort(self) -> None:
        """Cuts the connection of a long answer that is being written."""
        if self._transport:
            self._transport.abort()

    def wake(self) -> None:
        """Ends the poll that is held open, with whatever waits."""
        if self._poll and not self._poll.done():
            self._poll.set_result(None)

    async def hold(self) -> None:
        """Holds a poll open until it is woken."""
        self._poll = asyncio.get_running_loop().create_future()
        try:
            await self._poll
        finally:
            self._poll = None


async def whole_body(request: web.Request, max_bytes: int) -> str:
    """The body of a POST. Raises RequestRefused."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise RequestRefused(status=415, reason="body")
    size = request.content_length
    if size is None:
        raise RequestRefused(status=411, reason="body")
    if size > max_bytes:
        raise RequestRefused(status=413, reason="body")
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return (await request.content.readexactly(size)).decode()
    except TimeoutError as error:
        raise RequestRefused(status=408, reason="body") from error
    except (asyncio.IncompleteReadError, UnicodeDecodeError) as error:
        raise RequestRefused(reason="body") from error

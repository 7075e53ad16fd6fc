"""HTTP long-polling: one poll at a time, bodies whole or not at all.

Invariant: no message is lost with `200 OK`. Two polls at once, a poll whose client has gone, and a body that is not
whole each end the session.
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from beeplace.gateway.refusals import RequestRefused

_BODY_SECONDS = 5.0


class Polling:
    """The poll of a session that is held open, if there is one."""

    __slots__ = ("_poll",)

    def __init__(self) -> None:
        self._poll: asyncio.Future[None] | None = None

    @property
    def held(self) -> bool:
        """Whether a poll is being held open."""
        return self._poll is not None

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
        raise RequestRefused(status=415)
    size = request.content_length
    if size is None:
        raise RequestRefused(status=411)
    if size > max_bytes:
        raise RequestRefused(status=413)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return (await request.content.readexactly(size)).decode()
    except TimeoutError as error:
        raise RequestRefused(status=408) from error
    except (asyncio.IncompleteReadError, UnicodeDecodeError) as error:
        raise RequestRefused from error

"""Sees that the naming secret was destroyed (`beeplace forget`), and has everybody come again as somebody else.

The command runs beside the gateways, so each looks once a second: what it still knows of the old secret goes with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import structlog

from beeplace.errors import StoreUnavailable
from beeplace.gateway.connection.session import Session
from beeplace.gateway.fanout.drain import AMONG_OTHERS, send_away
from beeplace.people.identities import Identities

log = structlog.get_logger("beeplace")

_LOOK_SECONDS = 1.0


class NewNames:
    """`secrets` reads the store's, `scrub` is the store's, `sockets` are those that are open."""

    def __init__(
        self,
        secrets: Callable[[], Awaitable[dict[str, bytes]]],
        scrub: Callable[[], Awaitable[bool]],
        identities: Identities,
        sockets: Callable[[], Iterable[Session]],
    ) -> None:
        self._secrets, self._scrub, self._identities, self._sockets = secrets, scrub, identities, sockets
        self._scrubbed = True

    async def run(self) -> None:
        """Looks until its owner cancels it. While the log cannot be read, the names that were known last are used."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                if self._identities.adopt(await self._secrets()):
                    self._scrubbed = False
                    log.warning("the event's key was destroyed; everybody comes back under a new name")
                    named = [socket for socket in self._sockets() if socket.owner.identity]
                    await send_away(named, AMONG_OTHERS)
                self._scrubbed = self._scrubbed or await self._scrub()
            except StoreUnavailable:
                continue

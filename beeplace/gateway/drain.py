"""The end of a gateway: placing stops, the last commit is told, and everyone is sent away, a few at a time."""

from __future__ import annotations

import asyncio
import random

from beeplace.gateway.fanout import FanOut
from beeplace.gateway.session import DRAINING, Session, Shared

SECONDS = 2.0  # over which the goodbyes are spread
SLICES = 20
BACK_MS = (500, 5_000)  # when a client is asked to come back


async def drain(fanout: FanOut, others: list[Session]) -> None:
    """Says `bye` and closes every socket, in slices over two seconds; sooner where there are few."""
    sockets = list(dict.fromkeys([*fanout, *others]))
    size = max(50, -(-len(sockets) // SLICES))
    for start in range(0, len(sockets), size):
        if start:
            await asyncio.sleep(SECONDS / SLICES)
        for socket in sockets[start : start + size]:
            socket.share(Shared(f'2["bye",{{"reconnectIn":{random.randint(*BACK_MS)}}}]'))
            socket.kick(DRAINING)

"""The end of a gateway: placing stops, the last commit is told, and everyone is sent away, a few at a time."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from beeplace.gateway.connection.session import DRAINING, Session, SharedMessage
from beeplace.gateway.fanout.subscribers import Subscribers

SLICES = 20


@dataclass(frozen=True, slots=True)
class DrainPace:
    """How a gateway sends its clients away."""

    seconds: float  # over which the goodbyes are spread
    back_ms: tuple[int, int]  # when a client is asked to come back: at random in between


ALONE = DrainPace(2.0, (500, 5_000))  # nobody else serves them, and this one needs a moment to be back
AMONG_OTHERS = DrainPace(1.0, (100, 1_000))  # others take them at once: nobody is without a gateway for longer than 3 s


async def drain(fanout: Subscribers, others: list[Session], pace: DrainPace) -> None:
    """Says `bye` and closes every socket, in slices over the pace's seconds; sooner where there are few."""
    await send_away(list(dict.fromkeys([*fanout, *others])), pace)


async def send_away(sockets: list[Session], pace: DrainPace) -> None:
    """Asks these to come back, and closes them."""
    size = max(50, -(-len(sockets) // SLICES))
    for start in range(0, len(sockets), size):
        if start:
            await asyncio.sleep(pace.seconds / SLICES)
        for socket in sockets[start : start + size]:
            socket.share(SharedMessage(f'2["bye",{{"reconnectIn":{random.randint(*pace.back_ms)}}}]'))
            socket.kick(DRAINING)

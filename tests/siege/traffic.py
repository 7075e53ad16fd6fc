"""Ordinary life for the background of a scenario: people who place, and organisers who fill."""

from __future__ import annotations

import asyncio
import random
import time

from tests.siege.scenario import Siege
from tests.siege.socket_client import Client

FAST: dict[str, object] = {
    "SOCKET_EVENTS_PER_SECOND": 10_000, "HANDSHAKES_PER_SECOND": 10_000, "SOCKETS_PER_IDENTITY": 100_000,
}  # fmt: skip
TICK_SECONDS = 0.02


async def placements(siege: Siege, per_second: int, seconds: float, sockets: int = 4) -> None:
    """So many placements a second by a few sockets; no answers are asked for."""
    people = await siege.crowd(sockets, lambda: _person(siege))
    randomness = random.Random(7)
    reading = [asyncio.create_task(person.read_for(seconds + 60)) for person in people]
    began, sent = time.monotonic(), 0
    try:
        while people and (passed := time.monotonic() - began) < seconds:
            while sent < passed * per_second:
                x, y, color = (randomness.randrange(most) for most in (siege.side, siege.side, 16))
                people[sent % len(people)].offer(f'42["pixelFromPlayer",{{"x":{x},"y":{y},"color":{color}}}]')
                sent += 1
            await asyncio.sleep(TICK_SECONDS)
    finally:
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
    for person in people:
        siege.clients.remove(person)
        person.close()
    siege.figures["placements sent"] = sent


async def _person(siege: Siege) -> Client:
    return await (await Client.enter(siege.port)).joined('{"board":"none"}')


async def fills(siege: Siege, number: int, size: int = 0) -> None:
    """So many fills of the whole board or of a square, in colours that change."""
    for color in range(number):
        await siege.besieged.fill(color=1 + color % 15, size=min(size, siege.side))

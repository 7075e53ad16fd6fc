"""HTTP long-polling: one poll at a time, bodies whole or not at all.

python-engineio takes of a body what has arrived when it looks, lets two polls share the messages between them,
and answers `200 OK` for what it lost; here each of these is an error that ends the session.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator

from aiohttp import web
from engineio.packet import Packet
from engineio.payload import Payload

from beeplace.gateway.refusals import Refused

MOST_WAITING = 256  # messages for a client that does not poll; more ends the session
_BODY_SECONDS = 5.0


class Polling:
    """What waits for a client's next poll. `take` is the poll."""

    __slots__ = ("_poll", "size", "waiting")

    def __init__(self) -> None:
        self.waiting: list[Packet] = []
        self.size = 0  # of what waits, in characters; the shortest message counts as 1,024
        self._poll: asyncio.Future[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a poll is being held open."""
        return self._poll is not None

    def put(self, packet: Packet) -> bool:
        """For the next poll; False where too much waits already."""
        self.waiting.append(packet)
        self.size += max(1024, len(packet.data) if isinstance(packet.data, str) else 0)
        self.wake()
        return len(self.waiting) <= MOST_WAITING

    def wake(self) -> None:
        """Ends the poll that is held open, with whatever waits."""
        if self._poll and not self._poll.done():
            self._poll.set_result(None)

    async def take(self) -> str:
        """Waits until there is something, and returns all of it as a payload."""
        if not self.waiting:
            self._poll = asyncio.get_running_loop().create_future()
            try:
                await self._poll
            finally:
                self._poll = None
        packets, self.waiting, self.size = self.waiting, [], 0
        return str(Payload(packets=packets).encode())


def packets(body: str) -> Iterator[str | bytes]:
    """The packets of a payload as a WebSocket would bring them. Raises ValueError."""
    for packet in body.split("\x1e"):
        yield base64.b64decode(packet[1:], validate=True) if packet.startswith("b") else packet


async def whole_body(request: web.Request, most: int) -> str:
    """The body of a POST. Raises Refused."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused(status=415)
    size = request.content_length
    if size is None:
        raise Refused(status=411)
    if size > most:
        raise Refused(status=413)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return (await request.content.readexactly(size)).decode()
    except TimeoutError as error:
        raise Refused(status=408) from error
    except (asyncio.IncompleteReadError, UnicodeDecodeError) as error:
        raise Refused from error

"""Large bodies: written slice by slice, as fast as the client reads, and bounded in how many are held for that.

aiohttp would copy a body of bytes into each connection's buffer, 16 MB of the largest board for everyone who asks.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from aiohttp import web

SLICE_BYTES = 65_536
MAX_BYTES = 96_000_000  # of different bodies that are being written
_GZIP = 16 + zlib.MAX_WBITS
FEWEST = 3  # that may be written at once, however large
SHARED_SECONDS = 10.0  # for which a body is given on when slow readers hold nearly that many bytes


@dataclass(slots=True)
class _Held:
    """A body, and the connections that it is written to."""

    body: bytes
    connections: list[asyncio.Transport] = field(default_factory=list)


class Bodies:
    """The large bodies that are being written. Where slow readers hold too many different ones, those who read the
    oldest are cut; until then, the more there are, the longer one is to be shared."""

    def __init__(self, most_bytes: int = MAX_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held: dict[int, _Held] = {}  # by the body's id, in the order in which they were made

    @property
    def shared_seconds(self) -> float:
        """For how long whoever asks is to be given what somebody was given before."""
        return SHARED_SECONDS * sum(len(held.body) for held in self._held.values()) / self._most_bytes

    async def slices(self, body: bytes, connection: asyncio.Transport | None) -> AsyncGenerator[bytes, None]:
        """A body, held until all of it has been taken, or its reader has gone."""
        if connection is None:
            return
        self._hold(body, connection)
        try:
            for start in range(0, len(body), SLICE_BYTES):
                yield body[start : start + SLICE_BYTES]
        finally:
            self._release(body, connection)

    async def unpacked(self, packed: bytes, connection: asyncio.Transport | None) -> AsyncGenerator[bytes, None]:
        """What a gzip body has in it, unpacked while it is read: nothing but the packed body is held."""
        unpacking = zlib.decompressobj(_GZIP)
        async with aclosing(self.slices(packed, connection)) as slices:
            async for some in slices:
                left = some
                while left:
                    yield unpacking.decompress(left, SLICE_BYTES)
                    left = unpacking.unconsumed_tail
        while rest := unpacking.decompress(b"", SLICE_BYTES):  # of the last bytes, where a slice was full before
            yield rest

    def _hold(self, body: bytes, connection: asyncio.Transport) -> None:
        self._held.setdefault(id(body), _Held(body)).connections.append(connection)
        while len(self._held) > FEWEST and self.shared_seconds > SHARED_SECONDS:
            oldest = self._held.pop(next(iter(self._held)))
            for one in oldest.connections:
                one.abort()

    def _release(self, body: bytes, connection: asyncio.Transport) -> None:
        held = self._held.get(id(body))
        if held and connection in held.connections:
            held.connections.remove(connection)
            if not held.connections:
                del self._held[id(body)]


BODIES = web.AppKey("bodies", Bodies)


def sliced(request: web.Request, body: bytes, content_type: str, headers: dict[str, str]) -> web.Response:
    """The answer with that body; all who ask for the same bytes share them."""
    if len(body) <= SLICE_BYTES:
        return web.Response(body=body, content_type=content_type, headers=headers)
    sized = {**headers, "Content-Length": str(len(body))}
    slices = request.app[BODIES].slices(body, request.transport)
    return web.Response(body=slices, content_type=content_type, headers=sized)


def unpacked(request: web.Request, packed: bytes, content_type: str, headers: dict[str, str]) -> web.Response:
    """The answer with what is in a gzip body of one member."""
    sized = {**headers, "Content-Length": str(int.from_bytes(packed[-4:], "little"))}  # RFC 1952, ISIZE
    slices = request.app[BODIES].unpacked(packed, request.transport)
    return web.Response(body=slices, content_type=content_type, headers=sized)

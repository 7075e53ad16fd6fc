"""Large bodies: written slice by slice, as fast as the client reads.

aiohttp would copy a body of bytes into each connection's buffer, 16 MB of the largest board for everyone who asks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

SLICE_BYTES = 65_536


def sliced(body: bytes, content_type: str, headers: dict[str, str]) -> web.Response:
    """The answer with that body; all who ask for the same bytes share them."""
    if len(body) <= SLICE_BYTES:
        return web.Response(body=body, content_type=content_type, headers=headers)
    sized = {**headers, "Content-Length": str(len(body))}
    return web.Response(body=_slices(body), content_type=content_type, headers=sized)


async def _slices(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), SLICE_BYTES):
        yield body[start : start + SLICE_BYTES]

"""The route of the log: pieces that all share, written as fast as each client reads, for as long as it takes."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

from aiohttp import web

from beeplace.displays.blocks import Piece
from beeplace.displays.displays import DISPLAYS
from beeplace.displays.numbers import integer
from beeplace.errors import BadRequest, Busy, StoreUnavailable
from beeplace.gateway.encodings import IDENTITY, chosen
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http_errors import DEADLINE

MOST_ENTRIES = 100_000
MOST_MINUTES = 60
LAST_BLOCK = b"\x03\x00"  # of a deflate stream: final, and empty
SMALL = 1_000  # entries that are not worth compressing

routes = web.RouteTableDef()


@routes.get("/api/log")
async def log(request: web.Request) -> web.StreamResponse:
    """The entries after a seq, oldest first, or the newest of the last minutes; see `log_text.py` for the form."""
    displays, newest = request.app[DISPLAYS], request.app[GATEWAY].board.state.seq
    if ("after" in request.query) == ("minutes" in request.query):
        raise BadRequest(422, "give either after or minutes")
    if "after" in request.query:
        after = integer(request, "after", 0, 10**15)
        to = min(newest, after + MOST_ENTRIES)
    else:
        begin = await displays.blocks.begin(integer(request, "minutes", 1, MOST_MINUTES))
        after, to = max(begin, newest - MOST_ENTRIES), newest
    pieces = displays.blocks.read(after, to)
    first = await anext(pieces, None)  # a store that is away is still answered with 503
    headers = {
        "X-Board-Seq": str(newest), "X-Server-Time": str(displays.wall_ms()),
        "Content-Type": "text/plain; charset=utf-8", "Vary": "Accept-Encoding",
    }  # fmt: skip
    coding = _coding(request, to - after)
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    encode = CODINGS.get(coding, _plain)
    return await _stream(request, web.StreamResponse(headers=headers), encode(_chained(first, pieces)))


def _coding(request: web.Request, entries: int) -> str:
    coding = chosen(request, tuple(CODINGS) if entries > SMALL else ()) or chosen(request, tuple(CODINGS))
    if coding is None:
        raise web.HTTPNotAcceptable
    return coding


async def _stream(
    request: web.Request, response: web.StreamResponse, parts: AsyncIterator[bytes]
) -> web.StreamResponse:
    request[DEADLINE].reschedule(None)  # a slow link takes its time; who reads nothing at all is cut by `requests.py`
    await response.prepare(request)
    try:
        async for part in parts:
            await response.write(part)
    except (StoreUnavailable, Busy):
        if request.transport:
            request.transport.abort()  # in the middle of an answer there is no other way to say that it is not whole
    return response


async def _plain(pieces: AsyncIterator[Piece]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece.text


async def _deflate(pieces: AsyncIterator[Piece]) -> AsyncIterator[bytes]:
    """As in RFC 1950: a head, the pieces, the end of the stream, and a sum of all that was said."""
    said = zlib.adler32(b"")
    yield b"\x78\x9c"
    async for piece in pieces:
        said = zlib.adler32(piece.text, said)
        yield piece.deflated
    yield LAST_BLOCK + said.to_bytes(4, "big")


async def _gzip(pieces: AsyncIterator[Piece]) -> AsyncIterator[bytes]:
    """As in RFC 1952: the same with another head and sum, and the length."""
    said = size = 0
    yield b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    async for piece in pieces:
        said, size = zlib.crc32(piece.text, said), size + len(piece.text)
        yield piece.deflated
    yield LAST_BLOCK + said.to_bytes(4, "little") + (size % 2**32).to_bytes(4, "little")


CODINGS = {"gzip": _gzip, "deflate": _deflate}


async def _chained(first: Piece | None, rest: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
    if first is not None:
        yield first
    async for piece in rest:
        yield piece

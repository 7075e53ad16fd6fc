"""The route of the log: pieces that all share, written as fast as each client reads, for as long as it takes."""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterator

from aiohttp import web
from msgspec import UNSET, UnsetType

from beeplace.board.board import Board
from beeplace.board.terms import parted, place_name
from beeplace.errors import BadRequest, Busy, StoreUnavailable
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.api.bodies import query
from beeplace.gateway.http.api.operations import Operation, described
from beeplace.gateway.http.api.wall_models import MAX_MINUTES, LogQuery
from beeplace.gateway.http.display_parts import DISPLAYS
from beeplace.gateway.http.encodings import IDENTITY, chosen
from beeplace.gateway.http.errors import DEADLINE
from beeplace.history.log_chunks import Piece

MAX_ENTRIES = 100_000
LAST_BLOCK = b"\x03\x00"  # of a deflate stream: final, and empty
SMALL = 1_000  # entries that are not worth compressing

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LOG = Operation(
    "What changed the board, oldest first, one line a change",
    about="`@seq,at_ms,epoch` says where the next line begins; `x,y,color,ms` is a placement, `ms` after the change "
    "before; `f,x,y,w,h,color,ms` an area given one colour by an organiser; `r,ms,epoch` a reset; `-,ms` a change of "
    "no pixel. Each line is the next seq. At most 100,000 changes an answer: with `after` the oldest, with `minutes` "
    "the newest. 409: (epoch, after) is no position of this log, begin anew.",
    query=LogQuery,
    gives=("text/plain",),
    headers={
        "X-Board-Seq": "the newest seq there is",
        "X-Server-Time": "the server's clock, milliseconds since 1970, UTC",
        "X-Board-Epoch": "what the epoch that was asked with is called now, or the present one",
    },
    may=(409, 503),
    tag="displays",
)

routes = web.RouteTableDef()


@routes.get("/api/log")
@described(_LOG)
async def log(request: web.Request) -> web.StreamResponse:
    """The entries after a seq, oldest first, or the newest of the last minutes; see `log_text.py` for the form.

    With `epoch`, 409 where (epoch, after) is no position of this log. `X-Board-Epoch` is what it is called now.
    """
    displays, board = request.app[DISPLAYS], request.app[GATEWAY].board
    asked = query(request, LogQuery)
    if (asked.after is UNSET) == (asked.minutes is UNSET):
        raise BadRequest(422, "give either after or minutes")
    if asked.after is not UNSET:
        after, newest = asked.after, board.state.seq
        to = min(newest, after + MAX_ENTRIES)
        name = _name(asked.epoch, board, after)
    else:
        begin = await displays.blocks.begin(asked.minutes or MAX_MINUTES)
        newest, name = board.state.seq, board.state.name
        after, to = max(begin, newest - MAX_ENTRIES), newest
    pieces = displays.blocks.read(after, to)
    first = await anext(pieces, None)  # a store that is away is still answered with 503
    headers = {
        "X-Board-Seq": str(newest), "X-Board-Epoch": name, "X-Server-Time": str(displays.wall_ms()),
        "Content-Type": "text/plain; charset=utf-8", "Vary": "Accept-Encoding",
    }  # fmt: skip
    coding = _coding(request, to - after)
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    encode = CODINGS.get(coding, _plain)
    return await _stream(request, web.StreamResponse(headers=headers), encode(_chained(first, pieces)))


def _name(given: str | UnsetType, board: Board, seq: int) -> str:
    """What the epoch that is given with a seq is called now. Raises BadRequest 409 for no position of this log."""
    if given is UNSET:
        return board.state.name
    if not (_NAME.fullmatch(given) and board.follows(given, seq)):
        raise BadRequest(409, "this log does not go on from there; begin with /api/board or /api/board/earlier")
    return place_name(parted(given)[0], board.state.term)


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

"""What anyone may read over HTTP: the board as bytes and as a picture, the configuration, a pixel's history."""

from __future__ import annotations

from aiohttp import web
from msgspec import UNSET

from beeplace.board.entries import Entry
from beeplace.board.palette import Palette
from beeplace.errors import BadRequest
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.api.board_models import (
    CONFIGURATION,
    Configuration,
    PictureQuery,
    PixelChange,
    PixelHistory,
    PixelPath,
    PixelQuery,
    PreviewQuery,
)
from beeplace.gateway.http.api.bodies import path, query
from beeplace.gateway.http.api.operations import IF_NONE_MATCH, Operation, described
from beeplace.gateway.http.encodings import chosen
from beeplace.gateway.http.errors import answer, reply
from beeplace.gateway.http.pictures import PICTURES
from beeplace.gateway.http.site.previews import Place
from beeplace.gateway.sliced import sliced
from beeplace.history.pixel_history import PixelHistoryMemory
from beeplace.people.identities import pseudonym

MAX_PICTURE_PIXELS = 64_000_000

_BOARD = Operation(
    "The snapshot, one byte a pixel, row by row",
    gives=("application/octet-stream",),
    headers={"ETag": '"epoch:seq"', "X-Board-Width": "pixels", "X-Board-Height": "pixels"},
    parameters=(IF_NONE_MATCH,),
    may=(304,),
    tag="board",
)
_PICTURE = Operation(
    "The board as a picture",
    query=PictureQuery,
    gives=("image/png",),
    headers={"ETag": '"epoch:seq:scale"'},
    parameters=(IF_NONE_MATCH,),
    may=(304,),
    tag="board",
)
_PREVIEW = Operation(
    "The picture of a shared link",
    about="1200 x 630, as chats show it: what lies around a pixel, or the whole board where none of it is named.",
    query=PreviewQuery,
    gives=("image/png",),
    may=(503,),
    tag="board",
)
_CONFIG = Operation(
    "What initialState has, without board and personal fields",
    answers=Configuration,
    answer=CONFIGURATION,
    tag="board",
)
_PIXEL = Operation(
    "Who gave a pixel its colour, when, and its last changes",
    path=PixelPath,
    query=PixelQuery,
    answers=PixelHistory,
    answer={
        "x": 12,
        "y": 7,
        "color": 5,
        "hex": "#E50000",
        "changes": [
            {"seq": 1743, "kind": "placement", "color": 5, "hex": "#E50000", "at": 1780264800123, "by": "bee-1f2e3d4c"}
        ],
    },
    may=(503,),
    tag="board",
)

PIXEL_HISTORY = web.AppKey("pixel_history", PixelHistoryMemory)

routes = web.RouteTableDef()


@routes.get("/api/board")
@described(_BOARD)
async def board(request: web.Request) -> web.Response:
    """The snapshot: one byte a pixel, row by row; 304 where the client has it."""
    gateway, body = request.app[GATEWAY], None
    snapshot, state = request.app[PICTURES].snapshot(), gateway.board.state
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", "ETag": f'"{snapshot.epoch}:{snapshot.seq}"'}
    headers |= {"X-Board-Width": str(state.width), "X-Board-Height": str(state.height)}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    if chosen(request, ("deflate",)) == "deflate":
        snapshot, body = await request.app[PICTURES].packed()
        headers |= {"Content-Encoding": "deflate", "ETag": f'"{snapshot.epoch}:{snapshot.seq}"'}
    return sliced(request, snapshot.pixels if body is None else body, "application/octet-stream", headers)


@routes.get("/api/board.png")
@described(_PICTURE)
async def picture(request: web.Request) -> web.Response:
    """The board as a picture, each pixel `scale` x `scale` (1..32)."""
    scale = query(request, PictureQuery).scale
    state, pictures = request.app[GATEWAY].board.state, request.app[PICTURES]
    if state.width * state.height * scale * scale > MAX_PICTURE_PIXELS:
        raise BadRequest(422, "the picture would be too large; ask for a smaller scale")
    if (etag := pictures.etag(scale)) in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers={"ETag": etag})
    picture = await pictures.picture(scale)
    return sliced(request, picture.png, "image/png", {"ETag": picture.etag, "Cache-Control": "no-cache"})


@routes.get("/api/preview.png")
@described(_PREVIEW)
async def preview(request: web.Request) -> web.Response:
    """The picture of a shared link: what lies around the pixel `x`, `y`, or the whole board."""
    place = query(request, PreviewQuery)
    at = None if place.x is UNSET or place.y is UNSET else Place(place.x, place.y)
    picture = await request.app[PICTURES].preview(at)
    return web.Response(body=picture, content_type="image/png", headers={"Cache-Control": "public, max-age=60"})


@routes.get("/api/config")
@described(_CONFIG)
async def config(request: web.Request) -> web.Response:
    """What `initialState` has, without the board and without what is personal, and the wall's first values."""
    gateway = request.app[GATEWAY]
    state = gateway.board.state
    spot = gateway.busiest()
    busiest = None if spot is None else {"x": spot[0], "y": spot[1]}
    told = {**gateway.config(), "epoch": state.name, "seq": state.seq, **gateway.displays, "busiest": busiest}
    return answer(told)


@routes.get("/api/pixels/{x}/{y}")
@described(_PIXEL)
async def pixel(request: web.Request) -> web.Response:
    """Who gave a pixel its colour, when, and its last changes, with the colours as they were then."""
    gateway, place = request.app[GATEWAY], path(request, PixelPath)
    state, x, y = gateway.board.state, place.x, place.y
    if x >= state.width or y >= state.height:
        raise BadRequest(404, f"x must be one integer from 0 to {state.width - 1}, y from 0 to {state.height - 1}")
    entries = await request.app[PIXEL_HISTORY].of(x, y, query(request, PixelQuery).n)
    color = gateway.board.pixels[y * state.width + x]
    changes = [_change(entry, x, y, state.palette) for entry in entries]
    return reply(PixelHistory(x, y, color, state.palette[color], changes))


def _change(entry: Entry, x: int, y: int, palette: Palette) -> PixelChange:
    color = entry.change.color_of(x, y) or 0
    return PixelChange(
        seq=entry.seq,
        kind=entry.change.NAME,
        color=color,
        hex=entry.hex or palette[color],
        at=entry.at_ms,
        by="organiser" if entry.action is not None else pseudonym(entry.identity),
    )

"""What anyone may read over HTTP: the board as bytes and as a picture, the configuration, a pixel's history."""

from __future__ import annotations

import re
from functools import partial

from aiohttp import web
from msgspec import UNSET

from beeplace.board.entries import Entry
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState
from beeplace.errors import BadRequest
from beeplace.gateway.fanout.snapshot import Snapshot
from beeplace.gateway.gateway import GATEWAY, Gateway
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
from beeplace.gateway.http.pictures import PICTURES, Pictures
from beeplace.gateway.http.prompt_answers import Answer
from beeplace.gateway.http.site.previews import Place
from beeplace.gateway.sliced import sliced
from beeplace.history.pixel_history import PixelHistoryMemory
from beeplace.people.identities import pseudonym

MAX_PICTURE_PIXELS = 64_000_000
_BYTES, _DEFLATED = "application/octet-stream", {"Content-Encoding": "deflate"}
_PIXEL_PATH = re.compile(r"/api/pixels/(0|[1-9][0-9]{0,3})/(0|[1-9][0-9]{0,3})", re.ASCII)

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
    state, snapshot, body = request.app[GATEWAY].board.state, request.app[PICTURES].snapshot(), None
    headers = _board_headers(state, snapshot)
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    if chosen(request, ("deflate",)) == "deflate":
        snapshot, body = await request.app[PICTURES].packed()
        headers = _board_headers(state, snapshot) | _DEFLATED
    return sliced(request, snapshot.pixels if body is None else body, _BYTES, headers)


def _prompt_board(gateway: Gateway, pictures: Pictures, request: web.BaseRequest) -> web.Response | None:
    """The snapshot, where it is there in the form that the client takes, and the client has none."""
    if "If-None-Match" in request.headers:
        return None
    packed, snapshot = pictures.packed_now(), pictures.snapshot()
    headers = _board_headers(gateway.board.state, snapshot)
    if chosen(request, ("deflate",)) != "deflate":
        return web.Response(body=snapshot.pixels, content_type=_BYTES, headers=headers)
    return packed and web.Response(body=packed.body, content_type=_BYTES, headers=headers | _DEFLATED)


def _board_headers(state: BoardState, snapshot: Snapshot) -> dict[str, str]:
    return {
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
        "ETag": f'"{snapshot.epoch}:{snapshot.seq}"',
        "X-Board-Width": str(state.width),
        "X-Board-Height": str(state.height),
    }


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
    return _configuration(request.app[GATEWAY])


def _configuration(gateway: Gateway) -> web.Response:
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
    return _pixel(gateway, x, y, entries)


def _prompt_pixel(gateway: Gateway, memory: PixelHistoryMemory, request: web.BaseRequest) -> web.Response | None:
    """A pixel that somebody asked about since it changed."""
    state, asked = gateway.board.state, _PIXEL_PATH.fullmatch(request.path)
    if asked is None or (x := int(asked[1])) >= state.width or (y := int(asked[2])) >= state.height:
        return None
    entries = memory.known(x, y, PixelQuery().n)
    return None if entries is None else _pixel(gateway, x, y, entries)


def _pixel(gateway: Gateway, x: int, y: int, entries: list[Entry]) -> web.Response:
    state = gateway.board.state
    color = gateway.board.pixels[y * state.width + x]
    changes = [_change(entry, x, y, state.palette) for entry in entries]
    return reply(PixelHistory(x, y, color, state.palette[color], changes))


def prompt(gateway: Gateway, pictures: Pictures, memory: PixelHistoryMemory) -> dict[str, Answer]:
    """What of these routes waits for nothing."""
    return {
        "/api/board": partial(_prompt_board, gateway, pictures),
        "/api/config": lambda _: _configuration(gateway),
        "/api/pixels/": partial(_prompt_pixel, gateway, memory),
    }


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

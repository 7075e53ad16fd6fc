"""The evening for replays: the index is asked for again and again, and what it names never changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import web

from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.api.operations import IF_NONE_MATCH, Operation, described
from beeplace.gateway.http.display_parts import DISPLAYS
from beeplace.gateway.http.encodings import chosen
from beeplace.gateway.http.errors import answer
from beeplace.gateway.http.history.models import INDEX, HistoryIndex, PiecePath
from beeplace.gateway.http.png import png
from beeplace.gateway.sliced import sliced, unpacked
from beeplace.history.evening_figures import Figures
from beeplace.history.pieces import HistoryPieces

FOR_EVER = "public, max-age=31536000, immutable"

_INDEX = Operation(
    "Which pieces of the evening there are, and its moments",
    about="Addresses are relative to this one. docs/history.md has the form of the pieces.",
    answers=HistoryIndex,
    answer=INDEX,
    headers={"ETag": "of this index"},
    parameters=(IF_NONE_MATCH,),
    may=(304, 503),
    tag="board",
)
_PIECE = Operation(
    "65,536 entries of the log, which never change",
    about="docs/history.md has the form.",
    path=PiecePath,
    gives=("application/octet-stream",),
    headers={"ETag": "its name"},
    parameters=(IF_NONE_MATCH,),
    may=(304, 404, 503),
    tag="board",
)
_CHECKPOINT = replace(
    _PIECE, summary="The board before a piece, one byte a pixel, row by row", about="It never changes."
)

_HEAT_MAP = Operation(
    "Where most was placed: the brighter, the more often",
    about="One dot a pixel, from black for none over red to yellow, by the logarithm; at most half a minute old.",
    gives=("image/png",),
    headers={"ETag": "of the seq that it goes up to"},
    parameters=(IF_NONE_MATCH,),
    may=(304, 503),
    tag="board",
)

HISTORY = web.AppKey("history", HistoryPieces)

routes = web.RouteTableDef()


@routes.get("/api/history/index.json")
@described(_INDEX)
async def index(request: web.Request) -> web.Response:
    """Which pieces, checkpoints, epochs and moments there are; 304 where the client has it."""
    found = await request.app[HISTORY].index()
    headers = {"ETag": found.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if found.etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    if chosen(request, ("gzip",)) == "gzip":
        return sliced(request, found.packed, "application/json", headers | {"Content-Encoding": "gzip"})
    return sliced(request, found.body, "application/json", headers)


@routes.get("/api/history/pieces/{name}")
@described(_PIECE)
async def piece(request: web.Request) -> web.Response:
    """One stretch of the log, in the form that `docs/history.md` writes down."""
    return await _body(request, await request.app[HISTORY].piece(request.match_info["name"]))


@routes.get("/api/history/checkpoints/{name}")
@described(_CHECKPOINT)
async def checkpoint(request: web.Request) -> web.Response:
    """The board before a piece, one byte a pixel, row by row."""
    return await _body(request, await request.app[HISTORY].checkpoint(request.match_info["name"]))


@routes.get("/api/heatmap.png")
@described(_HEAT_MAP)
async def heat_map(request: web.Request) -> web.Response:
    """How often each pixel was placed, as a picture; 304 where the client has it."""
    name, figures = request.app[GATEWAY].board.state.name, await request.app[DISPLAYS].figures.evening.latest()
    headers = {"ETag": f'"{name}:{figures.seq}"', "Cache-Control": "public, max-age=30"}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    picture = await request.app[HEAT_MAPS](figures)
    return sliced(request, picture, "image/png", headers)


class HeatMaps:
    """Draws each heat map once for all who ask."""

    def __init__(self) -> None:
        self._drawn: tuple[Figures | None, bytes] = (None, b"")
        self._turn = asyncio.Lock()

    async def __call__(self, figures: Figures) -> bytes:
        """The picture of these figures."""
        async with self._turn:
            if self._drawn[0] is not figures:
                from beeplace.history.evening_counts import HEAT_COLORS  # noqa: PLC0415  # loaded with the figures

                picture = await asyncio.to_thread(png, figures.heat, figures.width, figures.height, HEAT_COLORS, 1)
                self._drawn = figures, picture
            return self._drawn[1]


HEAT_MAPS = web.AppKey("heat_maps", HeatMaps)


async def _body(request: web.Request, packed: bytes | None) -> web.Response:
    """What is kept compressed; unpacked, while it is sent, only for whoever takes it in no other form."""
    if packed is None:
        return answer({"statusCode": 404, "message": "there is no such piece; read the index anew"}, 404)
    etag = f'"{request.match_info["name"]}"'
    headers = {"ETag": etag, "Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    if chosen(request, ("gzip",)) == "gzip":
        headers["Content-Encoding"] = "gzip"
        return sliced(request, packed, "application/octet-stream", headers)
    return unpacked(request, packed, "application/octet-stream", headers)

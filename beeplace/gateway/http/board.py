"""What anyone may read over HTTP: the board as bytes and as a picture, the configuration, a pixel's history."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from beeplace.board.entries import Entry
from beeplace.board.palette import Palette
from beeplace.errors import BadRequest
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.encodings import chosen
from beeplace.gateway.http.errors import answer
from beeplace.gateway.http.pictures import PICTURES
from beeplace.gateway.http.site.previews import asked
from beeplace.gateway.sliced import sliced
from beeplace.people.identities import pseudonym

MAX_SCALE = 32
MAX_PICTURE_PIXELS = 64_000_000
HISTORY = 20

routes = web.RouteTableDef()


@routes.get("/api/board")
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
async def picture(request: web.Request) -> web.Response:
    """The board as a picture, each pixel `scale` x `scale` (1..32)."""
    scale = _integer(request.query.getall("scale", ["1"]), "scale", 1, MAX_SCALE)
    state, pictures = request.app[GATEWAY].board.state, request.app[PICTURES]
    if state.width * state.height * scale * scale > MAX_PICTURE_PIXELS:
        raise BadRequest(422, "the picture would be too large; ask for a smaller scale")
    if (etag := pictures.etag(scale)) in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers={"ETag": etag})
    picture = await pictures.picture(scale)
    return sliced(request, picture.png, "image/png", {"ETag": picture.etag, "Cache-Control": "no-cache"})


@routes.get("/api/preview.png")
async def preview(request: web.Request) -> web.Response:
    """The picture of a shared link: what lies around the pixel `x`, `y`, or the whole board."""
    picture = await request.app[PICTURES].preview(asked(request))
    return web.Response(body=picture, content_type="image/png", headers={"Cache-Control": "public, max-age=60"})


@routes.get("/api/config")
async def config(request: web.Request) -> web.Response:
    """What `initialState` has, without the board and without what is personal, and the wall's first values."""
    gateway = request.app[GATEWAY]
    state = gateway.board.state
    return answer({**gateway.config(), "epoch": state.name, "seq": state.seq, **gateway.displays})


@routes.get("/api/pixels/{x}/{y}")
async def pixel(request: web.Request) -> web.Response:
    """Who gave a pixel its colour, when, and its last changes (`n`, 1..100), with the colours as they were then."""
    gateway = request.app[GATEWAY]
    state = gateway.board.state
    x = _integer([request.match_info["x"]], "x", 0, state.width - 1, 404)
    y = _integer([request.match_info["y"]], "y", 0, state.height - 1, 404)
    most = _integer(request.query.getall("n", [str(HISTORY)]), "n", 1, 100)
    changes = [_change(entry, x, y, state.palette) for entry in await gateway.reads.history(x, y, most)]
    color = gateway.board.pixels[y * state.width + x]
    return answer({"x": x, "y": y, "color": color, "hex": state.palette[color], "changes": changes})


def _change(entry: Entry, x: int, y: int, palette: Palette) -> dict[str, Any]:
    organiser, color = entry.action is not None, entry.change.color_of(x, y) or 0
    return {
        "seq": entry.seq,
        "kind": entry.change.NAME,
        "color": color,
        "hex": entry.hex or palette[color],
        "at": entry.at_ms,
        "by": "organiser" if organiser else pseudonym(entry.identity),
    }


def _integer(given: list[str], name: str, least: int, most: int, status: int = 422) -> int:
    """One integer written in ASCII digits. Raises BadRequest."""
    if len(given) == 1 and given[0].isascii() and given[0].isdigit() and len(given[0]) < 10:
        value = int(given[0])
        if least <= value <= most:
            return value
    raise BadRequest(status, f"{name} must be one integer from {least} to {most}")

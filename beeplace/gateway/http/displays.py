"""The walls' routes beside the log: an earlier board, figures, QR codes of this site's own addresses, short links."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from aiohttp import web

from beeplace.errors import BadRequest
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.api.bodies import path, query
from beeplace.gateway.http.api.operations import Operation, described
from beeplace.gateway.http.api.wall_models import FIGURES, EarlierQuery, QrQuery, ShortPath, WallFigures
from beeplace.gateway.http.display_parts import DISPLAYS
from beeplace.gateway.http.encodings import chosen
from beeplace.gateway.http.errors import answer
from beeplace.gateway.sliced import sliced

_EARLIER = Operation(
    "A board whose every placement is older than a delay",
    about="One byte a pixel, row by row, as of the seq in the ETag; `/api/log?after=` has what came later. 503 while "
    "the server has not run for that long; Retry-After says when to ask again.",
    query=EarlierQuery,
    gives=("application/octet-stream",),
    headers={"ETag": '"epoch:seq"', "X-Board-Width": "pixels", "X-Board-Height": "pixels"},
    may=(503,),
    tag="displays",
)
_STATISTICS = Operation(
    "Figures for a wall, at most five seconds old", answers=WallFigures, answer=FIGURES, may=(503,), tag="displays"
)
_QR = Operation(
    "A QR code of an address of this site", query=QrQuery, gives=("image/svg+xml",), may=(400, 503), tag="displays"
)
_SHORT = Operation(
    "A short link to a display",
    about="All of the screen's place on its wall is in the code; the server stores nothing. A query is passed on.",
    path=ShortPath,
    status=302,
    headers={"Location": "the display's whole address"},
    tag="displays",
    takes_any_query=True,
)

routes = web.RouteTableDef()


@routes.get("/api/board/earlier")
@described(_EARLIER)
async def earlier(request: web.Request) -> web.Response:
    """A board whose every placement is older than `delay` seconds; the log after its seq has the rest."""
    displays = request.app[DISPLAYS]
    delay = query(request, EarlierQuery).delay
    if displays.delayed.age_seconds < delay:
        missing = int(delay - displays.delayed.age_seconds) + 1
        message = "the server has started, or was overrun, less than that delay ago"
        return answer({"statusCode": 503, "message": message}, 503, {"Retry-After": str(missing)})
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if chosen(request, ("deflate",)) == "deflate":
        board = await displays.earlier.packed()
        body = board.deflated or b""
        headers["Content-Encoding"] = "deflate"
    else:
        board = displays.earlier.latest()
        body = board.pixels
    headers |= {"X-Board-Width": str(board.state.width), "X-Board-Height": str(board.state.height)}
    headers["ETag"] = f'"{board.state.name}:{board.seq}"'
    return sliced(request, body, "application/octet-stream", headers)


@routes.get("/api/statistics")
@described(_STATISTICS)
async def statistics(request: web.Request) -> web.Response:
    """People, changes in all and for each of the last 60 minutes, and how often each colour is on the board."""
    return answer(await request.app[DISPLAYS].figures.latest())


@routes.get("/api/qr.svg")
@described(_QR)
async def qr(request: web.Request) -> web.Response:
    """A QR code of an address of this site (`text`: a path, or the whole address)."""
    text = query(request, QrQuery).text
    if not text.isprintable():
        raise BadRequest(422, "text has characters that are not printed")
    picture = await request.app[DISPLAYS].codes.svg(_own_address(request, text))
    return web.Response(body=picture, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=3600"})


def _own_address(request: web.Request, text: str) -> str:
    """The whole address. Raises BadRequest for another site's: a code on the wall must not lead elsewhere."""
    gateway = request.app[GATEWAY]
    if text.startswith("/") and not text.startswith("//") and "\\" not in text:
        if not (root := gateway.site.root(request)):
            raise BadRequest(400, "the request names no host")
        return root + text
    try:
        parts = urlsplit(text)
        own = f"{parts.scheme}://{parts.netloc}"
        if parts.scheme in ("http", "https") and "@" not in parts.netloc and gateway.site.ours(own, request):
            return text
    except ValueError:
        pass
    raise BadRequest(422, "text must be an address of this site")


@routes.get("/d/{code}")
@described(_SHORT)
async def short(request: web.Request) -> web.Response:
    """A short link to a display. All of it is in the code, which the page reads; nothing is stored here."""
    code = path(request, ShortPath).code
    given = request.rel_url.raw_query_string  # as it came: decoded, it could hold what no header can
    rest = f"&{given}" if given else ""
    to = request.app[GATEWAY].site.path(f"/display?d={quote(code)}{rest}")
    return web.Response(status=302, headers={"Location": to})

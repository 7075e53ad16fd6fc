"""The walls' routes beside the log: an earlier board, figures, QR codes of this site's own addresses, short links."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from aiohttp import web

from beeplace.errors import BadRequest
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.display_parts import DISPLAYS
from beeplace.gateway.http.encodings import chosen
from beeplace.gateway.http.errors import answer
from beeplace.gateway.http.numbers import integer
from beeplace.gateway.sliced import sliced

MAX_DELAY_SECONDS = 60
MAX_QR_CHARACTERS = 300
_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")
_SHORT = re.compile(r"[A-Za-z0-9.x-]{1,80}")

routes = web.RouteTableDef()


@routes.get("/api/board/earlier")
async def earlier(request: web.Request) -> web.Response:
    """A board whose every placement is older than `delay` seconds; the log after its seq has the rest."""
    displays = request.app[DISPLAYS]
    delay = integer(request, "delay", 0, MAX_DELAY_SECONDS)
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
async def statistics(request: web.Request) -> web.Response:
    """People, changes in all and for each of the last 60 minutes, and how often each colour is on the board."""
    return answer(await request.app[DISPLAYS].figures.latest())


@routes.get("/api/qr.svg")
async def qr(request: web.Request) -> web.Response:
    """A QR code of an address of this site (`text`: a path, or the whole address)."""
    given = request.query.getall("text", [])
    if len(given) != 1 or not 1 <= len(given[0]) <= MAX_QR_CHARACTERS or not given[0].isprintable():
        raise BadRequest(422, f"text must be given once, with 1 to {MAX_QR_CHARACTERS} characters")
    picture = await request.app[DISPLAYS].codes.svg(_own_address(request, given[0]))
    return web.Response(body=picture, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=3600"})


def _own_address(request: web.Request, text: str) -> str:
    """The whole address. Raises BadRequest for another site's: a code on the wall must not lead elsewhere."""
    origins = request.app[GATEWAY].origins
    if text.startswith("/") and not text.startswith("//") and "\\" not in text:
        if not _HOST.fullmatch(host := origins.host(request)):
            raise BadRequest(400, "the request names no host")
        return f"{'https' if origins.secure(request) else 'http'}://{host}{text}"
    try:
        parts = urlsplit(text)
        own = f"{parts.scheme}://{parts.netloc}"
        if parts.scheme in ("http", "https") and "@" not in parts.netloc and origins.ours(own, request):
            return text
    except ValueError:
        pass
    raise BadRequest(422, "text must be an address of this site")


@routes.get("/d/{code}")
async def short(request: web.Request) -> web.Response:
    """A short link to a display. All of it is in the code, which the page reads; nothing is stored here."""
    code = request.match_info["code"]
    if not _SHORT.fullmatch(code):
        raise web.HTTPNotFound
    query = request.rel_url.raw_query_string  # as it came: decoded, it could hold what no header can
    rest = f"&{query}" if query else ""
    return web.Response(status=302, headers={"Location": f"/display?d={quote(code)}{rest}"})

"""What organisers do to keep order: panic, and the safe picture that walls show then."""

from __future__ import annotations

from aiohttp import web

from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.changes.moderation.safe_picture import SafePicture
from beeplace.board.rules import Action
from beeplace.errors import BadRequest
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.errors import answer
from beeplace.gateway.http.moderation.safe_pictures import SAFE_PICTURES
from beeplace.gateway.http.organiser import act, authorised, json_body
from beeplace.gateway.http.pictures import PICTURES
from beeplace.gateway.sliced import sliced

MAX_REASON = 500

routes = web.RouteTableDef()


@routes.post("/api/panic")
async def begin_panic(request: web.Request) -> web.Response:
    """Stops the drawing and has all walls show the safe picture, at once. `{reason?}`."""
    identity = authorised(request)
    action = Action(Panic(begun=True), identity, reason=await _reason(request))
    return await act(request, action, "Panic: drawing is paused, walls show the safe picture")


@routes.delete("/api/panic")
async def end_panic(request: web.Request) -> web.Response:
    """Ends it. `{reason?}`."""
    identity = authorised(request)
    action = Action(Panic(begun=False), identity, reason=await _reason(request))
    return await act(request, action, "Panic is over")


@routes.post("/api/safe-picture")
async def approve(request: web.Request) -> web.Response:
    """Makes the board as it is now the safe picture. `{armed?, reason?}`: armed walls also show it when they lose the
    server; they are unless it is said otherwise."""
    identity, body = authorised(request), await _optional_body(request)
    armed = body.get("armed", True)
    if not isinstance(armed, bool):
        raise BadRequest(422, "armed must be true or false")
    picture = await request.app[PICTURES].picture(1)
    action = Action(SafePicture(picture.png, armed), identity, reason=_text(body))
    return await act(request, action, "The board as it is now is the safe picture")


@routes.get("/api/safe-picture")
async def safe_picture(request: web.Request) -> web.Response:
    """The picture, as PNG; 404 while none is approved."""
    approved = request.app[GATEWAY].board.state.moderation.safe_picture
    if approved is None:
        return answer({"statusCode": 404, "message": "no safe picture is approved"}, 404)
    headers = {"ETag": f'"{approved.seq}"', "Cache-Control": "no-cache"}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return sliced(request, await request.app[SAFE_PICTURES].png(approved.seq), "image/png", headers)


async def _optional_body(request: web.Request) -> dict[str, object]:
    return await json_body(request) if request.body_exists else {}


async def _reason(request: web.Request) -> str:
    return _text(await _optional_body(request))


def _text(body: dict[str, object]) -> str:
    reason = body.get("reason", "")
    if not isinstance(reason, str) or len(reason) > MAX_REASON or "\0" in reason:
        raise BadRequest(422, f"reason must be a text of at most {MAX_REASON} characters")
    return reason

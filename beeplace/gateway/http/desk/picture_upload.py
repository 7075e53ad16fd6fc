"""The route of pictures: a file reduced to the palette, shown, and drawn on the board where that is asked for."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from typing import Any

from aiohttp import web
from msgspec import UNSET, Struct, UnsetType

from beeplace.board.changes.paste import Paste
from beeplace.board.geometry import Area
from beeplace.board.rules import Action
from beeplace.errors import BadRequest
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.access.roles import HOLDER
from beeplace.gateway.http.api.operations import IDEMPOTENCY_KEY, Operation, Parameter, described
from beeplace.gateway.http.desk.reduction import PictureReduction, ReducedPicture
from beeplace.gateway.http.errors import DEADLINE, answer
from beeplace.gateway.http.organiser import act

MAX_REASON = 500
_KINDS = ("image/png", "image/jpeg", "image/webp", "application/octet-stream")
_NUMBER = re.compile(r"[0-9]{1,5}")
_SIDE = {"type": "integer", "minimum": 1, "maximum": 4096}
_CORNER = {"type": "integer", "minimum": 0, "maximum": 4095}
_PARAMETERS = (
    Parameter("width", "pixels of the board; the height follows where it is not given", _SIDE),
    Parameter("height", "pixels of the board", _SIDE),
    Parameter("dither", "0 for flat areas, 1 (default) for mixed colours", {"enum": ["0", "1"], "default": "1"}),
    Parameter("x", "first column; with y, the picture is drawn there as one action", _CORNER),
    Parameter("y", "first row", _CORNER),
    Parameter("reason", "why, for the record", {"type": "string", "maxLength": MAX_REASON}),
    IDEMPOTENCY_KEY,
)


class PictureReduced(Struct, rename="camel"):
    """A picture in colours of the palette: its size, how many pixels are not transparent, and how it looks.

    `picture` is a PNG as a data: URL. Without `x` and `y` nothing was drawn, and there is no `seq`.
    """

    status_code: int
    message: str
    width: int
    height: int
    pixels: int
    picture: str
    seq: int | UnsetType = UNSET
    epoch: str | UnsetType = UNSET


_UPLOAD = Operation(
    "Reduces a picture (PNG, JPEG, WebP, up to 24 megapixels) to the palette, and draws it where x and y are given",
    answers=PictureReduced,
    answer={
        "statusCode": 200, "message": "Picture drawn", "width": 64, "height": 36, "pixels": 2304,
        "picture": "data:image/png;base64,...", "seq": 1744, "epoch": "5d2f0b1c9e8a7f63-a1b2c3d4",
    },
    parameters=_PARAMETERS,
    files=_KINDS,
    may=(408, 413, 415, 422, 503, 504),
)  # fmt: skip

PICTURE_REDUCTION = web.AppKey("picture reduction", PictureReduction)

routes = web.RouteTableDef()


@routes.post("/api/pictures")
@described(_UPLOAD)
async def picture(request: web.Request) -> web.Response:
    """The body is the file. Raises BadRequest and Busy."""
    if request.content_type not in _KINDS or "Content-Encoding" in request.headers:
        raise BadRequest(415, "the body is a PNG, a JPEG or a WebP, not compressed once more")
    state, corner, reason = request.app[GATEWAY].board.state, _corner(request), _reason(request)
    wanted: dict[str, Any] = {
        "width": _number(request, "width", 1, state.width),
        "height": _number(request, "height", 1, state.height),
        "dither": _number(request, "dither", 0, 1) != 0,
        "colors": state.palette.colors,
        "disabled": state.settings.disabled_colors,
        "most": (state.width, state.height),
    }
    request[DEADLINE].reschedule(None)  # the parts have times of their own
    found = await request.app[PICTURE_REDUCTION].reduced(request, wanted)
    more = {
        "width": found.width,
        "height": found.height,
        "pixels": sum(found.mask),
        "picture": f"data:image/png;base64,{b64encode(found.png).decode()}",
    }
    if corner is None:
        return answer({"statusCode": 200, "message": "Picture reduced", **more})
    pasted = await asyncio.to_thread(_paste, found, *corner)
    if not state.holds(Area(*corner, found.width, found.height)) or pasted is None:
        raise BadRequest(422, "all of the picture must lie on the board, and not all of it be transparent")
    action = Action(pasted, request[HOLDER].identity, reason=reason)
    return await act(request, action, "Picture drawn", no_fit="the board has changed meanwhile", more=more)


def _paste(found: ReducedPicture, x: int, y: int) -> Paste | None:
    return Paste.over(Area(x, y, found.width, found.height), found.colors, found.mask)


def _corner(request: web.Request) -> tuple[int, int] | None:
    state = request.app[GATEWAY].board.state
    x, y = _number(request, "x", 0, state.width - 1), _number(request, "y", 0, state.height - 1)
    if x is None and y is None:
        return None
    if x is None or y is None:
        raise BadRequest(422, "x and y are given together")
    return x, y


def _number(request: web.Request, name: str, least: int, most: int) -> int | None:
    given = request.query.getall(name, [])
    if not given:
        return None
    if len(given) == 1 and given[0].isascii() and _NUMBER.fullmatch(given[0]) and least <= int(given[0]) <= most:
        return int(given[0])
    raise BadRequest(422, f"{name} must be one integer from {least} to {most}")


def _reason(request: web.Request) -> str:
    reason = request.query.get("reason", "")
    if len(reason) > MAX_REASON or "\0" in reason:
        raise BadRequest(422, f"reason must be a text of at most {MAX_REASON} characters")
    return reason

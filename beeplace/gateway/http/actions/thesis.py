"""The thesis's routes for organisers: reset, fill an area, close and open the drawing. What else a body has is ignored,
as there."""

from __future__ import annotations

import secrets
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from beeplace.board.changes.fill import Fill
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.reset import Reset
from beeplace.board.geometry import Area
from beeplace.board.rules import Action
from beeplace.desk.selection import ColorName, read_color
from beeplace.errors import BadRequest
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.api.bodies import body
from beeplace.gateway.http.api.operations import acts, described
from beeplace.gateway.http.organiser import act, authorised

_Corner = Annotated[int, Meta(ge=0, le=4095)]


class CornersFill(Struct):
    """An area from corner to corner, both included, and its colour."""

    x1: _Corner
    y1: _Corner
    x2: _Corner
    y2: _Corner
    color: ColorName = 0


class ReadOnlySwitch(Struct, rename="camel"):
    """Whether the drawing is closed from now on."""

    read_only: bool


_RESET = acts("Empties the board; the state before is kept", "Board reset", may=(415, 503, 504))
_AREA = acts(
    "Fills an area, corners included",
    "Area filled",
    reads=CornersFill,
    examples={"a white square": {"x1": 0, "y1": 0, "x2": 9, "y2": 9, "color": "#FFFFFF"}},
)
_READ_ONLY = acts(
    "Closes or opens the drawing; survives a restart",
    "Drawing is closed",
    reads=ReadOnlySwitch,
    examples={"closed": {"readOnly": True}, "open": {"readOnly": False}},
)

routes = web.RouteTableDef()


@routes.post("/board/reset")
@described(_RESET)
async def reset(request: web.Request) -> web.Response:
    """Empties the board: a new epoch. The state before is kept in the log."""
    identity, state = authorised(request), request.app[GATEWAY].board.state
    whole = Area(0, 0, state.width, state.height)
    return await act(request, Action(Reset(whole), identity, epoch=secrets.token_hex(8)), "Board reset")


@routes.post("/board/area")
@described(_AREA)
async def area(request: web.Request) -> web.Response:
    """Fills an area; the default is the first colour."""
    identity, asked = authorised(request), await body(request, CornersFill)
    if asked.x2 < asked.x1 or asked.y2 < asked.y1:
        raise BadRequest(422, "x2 and y2 must not be smaller than x1 and y1")
    color = read_color(asked.color, request.app[GATEWAY].board.state)
    filled = Area(asked.x1, asked.y1, asked.x2 - asked.x1 + 1, asked.y2 - asked.y1 + 1)
    return await act(request, Action(Fill(filled, color), identity), "Area filled")


@routes.post("/board/read-only")
@described(_READ_ONLY)
async def read_only(request: web.Request) -> web.Response:
    """Closes or opens the drawing."""
    identity, closed = authorised(request), (await body(request, ReadOnlySwitch)).read_only
    return await act(request, Action(ReadOnly(closed), identity), "Drawing is closed" if closed else "Drawing is open")

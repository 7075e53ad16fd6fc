"""What organisers do to keep order: panic, and the safe picture that walls show then."""

from __future__ import annotations

import asyncio
from typing import Annotated

from aiohttp import web
from msgspec import UNSET, Meta, Struct, UnsetType

from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.changes.moderation.safe_picture import SafePicture
from beeplace.board.rules import Action
from beeplace.desk.selection import Moment, read_moment
from beeplace.errors import BadRequest
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http.api.bodies import optional_body
from beeplace.gateway.http.api.models import Reason, Why
from beeplace.gateway.http.api.operations import IF_NONE_MATCH, Operation, acts, described
from beeplace.gateway.http.moderation.safe_pictures import SAFE_PICTURES
from beeplace.gateway.http.organiser import act, authorised
from beeplace.gateway.http.pictures import PICTURES
from beeplace.gateway.http.png import png
from beeplace.gateway.sliced import sliced


class SafePictureApproval(Struct, forbid_unknown_fields=True):
    """Armed walls also show the picture when they lose the server. `at` or `seq` name a moment of this epoch."""

    armed: bool = True
    at: Moment | UnsetType = UNSET
    seq: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    reason: Reason = ""


_BEGIN = acts(
    "Stops the drawing and has all walls show the safe picture, at once",
    "Panic: drawing is paused, walls show the safe picture",
    reads=Why,
    may_be_empty=True,
    examples={"a flood": {"reason": "a flood"}},
)
_END = acts(
    "Ends panic", "Panic is over", reads=Why, may_be_empty=True, examples={"it is over": {"reason": "it is over"}}
)
_APPROVE = acts(
    "Makes the board as it is now, or was at a moment, the safe picture",
    "The board as it is now is the safe picture",
    reads=SafePictureApproval,
    may_be_empty=True,
    examples={
        "armed": {"armed": True, "reason": "before the doors open"},
        "as it was": {"at": "2026-11-28T21:15:00Z", "reason": "before the flood"},
    },
)
_SHOW = Operation(
    "What walls show while panic is on",
    gives=("image/png",),
    headers={"ETag": "the seq of its approval"},
    parameters=(IF_NONE_MATCH,),
    may=(304, 404, 503),
    tag="board",
)

routes = web.RouteTableDef()


@routes.post("/api/panic")
@described(_BEGIN)
async def begin_panic(request: web.Request) -> web.Response:
    """Stops the drawing and has all walls show the safe picture, at once."""
    identity, asked = authorised(request), await optional_body(request, Why)
    action = Action(Panic(begun=True), identity, reason=asked.reason)
    return await act(request, action, "Panic: drawing is paused, walls show the safe picture")


@routes.delete("/api/panic")
@described(_END)
async def end_panic(request: web.Request) -> web.Response:
    """Ends it."""
    identity, asked = authorised(request), await optional_body(request, Why)
    return await act(request, Action(Panic(begun=False), identity, reason=asked.reason), "Panic is over")


@routes.post("/api/safe-picture")
@described(_APPROVE)
async def approve(request: web.Request) -> web.Response:
    """Makes the board as it is now, or as it was at a moment, the safe picture."""
    identity, asked = authorised(request), await optional_body(request, SafePictureApproval)
    if asked.at is UNSET and asked.seq is UNSET:
        found, when = (await request.app[PICTURES].picture(1)).png, "is now"
    else:
        found, when = await _earlier(request.app[GATEWAY], asked), "was then"
    action = Action(SafePicture(found, asked.armed), identity, reason=asked.reason)
    return await act(request, action, f"The board as it {when} is the safe picture")


async def _earlier(gateway: Gateway, asked: SafePictureApproval) -> bytes:
    """Raises BadRequest 422 for no moment of this epoch."""
    if asked.at is not UNSET and asked.seq is not UNSET:
        raise BadRequest(422, "give either at or seq")
    seq = asked.seq
    if seq is UNSET:
        assert asked.at is not UNSET
        [seq] = await gateway.reads.seqs_before([read_moment(asked.at, "at") + 1])
        if seq == 0:  # a wrong date, most likely, and walls would go white with it
            raise BadRequest(422, "at is before anything happened on this board")
    state, pixels = await gateway.desk.board_at(seq)
    return await asyncio.to_thread(png, pixels, state.width, state.height, state.palette, 1)


@routes.get("/api/safe-picture")
@described(_SHOW)
async def safe_picture(request: web.Request) -> web.Response:
    """The picture, as PNG; 404 while none is approved."""
    approved = request.app[GATEWAY].board.state.moderation.safe_picture
    if approved is None:
        raise BadRequest(404, "no safe picture is approved")
    headers = {"ETag": f'"{approved.seq}"', "Cache-Control": "no-cache"}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return sliced(request, await request.app[SAFE_PICTURES].png(approved.seq), "image/png", headers)

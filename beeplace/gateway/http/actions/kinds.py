"""The kinds of action that `POST /api/actions` takes: what each does. A new one is one line here, and its form."""

from __future__ import annotations

import binascii
import secrets
from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any, Final

from msgspec import UNSET

from beeplace.board.changes.clear import Clear
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.reset import Reset
from beeplace.board.geometry import Area
from beeplace.desk.selection import read_area, read_color
from beeplace.desk.take_back import Effect
from beeplace.errors import BadRequest
from beeplace.gateway.http.actions.asked import ActionSources
from beeplace.gateway.http.api.action_models import (
    AdjustAction,
    AnnounceAction,
    BanAction,
    ClearAction,
    FillAction,
    PasteAction,
    ReadOnlyAction,
    ResetAction,
    RewindAction,
    ZoneAction,
)
from beeplace.gateway.http.desk.settings import wanted_change
from beeplace.gateway.http.moderation.kinds import announce, ban, zone


async def fill(asked: FillAction, context: ActionSources) -> Effect:
    """One colour for an area."""
    change = Fill(read_area(asked.area, context.state), read_color(asked.color, context.state))
    return await context.desk.act(change, context.order)


async def clear(asked: ClearAction, context: ActionSources) -> Effect:
    """An area as it was before anybody drew."""
    return await context.desk.act(Clear(read_area(asked.area, context.state)), context.order)


async def paste(asked: PasteAction, context: ActionSources) -> Effect:
    """Colours of their own for the pixels of an area."""
    area = read_area(asked.area, context.state)
    size = area.width * area.height
    pixels, mask = _bytes(asked.pixels, "pixels", size), bytes((1,)) * size
    if asked.mask is not UNSET and set(mask := _bytes(asked.mask, "mask", size)) - {0, 1}:
        raise BadRequest(422, "mask must have 1 for a pixel that changes, and 0 for one that stays")
    if (pasted := Paste.over(area, pixels, mask)) is None or max(pasted.colors) >= len(context.state.palette):
        raise BadRequest(422, "a paste must change a pixel, and have colours of the palette")
    return await context.desk.act(pasted, context.order)


async def rewind(asked: RewindAction, context: ActionSources) -> Effect:
    """What is selected goes back."""
    return await context.desk.rewind(await context.desk.selection(asked.selection), context.order)


async def reset(_: ResetAction, context: ActionSources) -> Effect:
    """An empty board."""
    whole = Area(0, 0, context.state.width, context.state.height)
    return await context.desk.act(Reset(whole), context.order, epoch=secrets.token_hex(8))


async def read_only(asked: ReadOnlyAction, context: ActionSources) -> Effect:
    """Drawing closed, or open."""
    return await context.desk.act(ReadOnly(asked.read_only), context.order)


async def settings(asked: AdjustAction, context: ActionSources) -> Effect:
    """Other live settings."""
    wanted = await wanted_change(asked.settings, context.state, tickets=context.tickets)
    return await context.desk.act(wanted.change, context.order, epoch=wanted.epoch)


Take = Callable[[Any, ActionSources], Awaitable[Effect]]  # the form is the one beside it in the table

KINDS: Final[dict[str, tuple[type[Any], Take]]] = {
    "announce": (AnnounceAction, announce),
    "ban": (BanAction, ban),
    "clear": (ClearAction, clear),
    "fill": (FillAction, fill),
    "paste": (PasteAction, paste),
    "read-only": (ReadOnlyAction, read_only),
    "reset": (ResetAction, reset),
    "rewind": (RewindAction, rewind),
    "settings": (AdjustAction, settings),
    "zone": (ZoneAction, zone),
}


def _bytes(given: str, name: str, size: int) -> bytes:
    try:
        found = b64decode(given, validate=True)
    except (binascii.Error, ValueError):  # not base64, not ASCII
        found = b""
    if len(found) != size:
        raise BadRequest(422, f"{name} must be base64 of a byte for each pixel of the area")
    return found

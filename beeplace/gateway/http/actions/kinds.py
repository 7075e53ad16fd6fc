"""The kinds of action that `POST /api/actions` takes: what each needs, and what it does. A new one is one line here."""

from __future__ import annotations

import binascii
import secrets
from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any, Final

from beeplace.board.changes.clear import Clear
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.reset import Reset
from beeplace.board.geometry import Area
from beeplace.desk.selection import read_color
from beeplace.desk.take_back import Effect
from beeplace.errors import BadRequest
from beeplace.gateway.http.actions.asked import AskedAction
from beeplace.gateway.http.desk.settings import wanted_change
from beeplace.gateway.http.desk.settings_models import SettingsChange
from beeplace.gateway.http.moderation.kinds import announce, ban, zone
from beeplace.models import fitted


async def fill(asked: AskedAction) -> Effect:
    """`{area, color}`"""
    asked.of("area", "color")
    return await asked.desk.act(Fill(asked.area, read_color(asked.fields["color"], asked.state)), asked.order)


async def clear(asked: AskedAction) -> Effect:
    """`{area}`"""
    asked.of("area")
    return await asked.desk.act(Clear(asked.area), asked.order)


async def paste(asked: AskedAction) -> Effect:
    """`{area, pixels, mask?}`: base64 of a byte for each pixel of the area, row by row: a colour index; 1 or 0."""
    asked.of("area", "pixels", optional=("mask",))
    area = asked.area
    size = area.width * area.height
    pixels, mask = _bytes(asked.fields, "pixels", size), bytes((1,)) * size
    if "mask" in asked.fields and set(mask := _bytes(asked.fields, "mask", size)) - {0, 1}:
        raise BadRequest(422, "mask must have 1 for a pixel that changes, and 0 for one that stays")
    if (pasted := Paste.over(area, pixels, mask)) is None or max(pasted.colors) >= len(asked.state.palette):
        raise BadRequest(422, "a paste must change a pixel, and have colours of the palette")
    return await asked.desk.act(pasted, asked.order)


async def rewind(asked: AskedAction) -> Effect:
    """`{selection}`"""
    asked.of("selection")
    return await asked.desk.rewind(await asked.desk.selection(asked.fields["selection"]), asked.order)


async def reset(asked: AskedAction) -> Effect:
    """No fields."""
    asked.of()
    whole = Area(0, 0, asked.state.width, asked.state.height)
    return await asked.desk.act(Reset(whole), asked.order, epoch=secrets.token_hex(8))


async def read_only(asked: AskedAction) -> Effect:
    """`{readOnly}`"""
    asked.of("readOnly")
    if not isinstance(closed := asked.fields["readOnly"], bool):
        raise BadRequest(422, "readOnly must be true or false")
    return await asked.desk.act(ReadOnly(closed), asked.order)


async def settings(asked: AskedAction) -> Effect:
    """`{settings}`: what `PATCH /api/settings` takes."""
    asked.of("settings")
    if not isinstance(values := asked.fields["settings"], dict):
        raise BadRequest(422, "settings must be an object")
    wanted = wanted_change(fitted(values, SettingsChange), asked.state)
    return await asked.desk.act(wanted.change, asked.order, epoch=wanted.epoch)


KINDS: Final[dict[str, Callable[[AskedAction], Awaitable[Effect]]]] = {
    "announce": announce,
    "ban": ban,
    "clear": clear,
    "fill": fill,
    "paste": paste,
    "read-only": read_only,
    "reset": reset,
    "rewind": rewind,
    "settings": settings,
    "zone": zone,
}


def _bytes(fields: dict[str, Any], name: str, size: int) -> bytes:
    given = fields[name]
    try:
        found = b64decode(given, validate=True) if isinstance(given, str) else b""
    except (binascii.Error, ValueError):  # not base64, not ASCII
        found = b""
    if len(found) != size:
        raise BadRequest(422, f"{name} must be base64 of a byte for each pixel of the area")
    return found

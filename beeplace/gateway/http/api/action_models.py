"""The forms of `POST /api/actions`, one for each kind of action, and what is answered and listed of actions."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from beeplace.board.changes.moderation.ban import MAX_AT_ONCE
from beeplace.board.in_force import MAX_REASON, MAX_TEXT
from beeplace.desk.selection import AskedArea, AskedSelection, ColorName, Moment
from beeplace.gateway.http.api.models import NO_NUL, Reason
from beeplace.gateway.http.desk.settings_models import SettingsChange

_ReadReason = Annotated[
    str,
    Meta(max_length=MAX_REASON, pattern=NO_NUL, description="what those read whom it concerns", examples=["a logo"]),
]
_Until = Annotated[
    str | None,
    Meta(
        description="when it ends, RFC 3339; without it, an organiser ends it",
        examples=["2026-11-29T02:00:00Z"],
        extra_json_schema={"type": ["string", "null"], "format": "date-time"},
    ),
]
_Person = Annotated[str, Meta(pattern="^bee-([0-9a-f]{8}|[0-9a-f]{32})$", examples=["bee-1f2e3d4c"])]
_BANNED = Meta(min_length=1, max_length=MAX_AT_ONCE, extra_json_schema={"uniqueItems": True})
_Seconds = Annotated[int, Meta(ge=1, le=86_400, description="seconds, counted apart from the board's")]
_Bytes = Annotated[str, Meta(extra_json_schema={"contentEncoding": "base64"})]
_Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT, pattern=NO_NUL)]


class FillAction(Struct, tag_field="kind", tag="fill", forbid_unknown_fields=True):
    """One colour for an area."""

    area: AskedArea
    color: ColorName
    reason: Reason


class ClearAction(Struct, tag_field="kind", tag="clear", forbid_unknown_fields=True):
    """An area as it was before anybody drew."""

    area: AskedArea
    reason: Reason


class PasteAction(Struct, tag_field="kind", tag="paste", forbid_unknown_fields=True):
    """Colours of their own for the pixels of an area, row by row."""

    area: AskedArea
    pixels: Annotated[_Bytes, Meta(description="a colour index for each pixel of the area, one byte each")]
    reason: Reason
    mask: Annotated[_Bytes, Meta(description="a byte for each: 1 where it changes, 0 where it stays")] | UnsetType = (
        UNSET
    )


class RewindAction(Struct, tag_field="kind", tag="rewind", forbid_unknown_fields=True):
    """Gives each selected pixel the colour of its last change that is not selected."""

    selection: AskedSelection
    reason: Reason


class ResetAction(Struct, tag_field="kind", tag="reset", forbid_unknown_fields=True):
    """Empties the board: a new epoch."""

    reason: Reason


class ReadOnlyAction(Struct, tag_field="kind", tag="read-only", forbid_unknown_fields=True, rename="camel"):
    """Closes or opens the drawing."""

    read_only: bool
    reason: Reason


class AdjustAction(Struct, tag_field="kind", tag="settings", forbid_unknown_fields=True):
    """Changes live settings, as `PATCH /api/settings` does."""

    settings: SettingsChange
    reason: Reason


class BanAction(Struct, tag_field="kind", tag="ban", forbid_unknown_fields=True):
    """Keeps people from drawing; `rewind`, without `people`, takes back what they drew in the same step."""

    people: Annotated[
        list[_Person], Meta(min_length=1, max_length=MAX_AT_ONCE, extra_json_schema={"uniqueItems": True})
    ]
    reason: _ReadReason
    until: _Until = None
    rewind: AskedSelection | UnsetType = UNSET


class ZoneAction(Struct, tag_field="kind", tag="zone", forbid_unknown_fields=True, rename="camel"):
    """Gives an area rules of its own; without any it is closed. `maxPixels` and `cooldown` come together."""

    area: AskedArea
    reason: _ReadReason
    closed: bool | UnsetType = UNSET
    max_pixels: Annotated[int, Meta(ge=1, le=1_000)] | UnsetType = UNSET
    cooldown: _Seconds | UnsetType = UNSET
    colors: Annotated[list[ColorName], Meta(min_length=1, description="the only ones there")] | UnsetType = UNSET
    until: _Until = None


class AnnounceAction(Struct, tag_field="kind", tag="announce", forbid_unknown_fields=True):
    """Words on phones and walls: one text, or one for each language, such as en or de."""

    text: _Text | Annotated[dict[str, _Text], Meta(min_length=1, max_length=8)]
    reason: Reason
    until: _Until = None


AskedKind = (
    AnnounceAction
    | BanAction
    | ClearAction
    | FillAction
    | PasteAction
    | ReadOnlyAction
    | ResetAction
    | RewindAction
    | AdjustAction
    | ZoneAction
)

_AREA = {"x": 10, "y": 20, "width": 30, "height": 40}
EXAMPLES: dict[str, dict[str, Any]] = {
    "one person's drawing out": {"kind": "rewind", "selection": {"people": ["bee-1f2e3d4c"]}, "reason": "a logo"},
    "an area an hour back": {
        "kind": "rewind", "selection": {"area": _AREA, "since": "2026-11-28T21:15:00Z"}, "reason": "raided",
    },
    "a white area": {"kind": "fill", "area": _AREA, "color": "#FFFFFF", "reason": "room for the headliner"},
    "two pixels": {
        "kind": "paste", "area": {"x": 0, "y": 0, "width": 2, "height": 1}, "pixels": "BQY=", "reason": "a stamp",
    },
    "an hour's rest, and what they drew": {
        "kind": "ban", "people": ["bee-1f2e3d4c"], "until": "2026-11-28T23:15:00Z", "rewind": {}, "reason": "a flood",
    },
    "the stage's": {"kind": "zone", "area": _AREA, "reason": "the stage's until ten"},
    "slower there": {"kind": "zone", "area": _AREA, "maxPixels": 1, "cooldown": 60, "reason": "crowded"},
    "words": {"kind": "announce", "text": {"en": "Last orders", "de": "Letzte Runde"}, "reason": "the bar asks for it"},
    "closed": {"kind": "read-only", "readOnly": True, "reason": "the vote"},
}  # fmt: skip


class ActionPath(Struct):
    """Which action."""

    seq: Annotated[int, Meta(ge=1, description="its number")]


class UndoRequest(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Why, and whether pixels go back, too; without them a ban ends, and what was drawn stays taken back."""

    reason: Reason = ""
    pixels: bool = True


class LeftPixel(Struct):
    """A pixel that stays, and the change that gave it its colour later."""

    x: int
    y: int
    seq: int


class ActionEffect(Struct, rename="camel"):
    """What an action did: pixels that changed, and pixels that stay as somebody changed them later, the first of those.

    `seq` is null where there was nothing to change.
    """

    status_code: int
    message: str
    seq: int | None
    epoch: str
    changed: int
    left: int
    left_pixels: Annotated[list[LeftPixel], Meta(max_length=20)]


EFFECT: dict[str, Any] = {
    "statusCode": 200, "message": "Done; pixels that somebody changed later stay", "seq": 1744,
    "epoch": "5d2f0b1c9e8a7f63-a1b2c3d4", "changed": 211, "left": 1, "leftPixels": [{"x": 12, "y": 7, "seq": 1740}],
}  # fmt: skip


class SelectionPreview(Struct):
    """What the rewind of a selection would change.

    `picture` is a PNG as a data: URL, as large as the selection's area: the pixels in the colours that they would get,
    the rest transparent. `selection` is what was asked for, settled: the same later means the same.
    """

    pixels: Annotated[int, Meta(description="that would change")]
    people: Annotated[int, Meta(description="whose they are")]
    left: Annotated[int, Meta(description="pixels that would stay because somebody changed them later")]
    picture: str
    selection: AskedSelection


class SelectionAuthor(Struct):
    """Somebody who drew in a selection."""

    person: Annotated[str, Meta(description="for selections")]
    name: Annotated[str, Meta(description="as everyone sees it")]
    pixels: Annotated[int, Meta(description="placed in the selection")]
    share: Annotated[float, Meta(ge=0, le=1, description="of all pixels placed in it")]
    first: Moment
    last: Moment


class SelectionAuthors(Struct):
    """Who drew in a selection, who drew most first; `more` are people that are not told."""

    people: list[SelectionAuthor]
    pixels: int
    more: int
    selection: AskedSelection

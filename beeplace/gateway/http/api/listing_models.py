"""The list of actions, as models."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from beeplace.desk.selection import Moment

MAX_LISTED = 200
_AreaText = Annotated[
    str,
    Meta(
        pattern="^[0-9]{1,4},[0-9]{1,4},[1-9][0-9]{0,3},[1-9][0-9]{0,3}$",
        description="x,y,width,height: what touches it",
        examples=["10,20,30,40"],
    ),
]
_Before = Annotated[int, Meta(ge=0, description="only those before this seq: `next` of the page before")]
_Undone = Annotated[bool, Meta(description="only those that are taken back now, or only the others")]


class ActionQuery(Struct):
    """Which actions; what is left out leaves nothing out."""

    before: _Before | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=MAX_LISTED)] = 50
    kind: Annotated[str, Meta(description="such as fill, rewind, ban, undo")] | UnsetType = UNSET
    by: Annotated[str, Meta(description="the name of a key")] | UnsetType = UNSET
    since: Annotated[Moment, Meta(description="from a moment on, RFC 3339")] | UnsetType = UNSET
    until: Annotated[Moment, Meta(description="up to a moment, RFC 3339")] | UnsetType = UNSET
    area: _AreaText | UnsetType = UNSET
    undone: _Undone | UnsetType = UNSET


class ActionUndo(Struct):
    """The last undo of an action: by whose key, and when."""

    seq: int
    by: str | None
    at: Moment


class ActionShown(Struct, rename="camel"):
    """An action. `by` is the name of the key, null where it is not known any more; `undone` says whether it is taken
    back now, since an undo may be undone; `undoes` is what an undo takes back.
    """

    seq: int
    epoch: str
    at: Moment
    kind: str
    by: str | None
    reason: str
    undone: bool
    undone_by: Annotated[int | None, Meta(description="the seq of the last undo of it")]
    undo: ActionUndo | UnsetType = UNSET
    undoes: int | UnsetType = UNSET
    area: dict[str, int] | UnsetType = UNSET
    selection: dict[str, Any] | UnsetType = UNSET
    people: list[str] | UnsetType = UNSET
    texts: dict[str, str] | UnsetType = UNSET
    until: str | UnsetType | None = UNSET
    color: int | UnsetType = UNSET
    changed: int | UnsetType = UNSET
    left: int | UnsetType = UNSET
    closed: bool | UnsetType = UNSET
    max_pixels: int | UnsetType = UNSET
    cooldown: int | UnsetType = UNSET
    colors: list[int] | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET
    read_only: bool | UnsetType = UNSET
    begun: bool | UnsetType = UNSET
    size: Annotated[dict[str, int], Meta(description="of the board from then on")] | UnsetType = UNSET


class ActionList(Struct):
    """A page of them; `next` is `before` of the next page, null on the last."""

    actions: list[ActionShown]
    next: int | None


_COMMON: dict[str, Any] = {"epoch": "5d2f0b1c9e8a7f63-a1b2c3d4", "at": "2026-11-28T21:20:00.123Z", "by": "Mia"}
LISTED: dict[str, Any] = {
    "actions": [
        {
            **_COMMON, "seq": 1750, "kind": "ban", "reason": "a flood", "undone": False, "undoneBy": None,
            "people": ["bee-1f2e3d4c"], "until": "2026-11-28T23:15:00.000Z",
        },
        {
            **_COMMON, "seq": 1744, "kind": "fill", "reason": "a logo", "undone": True, "undoneBy": 1749,
            "undo": {"seq": 1749, "by": "Tom", "at": "2026-11-28T21:21:00.000Z"},
            "area": {"x": 10, "y": 20, "width": 30, "height": 40}, "color": 0, "changed": 1200,
        },
    ],
    "next": None,
}  # fmt: skip

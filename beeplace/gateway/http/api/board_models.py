"""What anyone may read of the board, as models."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

Moment = Annotated[str, Meta(description="RFC 3339, UTC", extra_json_schema={"format": "date-time"})]
Column = Annotated[int, Meta(ge=0, le=4095, description="column")]
Row = Annotated[int, Meta(ge=0, le=4095, description="row")]
_Index = Annotated[int, Meta(ge=0, le=255)]
_Hex = Annotated[str, Meta(pattern="^#[0-9A-Fa-f]{6}$")]


class PictureQuery(Struct):
    """How large a picture is wanted."""

    scale: Annotated[int, Meta(ge=1, le=32, description="each pixel becomes scale x scale")] = 1


class PreviewQuery(Struct):
    """Which place of the board; all of it where none, or one outside of it, is named."""

    x: Column | UnsetType = UNSET
    y: Row | UnsetType = UNSET


class PixelPath(Struct):
    """Where a pixel is."""

    x: Column
    y: Row


class PixelQuery(Struct):
    """How much of a pixel's past."""

    n: Annotated[int, Meta(ge=1, le=100, description="how many changes")] = 20


class PixelChange(Struct):
    """One change of a pixel, with the colour as it was then."""

    seq: int
    kind: Annotated[str, Meta(description="placement, fill, rewind ...")]
    color: _Index
    hex: _Hex
    at: Annotated[int, Meta(description="milliseconds since 1970, UTC")]
    by: Annotated[str, Meta(description="a pseudonym, or organiser")]


class PixelHistory(Struct):
    """A pixel as it is, and its last changes, the newest first."""

    x: Column
    y: Row
    color: _Index
    hex: _Hex
    changes: list[PixelChange]


class SafePictureShown(Struct):
    """Which entry of the log approved the safe picture; armed walls show it when they lose the server."""

    seq: int
    armed: bool


class ZoneShown(Struct, rename="camel"):
    """An area with rules of its own, for everyone to see."""

    id: int
    x: Column
    y: Row
    width: int
    height: int
    closed: bool
    reason: str
    until: Moment | None
    max_pixels: int | UnsetType | None = UNSET
    cooldown: int | UnsetType | None = UNSET
    colors: list[_Index] | UnsetType | None = UNSET


class AnnouncementShown(Struct):
    """Words for phones and walls, by language."""

    id: int
    texts: dict[str, str]
    until: Moment | None


class BusyPlace(Struct):
    """A pixel's place."""

    x: int
    y: int


class EntryShown(Struct):
    """Who may draw, for everyone to see."""

    ways: Annotated[list[str], Meta(description="open alone, or the ways to come in")]
    round: Annotated[int, Meta(description="another number: all codes of walls have ended")]


class Configuration(Struct, rename="camel"):
    """What `initialState` of a join has, without the board and what is personal, and the walls' first values."""

    canvas_size: Annotated[int, Meta(description="the width, under the thesis's name")]
    width: int
    height: int
    colors: list[_Hex]
    disabled_colors: Annotated[list[_Index], Meta(description="indices that nobody may place")]
    cooldown: Annotated[int, Meta(description="seconds")]
    max_pixels: int
    initial_color: _Index
    initial_scale: float
    min_scale: float
    max_scale: float
    refresh_rate: Annotated[int, Meta(description="milliseconds")]
    event_name: str
    reports: Annotated[bool, Meta(description="whether people may report what they see")]
    entry: EntryShown
    read_only: bool
    panic: bool
    safe_picture: SafePictureShown | None
    zones: list[ZoneShown]
    announcement: AnnouncementShown | None
    saving: Annotated[bool, Meta(description="whether placements can be stored now")]
    epoch: str
    seq: int
    display_width: int
    display_height: int
    display_columns: int
    display_rows: int
    time_zone: Annotated[str, Meta(description="the event's, by its name in the IANA database")]
    busiest: Annotated[
        BusyPlace | None, Meta(description="where most was drawn lately, some seconds ago; null: unknown")
    ]


CONFIGURATION: dict[str, Any] = {
    "canvasSize": 64, "width": 64, "height": 64, "colors": ["#FFFFFF", "#E50000"], "disabledColors": [],
    "cooldown": 10, "maxPixels": 3, "initialColor": 1, "initialScale": 9, "minScale": 1, "maxScale": 40,
    "refreshRate": 100, "eventName": "BeePlace", "reports": True, "entry": {"ways": ["open"], "round": 0},
    "readOnly": False, "panic": False,
    "safePicture": None, "zones": [], "announcement": None, "saving": True,
    "epoch": "5d2f0b1c9e8a7f63-a1b2c3d4", "seq": 1743, "displayWidth": 1920, "displayHeight": 1080,
    "displayColumns": 1, "displayRows": 1, "timeZone": "Europe/Zurich", "busiest": {"x": 12, "y": 40},
}  # fmt: skip

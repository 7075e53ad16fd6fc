"""Live settings over HTTP: their names, types and limits, as `board/state.py` has them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from beeplace.board.geometry import LARGEST_SIDE, SMALLEST_SIDE
from beeplace.board.state import MAX_EVENT_NAME, MAX_SCALE, MIN_SCALE
from beeplace.gateway.http.api.models import Reason
from beeplace.gateway.http.desk.crowd_effect import CrowdEffect, SizeEffect

_MaxPixels = Annotated[int, Meta(ge=1, le=1_000, description="pixels a person may place in a window")]
_Cooldown = Annotated[int, Meta(ge=0, le=86_400, description="seconds of that window; 0: no limit")]
_RefreshRate = Annotated[int, Meta(ge=20, le=5_000, description="milliseconds between two batches")]
_Sockets = Annotated[int, Meta(ge=1, le=1_000_000, description="open sockets of one person")]
_Events = Annotated[int, Meta(ge=1, le=10_000, description="events one socket may send in a second")]
_Index = Annotated[int, Meta(ge=0, le=255)]
_Color = Annotated[str, Meta(pattern="^#[0-9A-Fa-f]{6}$", examples=["#E50000"])]
_Disabled = Annotated[list[_Index], Meta(description="indices that nobody may place; pixels that have them stay")]
_EventName = Annotated[str, Meta(max_length=MAX_EVENT_NAME, description="what the pages call the event")]
_Colors = Annotated[
    list[_Color],
    Meta(min_length=2, max_length=256, description="the present palette and what is added; alone in a request"),
]
_Reports = Annotated[bool, Meta(description="whether people may report what they see")]
_Entry = Annotated[
    list[Literal["open", "code", "ticket", "work"]],
    Meta(min_length=1, description="who may draw: open alone, or the ways to come in"),
]
_EntryHours = Annotated[int, Meta(ge=1, le=720, description="hours for which somebody who came in may draw")]
_WallCodeSeconds = Annotated[int, Meta(ge=5, le=300, description="seconds for which a code is on the walls")]
_WallCodeRound = Annotated[int, Meta(ge=0, le=1_000_000, description="another number ends all codes on the walls")]
_SIDE = "pixels; what lies beyond is cut off and comes back with an undo; width and height alone in a request"
_Width = Annotated[int, Meta(ge=SMALLEST_SIDE, le=LARGEST_SIDE, description=f"the board's width, {_SIDE}")]
_Height = Annotated[int, Meta(ge=SMALLEST_SIDE, le=LARGEST_SIDE, description=f"the board's height, {_SIDE}")]
_Scale = Annotated[float, Meta(ge=MIN_SCALE, le=MAX_SCALE)]


class SettingsChange(Struct, rename="camel", forbid_unknown_fields=True):
    """The settings to change, each as it is to be from now on; what is not named stays."""

    max_pixels: _MaxPixels | UnsetType = UNSET
    cooldown: _Cooldown | UnsetType = UNSET
    refresh_rate: _RefreshRate | UnsetType = UNSET
    sockets_per_identity: _Sockets | UnsetType = UNSET
    events_per_second: _Events | UnsetType = UNSET
    initial_color: _Index | UnsetType = UNSET
    initial_scale: _Scale | UnsetType = UNSET
    min_scale: _Scale | UnsetType = UNSET
    max_scale: _Scale | UnsetType = UNSET
    disabled_colors: _Disabled | UnsetType = UNSET
    event_name: _EventName | UnsetType = UNSET
    reports: _Reports | UnsetType = UNSET
    entry: _Entry | UnsetType = UNSET
    entry_hours: _EntryHours | UnsetType = UNSET
    wall_code_seconds: _WallCodeSeconds | UnsetType = UNSET
    wall_code_round: _WallCodeRound | UnsetType = UNSET
    colors: _Colors | UnsetType = UNSET
    width: _Width | UnsetType = UNSET
    height: _Height | UnsetType = UNSET
    reason: Reason = ""

    def values(self) -> dict[str, Any]:
        """What is to change, by name."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        del told["reason"]
        return told


class CurrentSettings(Struct, rename="camel"):
    """All live settings, by the names of `initialState`.

    `chosen` are those that an organiser chose, which no gateway's environment changes; `environment` has what the
    environment of this gateway would give the ones that differ.
    """

    status_code: int
    epoch: str
    seq: int
    settings: dict[str, Any]
    chosen: list[str]
    environment: dict[str, Any]
    effect: CrowdEffect


class SettingsOutcome(Struct, rename="camel"):
    """The settings after a change, what the crowd can do before and after it, and what another size does."""

    settings: dict[str, Any]
    before: CrowdEffect
    effect: CrowdEffect
    size: SizeEffect | UnsetType = UNSET


class SettingsChanged(SettingsOutcome, rename="camel", kw_only=True):
    """The same with the entry of the log; with `dry-run` there is none."""

    status_code: int
    message: str
    seq: int | UnsetType = UNSET
    epoch: str | UnsetType = UNSET
    dry_run: bool = False

"""What walls ask for beside the live board, as models."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

MAX_DELAY_SECONDS = 60
MAX_MINUTES = 60
MAX_QR_CHARACTERS = 300
_Epoch = Annotated[
    str, Meta(description="with `after`: what the epoch was called there, as in `@`, an ETag or `X-Board-Epoch`")
]
_Minutes = Annotated[int, Meta(ge=1, le=MAX_MINUTES, description="the changes of the last minutes")]


class LogQuery(Struct):
    """From where on; either `after` or `minutes` is given."""

    after: Annotated[int, Meta(ge=0, le=10**15 - 1, description="the changes after this seq")] | UnsetType = UNSET
    epoch: _Epoch | UnsetType = UNSET
    minutes: _Minutes | UnsetType = UNSET


class EarlierQuery(Struct):
    """How much older than now."""

    delay: Annotated[int, Meta(ge=0, le=MAX_DELAY_SECONDS, description="seconds")]


class QrQuery(Struct):
    """Where the code leads."""

    text: Annotated[
        str,
        Meta(min_length=1, max_length=MAX_QR_CHARACTERS, description="a path of this site, or the whole address"),
    ]


class ShortPath(Struct):
    """All of a screen's place on its wall."""

    code: Annotated[str, Meta(pattern="^[A-Za-z0-9.x-]{1,80}$")]


class WallFigures(Struct, rename="camel"):
    """Figures for a wall, at most five seconds old."""

    at: Annotated[int, Meta(description="milliseconds since 1970, UTC")]
    people: Annotated[int, Meta(description="connected now")]
    changes: Annotated[int, Meta(description="in all: placements and organisers' actions")]
    per_minute: Annotated[list[int], Meta(description="changes in each of the last 60 minutes, oldest first")]
    colors: Annotated[list[int], Meta(description="how many pixels have each colour of the palette")]


FIGURES: dict[str, Any] = {
    "at": 1780264800123, "people": 300, "changes": 1743, "perMinute": [0, 12, 31], "colors": [3900, 120, 76],
}  # fmt: skip

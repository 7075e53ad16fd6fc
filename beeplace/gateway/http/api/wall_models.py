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


class MinuteShown(Struct):
    """A minute of the wall clock in which somebody placed."""

    at: int
    placements: int


class ContestedPixel(Struct):
    """A pixel that many placed at."""

    x: int
    y: int
    placements: int


class StandingPixel(Struct):
    """A pixel that has been as it is for long: since the entry `seq`."""

    x: int
    y: int
    seq: int
    at: int


class EndPixel(Struct):
    """The first placement, or the last."""

    x: int
    y: int
    color: int
    at: int


class EveningShown(Struct, rename="camel"):
    """Figures of the whole log as of `seq`, at most half a minute old; placements alone count."""

    seq: int
    placements: int
    people: Annotated[int, Meta(description="who placed")]
    newcomers: Annotated[float, Meta(description="share of placements by people within ten minutes of their first")]
    per_minute: Annotated[list[MinuteShown], Meta(description="the last 1,440 minutes in which somebody placed")]
    colors: Annotated[list[int], Meta(description="placements of each colour")]
    contested: list[ContestedPixel]
    longest: Annotated[list[StandingPixel], Meta(description="of this epoch, the longest standing first")]
    first: EndPixel | None
    last: EndPixel | None


class WallFigures(Struct, rename="camel"):
    """Figures for a wall, at most five seconds old."""

    at: Annotated[int, Meta(description="milliseconds since 1970, UTC")]
    people: Annotated[int, Meta(description="connected now")]
    changes: Annotated[int, Meta(description="in all: placements and organisers' actions")]
    per_minute: Annotated[list[int], Meta(description="changes in each of the last 60 minutes, oldest first")]
    colors: Annotated[list[int], Meta(description="how many pixels have each colour of the palette")]
    evening: EveningShown


FIGURES: dict[str, Any] = {
    "at": 1780264800123, "people": 300, "changes": 1743, "perMinute": [0, 12, 31], "colors": [3900, 120, 76],
    "evening": {
        "seq": 1743, "placements": 1740, "people": 410, "newcomers": 0.31, "colors": [12, 900, 828],
        "perMinute": [{"at": 1780264740000, "placements": 12}, {"at": 1780264800000, "placements": 31}],
        "contested": [{"x": 12, "y": 7, "placements": 19}],
        "longest": [{"x": 1, "y": 1, "seq": 3, "at": 1780257600000}],
        "first": {"x": 5, "y": 5, "color": 1, "at": 1780257600000},
        "last": {"x": 12, "y": 7, "color": 2, "at": 1780264800123},
    },
}  # fmt: skip

"""What a film shows, when, and where on its frames: pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from beeplace.board.geometry import Area
from beeplace.log.archive import Epoch

FULL_HD: Final = (1_920, 1_080)
MAX_SIDE: Final = 8_192  # dots
MAX_SECONDS: Final = 3_600
FRAMES_A_SECOND: Final = {".mp4": 60, ".webp": 25, ".gif": 25, ".apng": 25}
_BAND_PART: Final = 20  # of the height is the caption's, and 16 dots at least
_LEAST_BAND: Final = 16


@dataclass(frozen=True, slots=True)
class FilmOptions:
    """What somebody asks for: moments in ms since 1970, None for the log's ends; `area` None for all of the board,
    `size` in dots None for what fits."""

    seconds: float = 60.0
    begin_ms: int | None = None
    end_ms: int | None = None
    area: Area | None = None
    size: tuple[int, int] | None = None
    captions: bool = True


class Layout(NamedTuple):
    """Where on frames of `width` x `height` dots the area lies: its corner, and the dots that it covers.

    Frames have even sides, as H.264 wants them. The lowest `band` rows are the caption's.
    """

    area: Area
    width: int
    height: int
    x: int
    y: int
    across: int
    down: int
    band: int


def layout(area: Area, size: tuple[int, int] | None, *, captions: bool) -> Layout:
    """The area by the largest whole factor that fits; smaller than one dot a pixel only where it must be."""
    most_x, most_y = size or FULL_HD
    most_x, most_y = _even(most_x), _even(most_y)
    band = max(_LEAST_BAND, _even(most_y // _BAND_PART)) if captions else 0
    room = max(1, most_y - band)
    if area.width <= most_x and area.height <= room:
        factor = min(most_x // area.width, room // area.height)
        across, down = area.width * factor, area.height * factor
    else:
        part = min(most_x / area.width, room / area.height)
        across, down = max(1, int(area.width * part)), max(1, int(area.height * part))
    width, height = (most_x, most_y) if size else (_even(across), _even(down) + band)
    # Even corners: a pixel of even size then covers whole pairs of dots, which share their hue in H.264.
    x, y = (width - across) // 4 * 2, (height - band - down) // 4 * 2
    return Layout(area, width, height, x, y, across, down, band)


def _even(dots: int) -> int:
    return dots + dots % 2


def whole_area(epochs: tuple[Epoch, ...]) -> Area:
    """What holds the board, whatever size it had."""
    return Area(0, 0, max(epoch.width for epoch in epochs), max(epoch.height for epoch in epochs))


def moments(begin_ms: float, end_ms: float, count: int) -> list[float]:
    """The moment that each frame shows: the first and the last are the ends."""
    if count == 1:
        return [end_ms]
    step = (end_ms - begin_ms) / (count - 1)
    return [begin_ms + step * number for number in range(count - 1)] + [end_ms]

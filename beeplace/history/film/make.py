"""Makes a film of the log: in one pass, in bounded memory, whole or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from beeplace.errors import FilmRefused
from beeplace.history.film.encoder import Encoder
from beeplace.history.film.frames import boards
from beeplace.history.film.picture import FrameColors, FramePainter
from beeplace.history.film.plan import FRAMES_A_SECOND, FilmOptions, layout, moments, whole_area
from beeplace.history.stretches import moment_of
from beeplace.history.whole_file import whole_path
from beeplace.log.archive import Archive, Head
from beeplace.progress import Progress


@dataclass(frozen=True, slots=True)
class Film:
    """How many frames of which size there are, and for how long they are shown."""

    frames: int
    width: int
    height: int
    seconds: float


async def make_film(archive: Archive, path: Path, options: FilmOptions, zone: tzinfo = UTC) -> Film:
    """A film of the log as of now; its name says the form.

    Raises FilmRefused, FileExistsError, StoreUnavailable.
    """
    async with archive.moment() as moment:
        head = moment.head
    return await film_up_to(archive, head, path, options, zone)


async def film_up_to(archive: Archive, head: Head, path: Path, options: FilmOptions, zone: tzinfo = UTC) -> Film:
    """The same up to a moment that was read before."""
    rate = FRAMES_A_SECOND[path.suffix.lower()]
    count = max(1, round(options.seconds * rate))
    begin_ms, end_ms = await _ends(archive, head, options)
    shown = moments(begin_ms, end_ms, count)
    # Without an end that was asked for, the last frame shows all of the log, whatever the clock said.
    asked = [*shown[:-1], float("inf")] if options.end_ms is None else shown
    place = layout(options.area or whole_area(head.epochs), options.size, captions=options.captions)
    if options.captions and place.band >= place.height:
        raise FilmRefused("frames of that size have no room for a caption; leave it out with --no-captions")
    painter, colors = FramePainter(place), dict[str, FrameColors]()
    last, number = None, 0
    with (
        whole_path(path) as unfinished,
        Encoder(unfinished, path.suffix.lower(), place.width, place.height, rate) as encoder,
        Progress("film", count) as progress,
    ):
        async for board in boards(archive, head, asked):
            caption = _caption(head, shown[number], zone)
            if (board.seq, caption) != last:
                if board.epoch.name not in colors:
                    colors[board.epoch.name] = FrameColors(board.epoch.palette)
                used = colors[board.epoch.name]
                dots = painter.paint(board.pixels, used, caption)
                last = board.seq, caption
            encoder.add(dots, used)
            number += 1
            progress.reached(number)
            await asyncio.sleep(0)  # a place where Ctrl-C and SIGTERM are heard
    return Film(count, place.width, place.height, count / rate)


async def _ends(archive: Archive, head: Head, options: FilmOptions) -> tuple[int, int]:
    """From when to when. Raises FilmRefused where that is nothing."""
    if head.state.seq == 0:
        raise FilmRefused("nobody has drawn yet")
    begin_ms = await moment_of(archive, 1) if options.begin_ms is None else options.begin_ms
    end_ms = max(begin_ms, await moment_of(archive, head.state.seq)) if options.end_ms is None else options.end_ms
    if end_ms < begin_ms:
        raise FilmRefused("--to must not be before --from, or before the first entry of the log")
    return begin_ms, end_ms


def _caption(head: Head, at_ms: float, zone: tzinfo) -> str:
    """The event and the minute. The font of films has the letters of Latin-1: another name is left out."""
    try:
        when = datetime.fromtimestamp(at_ms / 1000, zone).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):  # of a clock that was wrong by more than a calendar has
        when = ""
    name = head.state.settings.event_name
    return f"{name}   {when}" if name.isprintable() and all(ord(letter) < 256 for letter in name) and name else when

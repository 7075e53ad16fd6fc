"""The command `film`: the evening, or a part of it, as a film."""

from __future__ import annotations

import argparse
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from beeplace.board.geometry import LARGEST_SIDE, Area
from beeplace.cli.export import history_archive
from beeplace.cli.work import Work
from beeplace.cli.work import run as run_work
from beeplace.history.film.plan import FRAMES_A_SECOND, MAX_SECONDS, MAX_SIDE, FilmOptions
from beeplace.settings.settings import Settings
from beeplace.terminal import USAGE, fail, say

_AREA = re.compile(r"(\d{1,4}),(\d{1,4}),(\d{1,4}),(\d{1,4})", re.ASCII)
_SIZE = re.compile(r"(\d{1,4})x(\d{1,4})", re.ASCII)
_LEAST_SIDE = 16


def run(given: argparse.Namespace) -> int:
    """Runs `beeplace film`; its exit code."""
    try:
        options = _options(given)
    except ValueError as error:
        return fail(str(error), USAGE)
    return run_work(_film(given.out, options))


def _film(path: Path, options: FilmOptions) -> Work:
    async def work(settings: Settings) -> int:
        from beeplace.history.film.make import make_film  # noqa: PLC0415  # FFmpeg's libraries, once they are needed

        done = await make_film(history_archive(settings), path, options, ZoneInfo(settings.time_zone))
        say(f"{path}: {done.frames:,} frames of {done.width} x {done.height}, {done.seconds:g} s")
        return 0

    return work


def _options(given: argparse.Namespace) -> FilmOptions:
    """Raises ValueError with the option and its rule."""
    if given.out.suffix.lower() not in FRAMES_A_SECOND:
        raise ValueError(f"--out must end with {', '.join(FRAMES_A_SECOND)}, not {given.out.name!r}")
    begin_ms, end_ms = (_moment(f"--{name}", getattr(given, name)) for name in ("from", "to"))
    if begin_ms is not None and end_ms is not None and end_ms < begin_ms:
        raise ValueError("--to must not be before --from")
    return FilmOptions(
        seconds_of("--seconds", given.seconds),
        begin_ms,
        end_ms,
        _area(given.area),
        _size(given.size),
        not given.no_captions,
    )


def _moment(option: str, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(datetime.fromisoformat(text).astimezone().timestamp() * 1000)  # without a zone it is the machine's
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{option} must be like 2026-06-01T21:30 or 2026-06-01T19:30Z, not {text[:30]!r}") from error


def seconds_of(option: str, text: str) -> float:
    """For how long a film is shown. Raises ValueError."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MAX_SECONDS:
        raise ValueError(f"{option} must be above 0 and at most {MAX_SECONDS}, not {text[:20]!r}")
    return seconds


def _area(text: str | None) -> Area | None:
    if text is None:
        return None
    found = _AREA.fullmatch(text)
    area = Area(*map(int, found.groups())) if found else Area(0, 0, 0, 0)
    inside = area.x + area.width <= LARGEST_SIDE and area.y + area.height <= LARGEST_SIDE
    if not (inside and area.width and area.height):
        raise ValueError(f"--area must be X,Y,WIDTH,HEIGHT of a part of the board, not {text[:30]!r}")
    return area


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = _SIZE.fullmatch(text)
    width, height = map(int, found.groups()) if found else (0, 0)
    if not (_LEAST_SIDE <= width <= MAX_SIDE and _LEAST_SIDE <= height <= MAX_SIDE):
        raise ValueError(f"--size must be WIDTHxHEIGHT in dots, {_LEAST_SIDE} to {MAX_SIDE} each, not {text[:20]!r}")
    return width, height

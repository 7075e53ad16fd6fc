"""What is counted of the whole evening, with NumPy: for threads, and loaded when somebody asks for it first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from beeplace.board.palette import Palette
from beeplace.log.pieces.columns import Bytes, Numbers
from beeplace.log.pieces.rollup import MINUTE_MS, Rollup

MOST_MINUTES: Final = 1_440
TOP: Final = 10  # pixels of each list
_PIECE: Final = 1 << 18  # pixels that are looked at together: a large board has 16.8 million
_NEVER: Final = np.iinfo(np.uint64).max
_RAMP: Final = ((0, 0x000000), (1, 0x1B0C41), (64, 0x781C6D), (128, 0xCF4446), (192, 0xFB9A06), (255, 0xFCFFA4))


def told(rollup: Rollup, colors: int, most_minutes: int = MOST_MINUTES) -> dict[str, Any]:
    """The figures for JSON, with the last minutes in which somebody placed."""
    placements, width = rollup.placements, rollup.placed.shape[1]
    minutes = zip(rollup.minutes[-most_minutes:].tolist(), rollup.per_minute[-most_minutes:].tolist(), strict=True)
    return {
        "placements": placements,
        "people": len(rollup.people),
        "newcomers": round(rollup.newcomers / placements, 4) if placements else 0,
        "perMinute": [{"at": minute * MINUTE_MS, "placements": count} for minute, count in minutes],
        "colors": rollup.colors[:colors].tolist(),
        "contested": [
            {"x": offset % width, "y": offset // width, "placements": count}
            for count, offset in most_placed(rollup.placed.reshape(-1))
        ],
        "first": _end(rollup.first),
        "last": _end(rollup.last),
    }  # fmt: skip


def most_placed(counts: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Count and offset of the pixels that were placed most often, those first; in pieces, as a whole is 64 MB."""
    best: list[tuple[int, int]] = []
    for begin in range(0, len(counts), _PIECE):
        piece = counts[begin : begin + _PIECE]
        more = np.flatnonzero(piece > (best[-1][0] if len(best) == TOP else 0))
        found = more[np.argsort(piece[more], kind="stable")[::-1][:TOP]]
        best += [(int(piece[at]), begin + int(at)) for at in found]
        best = sorted(best, reverse=True)[:TOP]
    return best


def _end(told: Numbers) -> dict[str, int] | None:
    return dict(zip(("x", "y", "color", "at"), told.tolist(), strict=True)) if len(told) else None


def longest_standing(versions: Iterable[bytes], placed: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Seq and offset of the pixels that somebody placed and that changed last the longest ago. `versions` are the seqs
    of all pixels, as 64-bit integers in pieces."""
    best: list[tuple[int, int]] = []
    begin = 0
    for piece in versions:
        seqs = np.frombuffer(piece, np.uint64)
        here = slice(begin, begin + len(seqs))
        seqs = np.where((seqs == 0) | (placed[here] == 0), _NEVER, seqs)
        if int(seqs.min()) < (best[-1][0] if len(best) == TOP else _NEVER):
            oldest = np.argsort(seqs, kind="stable")[:TOP]
            best += [(int(seqs[at]), begin + int(at)) for at in oldest if seqs[at] != _NEVER]
            best = sorted(best)[:TOP]
        begin = here.stop
    return best


def heat(placed: NDArray[np.uint32]) -> bytes:
    """A byte for each pixel: 0 for none, and from 1 to 255 with the logarithm of how many placements there were."""
    most = int(placed.max(initial=0))
    levels: Bytes = np.zeros(len(placed), np.uint8)
    for begin in range(0, len(placed), _PIECE):
        piece, level = placed[begin : begin + _PIECE], levels[begin : begin + _PIECE]
        there = piece > 0
        level[there] = np.round(1 + 254 * np.log(piece[there]) / np.log(most)).astype(np.uint8) if most > 1 else 255
    return levels.tobytes()


def _ramp(points: Sequence[tuple[int, int]]) -> Palette:
    places = [place for place, _ in points]
    channels = [np.interp(range(256), places, [color >> shift & 255 for _, color in points]) for shift in (16, 8, 0)]
    return Palette(tuple(f"#{int(r):02X}{int(g):02X}{int(b):02X}" for r, g, b in zip(*channels, strict=True)))


HEAT_COLORS: Final = _ramp(_RAMP)

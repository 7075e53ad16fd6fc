"""What live settings lead to for the crowd that is there: an upper bound, if everybody drew all the time."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct

from beeplace.board.board import Board
from beeplace.board.changes.resize import Resize
from beeplace.board.state import BoardState, LiveSettings

FRAME_BYTES = 80  # of a batch without its pixels: WebSocket, Socket.IO, the epoch and the range
EVENTS_BYTES = 3  # two commas and the next one of "x,y,color,"
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Crowd:
    """Distinct people on all gateways, and sockets that a batch goes to, as far as this gateway knows."""

    people: int
    sockets: int


class CrowdEffect(Struct, rename="camel"):
    """What the crowd that is there can do under some settings, if all of them draw all the time.

    `placementsPerMinute` is null where nothing limits it, `secondsToCover` where nothing can be drawn.
    """

    people: int
    sockets: int
    placements_per_minute: float | None
    seconds_to_cover: float | None
    bytes_per_second: int


class SizeEffect(Struct, rename="camel"):
    """What another size of the board does: pixels that are new, that are cut off, and how many of these show another
    colour than the first; and the bytes of the new board to all sockets together, at most."""

    pixels_added: int
    pixels_cut: int
    pixels_lost: int
    bytes_to_all: int


def size_effect(board: Board, change: Resize, crowd: Crowd) -> SizeEffect:
    """Of a resize of the board as it is."""
    fits = (board.state.width, board.state.height) == change.before
    cut = [(len(piece), piece.count(0)) for piece in board.replaced_by(change)] if fits else []
    width, height = change.after
    return SizeEffect(
        pixels_added=change.size,
        pixels_cut=sum(pixels for pixels, _ in cut),
        pixels_lost=sum(pixels - blank for pixels, blank in cut),
        bytes_to_all=crowd.sockets * -(-width * height // 3) * 4,
    )


def effect(state: BoardState, settings: LiveSettings, crowd: Crowd) -> CrowdEffect:
    """Of these settings on that board."""
    pixels, refreshes = state.width * state.height, 1000 / settings.refresh_rate_ms
    each = _each(settings)
    rate = crowd.people * (settings.events_per_second if each is None else each)
    in_batch = min(rate / refreshes, pixels)
    batches = min(refreshes, rate)
    size = batches * FRAME_BYTES + refreshes * in_batch * _pixel_bytes(state)
    return CrowdEffect(
        people=crowd.people,
        sockets=crowd.sockets,
        placements_per_minute=None if each is None else round(crowd.people * each * _MINUTE, 1),
        seconds_to_cover=round(pixels / rate, 1) if rate else None,
        bytes_per_second=round(size * crowd.sockets),
    )


def _each(settings: LiveSettings) -> float | None:
    """Placements a second that the allowance lets one person have; None where there is none."""
    cooldown = settings.cooldown_seconds
    return min(settings.max_pixels / cooldown, settings.events_per_second) if cooldown else None


def _pixel_bytes(state: BoardState) -> float:
    """Of one pixel in a batch, on the average of the board."""
    return EVENTS_BYTES + _digits(state.width) + _digits(state.height) + _digits(len(state.palette))


def _digits(count: int) -> float:
    """How many digits the numbers below `count` have on average."""
    total, least = 0, 0
    for digits in range(1, 6):
        most = min(count, 10**digits)
        total += digits * max(0, most - least)
        least = most
    return total / count

"""Makes the rewind of what a walk found: one paste of all pixels that are given back, with their sources."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from beeplace.board.board import Board
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.restoration import MAX_TOLD, Left
from beeplace.board.changes.rewind import Rewind
from beeplace.board.geometry import Area
from beeplace.desk.selection import Selection
from beeplace.desk.walk import Found

NOTHING = Paste(Area(0, 0, 1, 1), b"\0", b"\0")  # changes no pixel, so that an action with it does not happen


def rewind(selection: Selection, bands: Sequence[Found], board: Board) -> Rewind:
    """The change that gives back what was found; not for the event loop where there is much of it."""
    packer, packed = zlib.compressobj(1), list[bytes]()
    for band in bands:
        packed.append(packer.compress(band.sources[band.given_back].astype("<u8").tobytes()))
    packed.append(packer.flush())
    left = sum(int(band.left.sum()) for band in bands)
    change = Rewind(_pasted(bands), left, _told(bands, board), selection.as_json(), b"".join(packed))
    change.record()
    return change


def _pasted(bands: Sequence[Found]) -> Paste:
    """Within the smallest rectangle that holds all pixels that change."""
    first, width = bands[0].area, bands[0].area.width
    given_back = np.concatenate([band.given_back for band in bands]).reshape(-1, width)
    rows, columns = np.flatnonzero(given_back.any(axis=1)), np.flatnonzero(given_back.any(axis=0))
    if not len(rows):
        return NOTHING
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    mask = given_back[top:bottom, left:right]
    colors = np.concatenate([band.colors for band in bands]).reshape(-1, width)[top:bottom, left:right]
    area = Area(first.x + int(left), first.y + int(top), int(right - left), int(bottom - top))
    return Paste(area, np.where(mask, colors, 0).astype(np.uint8).tobytes(), mask.tobytes())


def _told(bands: Sequence[Found], board: Board) -> tuple[Left, ...]:
    """The first pixels that stay, each with its last change."""
    told: list[Left] = []
    for band in bands:
        for index in np.flatnonzero(band.left)[: MAX_TOLD - len(told)].tolist():
            y, x = divmod(index, band.area.width)
            told.append(left_at(board, band.area.x + x, band.area.y + y))
    return tuple(told)


def left_at(board: Board, x: int, y: int) -> Left:
    """A pixel that stays, with its last change."""
    return Left(x, y, board.bitmap.versions.at(y * board.state.width + x))

"""Reads the log backwards for the walks of the desk: in pieces, without holding up the loop or a commit."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np

from beeplace.board.board import Board
from beeplace.board.changes import Change
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState
from beeplace.desk.beside import Beside
from beeplace.desk.rows import Flags, Seqs, rows
from beeplace.desk.selection import Selection
from beeplace.desk.walk import Found, ShownAgain, Walk
from beeplace.log.past import stretches_at_once
from beeplace.log.reads import Reads
from beeplace.log.strips.strip import STRETCH, Strip

BAND = 1 << 18  # pixels that one walk is about: it takes some 40 bytes for each


async def walk(
    reads: Reads, beside: Beside, selection: Selection, state: BoardState, shown: bytes
) -> AsyncIterator[Found]:
    """What a selection comes to on a board in that state, one band of rows after the other.

    `shown` has the colour indices of the selection's area. The state may be an earlier one, of an earlier epoch too.
    """
    empty_seq, begin = (await reads.beginnings()).empty_seq, 0
    if empty_seq > selection.after:
        empty_seq = 0  # the board was emptied since: what emptied it before that is met on the way
    for band in bands(selection.area):
        end = begin + band.width * band.height
        walked = Walk(band, selection, state.seq, empty_seq)
        await _read(reads, beside, walked)
        yield await beside.run(walked.found, shown[begin:end], len(state.palette))
        begin = end


def bands(area: Area) -> list[Area]:
    """Rows of an area, as many in one as a walk can be about."""
    rows = max(1, BAND // area.width)
    ends = range(area.y, area.y + area.height, rows)
    return [Area(area.x, y, area.width, min(rows, area.y + area.height - y)) for y in ends]


async def _read(reads: Reads, beside: Beside, walk: Walk) -> None:
    """Gives a walk as much of the log as matters to it."""
    async for piece in backwards(reads, walk.area, walk.selection.after, walk.newest):
        await beside.run(_take, walk, piece)
    walk.pass_selected()
    if walk.open:
        async for piece in backwards(reads, walk.area, walk.empty_seq, walk.selection.after):
            await beside.run(_take, walk, piece)
            if not walk.open:
                break


def on_board(change: Change, board: Board) -> Area | None:
    """The part of a change's area that is on the board as it is now."""
    return change.area and change.area.within(board.state.width, board.state.height)


async def shown_again(reads: Reads, beside: Beside, board: Board, target: Entry, restorations: Seqs) -> bytes:
    """A byte for each pixel of an entry's area that is on the board: 1 where what it made is shown again by a later
    rewind or undo.

    `restorations` are the seqs of these.
    """
    area, newest, empty_seq = on_board(target.change, board), board.state.seq, (await reads.beginnings()).empty_seq
    assert area is not None
    parts = list[bytes]()
    for band in bands(area):
        is_open = await beside.run(_last_changed_by, board, band, restorations)
        walk = ShownAgain(band, target.seq, newest, empty_seq, is_open)
        if walk.open:
            async for piece in backwards(reads, band, target.seq - 1, newest):
                await beside.run(_take, walk, piece)
                if not walk.open:
                    break
        parts.append(walk.found.tobytes())
    return b"".join(parts)


def _last_changed_by(board: Board, area: Area, seqs: Seqs) -> Flags:
    """Which pixels of an area were last changed by one of some entries."""
    versions = board.bitmap.versions.pieces(area.rows(board.state.width))
    return np.isin(np.frombuffer(b"".join(versions), np.uint64), seqs)


def _take(walk: Walk | ShownAgain, piece: Piece | Entry) -> None:
    if isinstance(piece, Entry):
        walk.other(piece)
    else:
        walk.placements(rows(*piece))


Piece = tuple[list[Strip], Area, int, int]  # what `rows` makes placements of


async def backwards(reads: Reads, area: Area, after: int, to: int) -> AsyncIterator[Piece | Entry]:
    """What (after, to] did to an area, newest first: pieces of placements, and the other entries between them."""
    at_once = stretches_at_once(area) * STRETCH
    while to > after:
        entry = await reads.last_painted(area, after, to)
        begin = entry.seq if entry else after
        while to > begin:
            end, to = to, max(begin, (to - 1) // at_once * at_once)
            yield await reads.strips(area, to, end), area, to, end
        if entry:
            yield entry
            to = entry.seq - 1

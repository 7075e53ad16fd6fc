"""How entries and answers look as rows of the SQLite store's tables."""

from __future__ import annotations

import zlib
from typing import Any

import orjson

from beeplace.board.bitmap import Block
from beeplace.board.board import Board
from beeplace.board.entries import LAST_KIND, BoardState, Entry, Kind, generic
from beeplace.board.palette import Palette
from beeplace.board.pixel import Area
from beeplace.board.rules import Decision, Remembered
from beeplace.board.versions import packed, packed_block


def state(row: tuple[Any, ...]) -> BoardState:
    """The first columns of the query `board`."""
    epoch, seq, width, height, colors, read_only, term, *_ = row
    return BoardState(epoch, seq, width, height, Palette(tuple(orjson.loads(colors))), bool(read_only), term or "")


def entry(row: tuple[Any, ...], board: BoardState) -> Entry:
    """The first columns of a log query; STRICT tables have the types the schema says."""
    seq, epoch, kind, x, y, width, height, color, identity, at_ms, action = row[:11]
    area = None if x is None else Area(x, y, width or 1, height or 1)
    found = Entry(seq, epoch, Kind(kind), area, color, identity, at_ms, action)
    return found if 0 < kind <= LAST_KIND else generic(found, board)


def entry_rows(decision: Decision, board: Board) -> list[tuple[object, ...]]:
    """What a decision appends to the log; `board` is as it was before.

    A placement names the pixel's change before it. An index on positions would do the same for three times the
    cost of the whole row, and write a page for each pixel.
    """
    palette, width = decision.state.palette, board.state.width
    latest: dict[int, int] = {}  # by offset, within this decision
    rows: list[tuple[object, ...]] = []
    for e in decision.entries:
        area = e.area
        if e.kind is not Kind.PLACEMENT or area is None:
            rows.append(_action_row(e, palette))
            continue
        offset = area.y * width + area.x
        previous = latest.get(offset) or board.bitmap.versions.at(offset)
        latest[offset] = e.seq
        rows.append((
            e.seq, 1, area.x, area.y, None, None, e.color, palette[e.color], e.at_ms, e.identity, e.action, previous,
        ))  # fmt: skip
    return rows


def _action_row(e: Entry, palette: Palette) -> tuple[object, ...]:
    corner = (e.area.x, e.area.y, e.area.width, e.area.height) if e.area else (None, None, None, None)
    return (
        e.seq,
        e.kind.value,
        *corner,
        e.color,
        palette[e.color] if e.area else None,
        e.at_ms,
        e.identity,
        e.action,
        0,
    )


def action_row(decision: Decision, board: Board) -> tuple[object, ...]:
    """What is kept of an organiser's action so that it can be reversed; a reset begins anew and needs no seqs."""
    action = decision.action
    assert action is not None
    rows = action.area.rows(board.state.width) if action.area and action.kind is Kind.FILL else []
    return (
        decision.state.seq,
        action.reason,
        zlib.compress(action.before, 1),
        packed(board.bitmap.versions.pieces(rows)),
    )


def block_row(block: Block) -> tuple[object, ...]:
    """A stretch of the stored board."""
    return (block.number, block.pixels, packed_block(block.versions))


def request_row(r: Remembered) -> tuple[object, ...]:
    """The first answer to a request id."""
    a = r.answer
    return (
        r.identity, r.rid, r.pixel.x, r.pixel.y, r.pixel.color,
        a.code, a.seq, a.remaining, a.retry_in_ms, r.expires_ms,
    )  # fmt: skip

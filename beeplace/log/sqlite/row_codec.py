"""How entries and answers look as rows of the SQLite store's tables."""

from __future__ import annotations

import zlib
from typing import Any

import orjson

from beeplace.board.bitmap import Block
from beeplace.board.changes import Record, read_on, read_state
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.moderation import Moderation
from beeplace.board.palette import Palette
from beeplace.board.rules import CachedAnswer, Decision
from beeplace.board.state import BoardState, LiveSettings
from beeplace.board.versions import Versions, packed, packed_block


def state(row: tuple[Any, ...]) -> BoardState:
    """The columns of the query `board`."""
    epoch, seq, width, height, colors, read_only, term, _, _, _, _, settings, moderation, *_ = row
    palette, live = Palette(tuple(orjson.loads(colors))), LiveSettings.read(settings)
    in_force = Moderation.read(moderation)
    return BoardState(epoch, seq, width, height, palette, bool(read_only), term or "", live, in_force)


def entry(row: tuple[Any, ...], board: BoardState) -> Entry:
    """The first columns of a log query; STRICT tables have the types the schema says."""
    seq, epoch, *_, identity, at_ms, action, _ = row[:12]
    return Entry(seq, epoch, at_ms, identity, action, read_on(board, _record(row)))


def state_entry(row: tuple[Any, ...]) -> Entry:
    """The same columns, of whose change there is what changes the board's state; the payload may be its beginning."""
    seq, epoch, *_, identity, at_ms, action, _ = row
    return Entry(seq, epoch, at_ms, identity, action, read_state(_record(row)))


def _record(row: tuple[Any, ...]) -> Record:
    kind, x, y, width, height, color, *_, payload = row[2:12]
    return Record(kind, None if x is None else Area(x, y, width or 1, height or 1), color, payload)


def shared_columns(decision: Decision) -> tuple[object, ...]:
    """What all placements of a decision have in common: their kind and moment."""
    first = decision.entries[0]
    return first.change.NUMBER, first.at_ms


def placement_rows(decision: Decision, versions: Versions) -> list[tuple[object, ...]]:
    """What placements append to the log; `versions` are the board's as they were before.

    A placement names the pixel's change before it. An index on positions would do the same for three times the
    cost of the whole row, and write a page for each pixel.
    """
    colors, width, at = decision.state.palette.colors, decision.state.width, versions.at
    latest: dict[int, int] = {}  # by offset, within this decision
    rows: list[tuple[object, ...]] = []
    for seq, _, _, identity, _, change, _ in decision.entries:
        spot = change.single(width)
        assert spot is not None  # without an action there are only placements
        offset, color = spot
        y, x = divmod(offset, width)
        rows.append((seq, x, y, color, colors[color], identity, latest.get(offset) or at(offset)))
        latest[offset] = seq
    return rows


def entry_row(decision: Decision, versions: Versions) -> tuple[object, ...]:
    """What an action appends to the log; `versions` are the board's as they were before."""
    [e] = decision.entries
    kind, area, color, payload = e.change.record()
    hexadecimal = decision.state.palette[color] if area and payload is None else None
    place: tuple[int | None, ...] = area or (None, None, None, None)
    previous = 0
    if area and (spot := e.change.single(decision.state.width)) is not None:
        place, previous = (area.x, area.y, None, None), versions.at(spot[0])
    return e.seq, kind, *place, color, hexadecimal, e.at_ms, e.identity, e.action, previous, payload


def action_row(decision: Decision, versions: Versions) -> tuple[object, ...]:
    """What is kept of an organiser's action so that it can be reversed, and looked through."""
    action = decision.action
    assert action is not None
    width = action.change.with_size_before(decision.state).width
    seqs = packed(versions.pieces(row for area in action.change.seqs_kept() for row in area.rows(width)))
    return decision.state.seq, action.reason, zlib.compress(action.before, 1), seqs


def block_row(block: Block) -> tuple[object, ...]:
    """A stretch of the stored board."""
    return (block.number, block.pixels, packed_block(block.versions))


def request_row(r: CachedAnswer) -> tuple[object, ...]:
    """The first answer to a request id."""
    a = r.answer
    return (
        r.identity, r.rid, r.pixel.x, r.pixel.y, r.pixel.color,
        a.code, a.seq, a.remaining, a.retry_in_ms, r.expires_ms,
    )  # fmt: skip

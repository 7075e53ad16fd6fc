"""How entries, answers and facts look as rows of the PostgreSQL store's tables.

Many rows go in at once, as one array for each column.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from beeplace.board.allowance import Allowance
from beeplace.board.bitmap import Block
from beeplace.board.changes import Record, read_on, read_state
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area, Pixel
from beeplace.board.moderation import Moderation
from beeplace.board.palette import Palette
from beeplace.board.rules import Answer, CachedAnswer, Decision, Facts
from beeplace.board.state import BoardState, LiveSettings
from beeplace.board.versions import packed_block
from beeplace.log.board_clock import Reading

Row = Iterable[Any]
Columns = list[list[Any]]


def state(row: Row) -> BoardState:
    """The first columns of the queries `board` and `facts`."""
    epoch, seq, width, height, colors, read_only, term, _, _, _, settings, moderation, *_ = row
    palette, live, in_force = Palette(tuple(colors)), LiveSettings.read(settings), Moderation.read(moderation)
    return BoardState(epoch, seq, width, height, palette, read_only, term or "", live, in_force)


def reading(row: Row) -> Reading:
    """The clock's columns, which follow those of the state."""
    return Reading(*list(row)[7:10])


def facts(row: Row, now_ms: int, at_ms: int, late_ms: int = 0) -> Facts:
    """The query `facts` at a moment of board time; an answer that has expired is none."""
    *_, charged, answered = row
    allowances = {identity: Allowance(used, ends_ms) for identity, used, ends_ms in charged}
    answers = {}
    for identity, rid, x, y, color, *answer, expires_ms in answered:
        if expires_ms > now_ms:
            answers[identity, rid] = CachedAnswer(identity, rid, Pixel(x, y, color), Answer(*answer), expires_ms)
    return Facts(state(row), now_ms, at_ms, allowances, answers, late_ms)


def entry(row: Row, board: BoardState) -> Entry:
    """The columns of a log query, and after them the colour's hex where it is asked for."""
    seq, epoch, kind, x, y, width, height, color, identity, at_ms, action, payload, *more = row
    area = None if x is None else Area(x, y, width or 1, height or 1)
    return Entry(seq, epoch, at_ms, identity, action, read_on(board, Record(kind, area, color, payload)), *more)


def state_entry(row: Row) -> Entry:
    """The columns of a log query, of whose change there is what changes the board's state; the payload may be its
    beginning."""
    seq, epoch, kind, x, y, width, height, color, identity, at_ms, action, payload = row
    area = None if x is None else Area(x, y, width or 1, height or 1)
    return Entry(seq, epoch, at_ms, identity, action, read_state(Record(kind, area, color, payload)))


def entries(rows: Iterable[Row], board: BoardState) -> list[Entry]:
    """The same of many rows."""
    return [entry(row, board) for row in rows]


def payload_bytes(rows: Sequence[Row]) -> int:
    """How much there is to read beside the columns."""
    return sum(len(payload) for *_, payload in rows if payload)


def written(decision: Decision) -> Columns:
    """What the query `write` adds to the log, to the allowances and to the answers, column by column."""
    palette = decision.state.palette
    charges = ((identity, a.used, a.ends_ms) for identity, a in decision.allowances.items())
    return [
        *_columns((_entry_row(e, palette) for e in decision.entries), 12),
        *_columns(charges, 3),
        *_columns(map(request_row, decision.remembered), 10),
    ]


def _columns(rows: Iterable[tuple[Any, ...]], count: int) -> Columns:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(count)]


def _entry_row(e: Entry, palette: Palette) -> tuple[Any, ...]:
    kind, area, color, payload = e.change.record()
    x, y, width, height = area or (None, None, None, None)
    if e.change.single(1) is not None:
        width = height = None
    hexadecimal = palette[color] if area and payload is None else None
    return e.seq, e.at_ms, e.action, kind, x, y, width, height, color, hexadecimal, e.identity, payload


def request_row(r: CachedAnswer) -> tuple[Any, ...]:
    """The first answer to a request id."""
    a = r.answer
    return (
        r.identity, r.rid, r.pixel.x, r.pixel.y, r.pixel.color,
        a.code, a.seq, a.remaining, a.retry_in_ms, r.expires_ms,
    )  # fmt: skip


def packed(blocks: Sequence[Block]) -> Columns:
    """What the query `keep_blocks` stores: numbers, newest changes, pixels and versions."""
    return _columns(((b.number, _newest(b), b.pixels, packed_block(b.versions)) for b in blocks), 4)


def _newest(block: Block) -> int:
    versions = array("Q")
    versions.frombytes(block.versions)
    return max(versions, default=0)


def block(row: Row) -> Block:
    """A row of the query `blocks`."""
    number, pixels, versions = row
    return Block(number, pixels, zlib.decompress(versions))

"""Reads the log of a PostgreSQL database for the checker, and shares no code with the store."""

from __future__ import annotations

import asyncpg

from tests.crash.checker import Row, Stored

LOG = """
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.identity, l.at_ms
  FROM log l JOIN epoch e ON e.id = l.epoch ORDER BY l.seq
"""
INDEXED = """
SELECT (SELECT count(*) FROM log) AS rows, (SELECT count(*) FROM log WHERE seq >= 0) AS found
"""


async def read(address: str) -> Stored:
    """The whole log in one snapshot."""
    db = await asyncpg.connect(address)
    try:
        async with db.transaction(isolation="repeatable_read", readonly=True):
            rows = [_row(record) for record in await db.fetch(LOG)]
            board_seq = await db.fetchval("SELECT seq FROM board")
            counted = await db.fetchrow(INDEXED)
    finally:
        await db.close()
    assert counted
    whole = counted["rows"] == counted["found"] == len(rows)
    return Stored(rows, board_seq, "ok" if whole else f"rows that are not found again: {counted}")


def _row(record: asyncpg.Record) -> Row:
    seq, epoch, kind, x, y, width, height, color, identity, at_ms = record
    area = None if x is None else (x, y, width or 1, height or 1)
    return Row(seq, epoch, kind, area, color, identity, at_ms)

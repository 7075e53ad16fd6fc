"""A SQLite database with a long log of placements anywhere, written by SQL as the store would have written them."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.log.sqlite.store import SqliteStore
from beeplace.log.store import BoardSpec

BEGAN_MS = 1_700_000_000_000
STEP_MS = 50
PEOPLE = 1_000

_INSERT = """
INSERT INTO log (seq, epoch, kind, x, y, color, hex, at_ms, identity, previous)
VALUES (?, 1, 1, ?, ?, ?, '#000000', ?, CAST(printf('%016d', ?) AS BLOB), 0)
"""


@cache
def pixels(rows: int, size: int) -> list[tuple[int, int, int]]:
    """x, y and colour of each entry from seq 1 on."""
    chance = random.Random(size)
    return [(chance.randrange(size), chance.randrange(size), chance.randrange(16)) for _ in range(rows)]


def board(rows: int, size: int, seq: int) -> bytes:
    """The board after an entry."""
    found = bytearray(size * size)
    for x, y, color in pixels(rows, size)[:seq]:
        found[y * size + x] = color
    return bytes(found)


def at_ms(seq: int) -> int:
    """When an entry was committed."""
    return BEGAN_MS + STEP_MS * seq


async def write_long_log(path: Path, rows: int, size: int) -> None:
    """A database that is closed in order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    store = SqliteStore(path)
    await store.open(BoardSpec(size, size, Palette(THESIS_COLORS)))
    await store.close()
    with closing(sqlite3.connect(path)) as db, db:
        told = enumerate(pixels(rows, size), 1)
        db.executemany(_INSERT, ((seq, *pixel, at_ms(seq), seq * 48_271 % PEOPLE) for seq, pixel in told))
        db.execute("UPDATE board SET seq = ?", (rows,))

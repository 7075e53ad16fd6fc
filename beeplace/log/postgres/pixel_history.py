"""The last changes of one pixel, as the PostgreSQL store tells them to people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from beeplace.board.entries import Entry
from beeplace.board.state import BoardState
from beeplace.log.postgres import row_codec

MAX_UNPACKED = 1 << 26  # pixels of large pastes for one answer, four times those of the largest board; it ends there
_END = 2**62  # behind every seq
_LARGE, _COLORS = "large", "colors"

Look = Callable[..., Awaitable[Sequence[Any]]]


async def pixel_history(look: Look, board: BoardState, x: int, y: int, most: int) -> list[Entry]:
    """At most `most`, newest first. `look` runs one of the store's named queries.

    The database knows a paste's area alone: whether the pixel is one of those that changed is read here, so that the
    query is asked again for as many as fell away.
    """
    found: list[Entry] = []
    before, left = _END, MAX_UNPACKED
    while len(found) < most and left > 0:
        rows = await look("history", x, y, asked := most - len(found), before)
        for row in rows:
            if left <= 0:
                break
            entry = await _read(look, row, board)
            left -= entry.change.size if row[_LARGE] else 0
            if (color := entry.change.color_of(x, y)) is not None:
                colors = row[_COLORS]
                found.append(entry._replace(hex=colors[color]) if colors else entry)
        if len(rows) < asked:
            break
        before = rows[-1]["seq"]
    return found


async def _read(look: Look, row: Any, board: BoardState) -> Entry:
    """A large payload is fetched by itself, and read beside the event loop."""
    columns = list(row)[:13]
    if not row[_LARGE]:
        return row_codec.entry(columns, board)
    [[columns[11]]] = await look("payload", row["seq"])
    return await asyncio.to_thread(row_codec.entry, columns, board)

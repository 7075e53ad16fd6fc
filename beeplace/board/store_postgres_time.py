"""One board time for gateways on any number of machines, without asking any wall clock.

What stands in the board's row is board time with the boot clock of the machine that wrote it. Gateways of one machine
continue it exactly. A gateway of another machine does not know how long ago it was written; it waits until another
gateway writes it again, which each does once a second, and continues from there, a moment behind. Were it behind by
more, a window that it opens would end too early for the others. Where nobody writes, nobody else is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from beeplace.board import rows_postgres
from beeplace.board.clock import BoardClock, Reading
from beeplace.board.queries import queries
from beeplace.board.store_postgres_session import Connection

TELL_SECONDS = 1.0
FRESH_MS = 900  # what is younger need not be told again
WAIT_SECONDS = 1.7  # for a sign of life
LOOK_SECONDS = 0.05

_SQL = queries("postgres")


async def joined_clock(db: Connection, ticks: Callable[[], int], boot: Callable[[], str]) -> BoardClock:
    """Board time as all others have it; from now on it stands in the row with this machine's boot clock."""
    first = await _reading(db)
    if first.boot_id not in ("", boot()):
        await _until_told(db, first)
    async with db.transaction():
        await db.execute(_SQL["lock"])
        last = await _reading(db)
        clock = BoardClock(last, ticks, boot)
        if last.boot_id != boot():
            await tell(db, clock, 0)
    return clock


async def tell(db: Connection, clock: BoardClock, age_ms: int = FRESH_MS) -> None:
    """Writes board time down, unless somebody did less than `age_ms` ago."""
    now = clock.reading()
    await db.execute(_SQL["tell_time"], now.board_ms, now.boot_ms, now.boot_id, age_ms)


async def _until_told(db: Connection, first: Reading) -> None:
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while await _reading(db) == first:  # noqa: ASYNC110  # another process writes it
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        pass


async def _reading(db: Connection) -> Reading:
    row = await db.fetchrow(_SQL["board"])
    assert row is not None
    return rows_postgres.reading(row)

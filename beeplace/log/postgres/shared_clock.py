"""One board time for gateways on any number of machines, without asking any wall clock.

What stands in the board's row is board time with the boot clock of the machine that wrote it. Gateways of one machine
continue it exactly. A gateway of another machine does not know how long ago it was written; it waits until another
gateway writes it again, which each does once a second, and continues from there, a moment behind. How long that moment
may have been is known, and the windows that it opens are longer by it: none ends early for the others. Where nobody
writes, nobody else is there. A gateway whose system does not name its boot counts as a machine of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from beeplace.log.board_clock import BoardClock, Reading
from beeplace.log.postgres import row_codec
from beeplace.log.postgres.session import Connection, transaction
from beeplace.log.sql_files import queries

TELL_SECONDS = 1.0
FRESH_MS = 900  # what is younger need not be told again
WAIT_SECONDS = 1.7  # for a sign of life
LOOK_SECONDS = 0.05
MARGIN_MS = 100  # who told the time may be a moment behind a third gateway

_SQL = queries("postgres")


async def joined_clock(db: Connection, ticks: Callable[[], int], boot: Callable[[], str]) -> BoardClock:
    """Board time as all others have it; from now on it stands in the row with this machine's boot clock."""
    name, time = boot(), asyncio.get_running_loop().time
    while True:
        looked, first = time(), await _reading(db)
        told = None if first.boot_id in ("", name) else await _until_told(db, first, looked)
        async with transaction(db):
            await db.execute(_SQL["lock"])
            last = await _reading(db)
            if not first.boot_id and last.boot_id not in ("", name):
                continue  # another gateway has begun this board in between
            clock = BoardClock(first if first.boot_id == name else last, ticks, boot)
            clock.observe(last)
            if told is not None:
                clock.late_ms = int((time() - told) * 1000) + MARGIN_MS
            if last.boot_id != name:
                await tell(db, clock, 0)
            return clock


async def tell(db: Connection, clock: BoardClock, age_ms: int = FRESH_MS) -> None:
    """Writes board time down, unless somebody did less than `age_ms` ago."""
    now = clock.reading()
    await db.execute(_SQL["tell_time"], now.board_ms, now.boot_ms, now.boot_id, age_ms)


async def _until_told(db: Connection, first: Reading, looked: float) -> float | None:
    """A moment of the loop's clock before which board time was not told again, though it is now; None where nobody
    does. `looked` is from before the first reading."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                now = asyncio.get_running_loop().time()
                if await _reading(db) != first:
                    return looked
                looked = now
    except TimeoutError:
        return None


async def _reading(db: Connection) -> Reading:
    row = await db.fetchrow(_SQL["board"])
    assert row is not None
    return row_codec.reading(row)

"""How long a server takes to start on a long log: from the start of the process until it says where it listens.

Method: the real store makes an empty database; SQL then adds ROWS placements of 100,000 identities, 20 a second,
each position and colour a function of its seq, as the store would have written them (log, epoch, board.seq). The
board of all but the last TAIL of them is put into blocks by the real board and stored by the real keeper, so what
a start has to do is what it has to do after a crash: read the blocks and play the tail. The tail's worst case is
the checkpoints's own interval. The real server is started three times, each time with the file's pages dropped from the
system's cache where that is allowed; the median counts. Its first board is compared with the one expected.

    python -m benchmarks.start_with_long_log [--rows 10000000] [--tail 100000] [--size 256]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw

from beeplace.board.board import Board
from beeplace.board.changes.placement import Placement
from beeplace.board.entries import Entry
from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.board.state import BoardState
from beeplace.log.checkpoints import EVERY, Checkpoints
from beeplace.log.sqlite.store import SqliteStore
from beeplace.log.store import BoardSpec

GOAL_SECONDS = 5.0
STARTS = 3
IDENTITIES = 100_000

# The same function of seq as `pixel` below.
FILL = """
WITH RECURSIVE n (seq) AS (SELECT ?1 UNION ALL SELECT seq + 1 FROM n WHERE seq < ?2)
INSERT INTO log SELECT seq, 1, 1, (seq * 7919 + seq / 65536) % ?3, (seq * 104729 + seq / 1024) % ?3, NULL, NULL,
    (seq * 31 + seq / 977) % 16, '#' || printf('%06X', (seq * 31 + seq / 977) % 16), 1700000000000 + seq * 50,
    CAST(printf('%016d', (seq * 48271) % ?4) AS BLOB), NULL, 0, NULL
  FROM n
"""


def pixel(seq: int, size: int) -> tuple[int, int, int]:
    """x, y and colour of one row."""
    return (seq * 7919 + seq // 65536) % size, (seq * 104729 + seq // 1024) % size, (seq * 31 + seq // 977) % 16


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000, help="log entries (default %(default)s)")
    parser.add_argument(
        "--tail", type=int, default=EVERY, help="of them after the last kept block (default %(default)s)"
    )
    parser.add_argument("--size", type=int, default=256, help="side of the board (default %(default)s)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="beeplace-start-") as folder:
        database = Path(folder) / "data" / "beeplace.db"
        took = timed(lambda: asyncio.run(build(database, given.rows, given.tail, given.size)))
        size_mb = database.stat().st_size / 1e6
        print(
            f"{given.rows:,} entries, {size_mb:,.0f} MB, built in {took:.0f} s; the last {given.tail:,} not in blocks"
        )
        expected = picture(given.rows, given.size)
        starts = [start(Path(folder), given.size, expected) for _ in range(STARTS)]
    median = statistics.median(starts)
    print(
        f"starts: {', '.join(f'{seconds:.2f}' for seconds in starts)} s; median {median:.2f} s, goal {GOAL_SECONDS} s"
    )
    return 0 if median <= GOAL_SECONDS else 1


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


async def build(database: Path, rows: int, tail: int, size: int) -> None:
    """The database as the server would have left it, killed `tail` entries after its keeper's last pass."""
    wanted = BoardSpec(size, size, Palette(THESIS_COLORS))
    store = SqliteStore(database)
    state = (await store.open(wanted)).state
    await store.close()
    add_rows(database, rows, size)
    kept = played(Board(state), rows - tail, size)
    store = SqliteStore(database)
    await store.open(wanted)
    await Checkpoints(kept, store).keep_all()
    await store.close()


def add_rows(database: Path, rows: int, size: int, at_once: int = 500_000) -> None:
    """Without the store's guarantees, for speed; a checkpoint in the end leaves everything in the file."""
    with closing(apsw.Connection(str(database))) as db:
        db.execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000")
        for first in range(1, rows + 1, at_once):
            last = min(rows, first + at_once - 1)
            with db:
                db.execute(FILL, (first, last, size, IDENTITIES))
            if sys.stdout.isatty():
                print(f"\r{last:,} of {rows:,}", end="\r", flush=True)
        db.execute("UPDATE board SET seq = ?", (rows,))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def played(board: Board, last: int, size: int) -> Board:
    """The board after `last`: its newest change of each position, which lies within the last few million."""
    state = board.state
    newest: dict[tuple[int, int], int] = {}
    for seq in range(1, last + 1):
        newest[pixel(seq, size)[:2]] = seq
    for seq in sorted(newest.values()):
        board.apply([placement(seq, size, state)], state)
    board.state = BoardState(state.epoch, last, size, size, state.palette)
    return board


def placement(seq: int, size: int, state: BoardState) -> Entry:
    x, y, color = pixel(seq, size)
    return Entry(seq, state.epoch, 0, bytes(16), None, Placement(x, y, color))


def picture(rows: int, size: int) -> bytes:
    """What the whole log makes of the board."""
    pixels = bytearray(size * size)
    for seq in range(1, rows + 1):
        x, y, color = pixel(seq, size)
        pixels[y * size + x] = color
    return bytes(pixels)


def start(folder: Path, size: int, expected: bytes) -> float:
    """Seconds until the server listens; it is killed then, so that the next start finds the same."""
    forget_pages(folder / "data" / "beeplace.db")
    env = {**os.environ, "HOST": "127.0.0.1", "PORT": "0", "BOARD_SIZE": str(size), "LOG_LEVEL": "warning"}
    began = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "beeplace"], cwd=folder, env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout
        url = next(line.split("listens on ")[1].strip() for line in server.stdout if "listens on" in line)
        took = time.perf_counter() - began
        with urllib.request.urlopen(f"{url}/api/board") as response:
            assert response.read() == expected, "the board is not what the log says"
        return took
    finally:
        server.send_signal(signal.SIGKILL)
        server.communicate()


def forget_pages(database: Path) -> None:
    """Asks the system to read the file from the disk next time."""
    with database.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    sys.exit(main())

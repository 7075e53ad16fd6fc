"""How long a server takes to start on a long log: from the start of the process until it says where it listens.

Method: a log as `long_log.py` makes it, in SQLite, all but the last TAIL entries of it in stored blocks, so what a
start has to do is what it has to do after a crash: read the blocks and play the tail. The tail's worst case is the
checkpoints' own interval. The real server is started three times, each time with the file's pages dropped from the
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
from pathlib import Path

from beeplace.log.checkpoints import EVERY
from benchmarks.long_log import LongLog, make_sqlite

GOAL_SECONDS = 5.0
STARTS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000, help="log entries (default %(default)s)")
    parser.add_argument(
        "--tail", type=int, default=EVERY, help="of them after the last kept block (default %(default)s)"
    )
    parser.add_argument("--size", type=int, default=256, help="side of the board (default %(default)s)")
    given = parser.parse_args()
    log = LongLog(given.rows, given.size, given.tail)
    with tempfile.TemporaryDirectory(prefix="beeplace-start-") as folder:
        database = Path(folder) / "data" / "beeplace.db"
        database.parent.mkdir()
        began = time.perf_counter()
        asyncio.run(make_sqlite(log, database))
        size_mb, took = database.stat().st_size / 1e6, time.perf_counter() - began
        print(f"{log.rows:,} entries, {size_mb:,.0f} MB, built in {took:.0f} s; the last {log.tail:,} not in blocks")
        expected = log.board()
        starts = [start(Path(folder), log.side, expected) for _ in range(STARTS)]
    median = statistics.median(starts)
    print(
        f"starts: {', '.join(f'{seconds:.2f}' for seconds in starts)} s; median {median:.2f} s, goal {GOAL_SECONDS} s"
    )
    return 0 if median <= GOAL_SECONDS else 1


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

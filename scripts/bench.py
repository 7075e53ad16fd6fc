"""Prints how long a start takes: on an empty board, and with ten million changes in the log; `make bench` calls it."""

import argparse
import array
import os
import random
import statistics
import tempfile
import time
import zlib
from pathlib import Path

import apsw

from beeplace.board.keeper import EVERY
from tests.servers import ServerProcess

SIDE = 1000
BLOCK = 1024
RUNS = 5

FILL = """
WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < :rows)
INSERT INTO log
SELECT seq, 1, 1, (seq * 7919) % :side, (seq * 104729) % :side, NULL, NULL, seq % 16, '#FFFFFF', 1700000000000 + seq,
       CAST(printf('%016d', seq % 5000) AS BLOB), NULL
  FROM n
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="changes in the log (default: %(default)s)")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="beeplace-bench-") as folder:
        path = Path(folder)
        report("start, empty board", [start_seconds(path / str(number)) for number in range(RUNS)])
        start_seconds(path / "full")
        seconds = fill(path / "full" / "data" / "beeplace.db", rows)
        size = (path / "full" / "data" / "beeplace.db").stat().st_size
        print(f"{'filling the log':<46} {seconds:8.2f} s, {rows:,} changes, {size / 1e6:,.0f} MB")
        report(
            f"start, {rows:,} changes, tail of {EVERY:,}", [crashed_start_seconds(path / "full") for _ in range(RUNS)]
        )
        start_seconds(path / "full")
        report("start after a clean stop", [start_seconds(path / "full") for _ in range(RUNS)])


def start_seconds(folder: Path) -> float:
    """From the command to the line that it listens; then a clean stop."""
    began = time.monotonic()
    server = ServerProcess(folder, BOARD_SIZE=SIDE)
    seconds = time.monotonic() - began
    server.stop()
    return seconds


def crashed_start_seconds(folder: Path) -> float:
    """The same, ended by SIGKILL, so that the next start plays the same tail again."""
    began = time.monotonic()
    server = ServerProcess(folder, BOARD_SIZE=SIDE)
    seconds = time.monotonic() - began
    server.kill()
    return seconds


def fill(database: Path, rows: int) -> float:
    """Writes the log, and the stored board as it lies when the longest tail is still to be played."""
    began = time.monotonic()
    db = apsw.Connection(str(database))
    with db:
        db.execute(FILL, {"rows": rows, "side": SIDE})
        db.execute("UPDATE board SET seq = ?, kept_seq = ?", (rows, max(0, rows - EVERY)))
        for number, first in enumerate(range(0, SIDE * SIDE, BLOCK)):
            length = min(BLOCK, SIDE * SIDE - first)
            versions = array.array("Q", (random.randint(1, max(1, rows - EVERY)) for _ in range(length)))
            pixels = bytes(byte % 16 for byte in os.urandom(length))
            db.execute(
                "INSERT OR REPLACE INTO block VALUES (?, ?, ?)", (number, pixels, zlib.compress(versions.tobytes()))
            )
    db.close()
    return time.monotonic() - began


def report(what: str, seconds: list[float]) -> None:
    print(f"{what:<46} {statistics.median(seconds):8.2f} s (worst of {len(seconds)}: {max(seconds):.2f})", flush=True)


if __name__ == "__main__":
    main()

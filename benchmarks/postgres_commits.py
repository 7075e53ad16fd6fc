"""How many placements a second the PostgreSQL store commits, in one transaction after the other, as one gateway does.

Method: a real PostgreSQL server on this machine with its own settings (fsync on), its data on a disk, not in memory.
The real store commits batches through the real rules: each placement by one of 100,000 identities, at a position of a
256 x 256 board spread evenly, with a request id and an allowance of 3 in 10 s of board time, which goes on 10 s with
every round of identities, so that none is refused. A batch is committed when the one before is confirmed. Counted is
what was confirmed over SECONDS, after a second of warming up; the time of one commit is taken around `commit`.
`--gateways` does it with so many stores at once, which take turns at the board's lock.

Then, with ROWS entries in the log and their last TAIL not in blocks (the worst that a crash leaves), the time that
`open` takes on the same server: connecting, blocks, tail and windows; the median of five.

    python -m benchmarks.postgres_commits [--seconds 10] [--gateways 1] [--rows 1000000] [--tail 100000]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from functools import partial

import asyncpg

from beeplace.board.allowance import Limits
from beeplace.board.geometry import Pixel
from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.board.rules import PlacementRequest, decide
from beeplace.log.checkpoints import EVERY, Checkpoints
from beeplace.log.postgres.store import PostgresStore
from beeplace.log.store import BoardSpec, FactsNeeded
from tests.postgres import PostgresServer

GOAL_PER_SECOND = 10_000
SIZE = 256
WANTED = BoardSpec(SIZE, SIZE, Palette(THESIS_COLORS))
LIMITS = Limits(max_pixels=3, cooldown_ms=10_000)
IDENTITIES = 100_000
STARTS = 5
FILL = """
INSERT INTO log (seq, at_ms, epoch, kind, x, y, color, hex, identity)
SELECT seq, (extract(epoch FROM now()) * 1000)::bigint, (SELECT epoch FROM board), 1, (seq * 7919 + seq / 65536) % 256,
       (seq * 104729 + seq / 1024) % 256, (seq * 31 + seq / 977) % 16, '#000000',
       decode(lpad(to_hex(seq), 32, '0'), 'hex')
  FROM generate_series((SELECT seq + 1 FROM board), $1::bigint) AS seq
"""


class Crowd:
    """Placements without end, none of which the rules refuse."""

    def __init__(self, first: int) -> None:
        self.count = first
        self.skipped_ms = 0

    def __call__(self) -> int:
        """The machine's clock, as far as the store knows."""
        return time.monotonic_ns() // 1_000_000 + self.skipped_ms

    def batch(self, size: int) -> list[PlacementRequest]:
        first = self.count
        self.count += size
        if self.count // IDENTITIES > first // IDENTITIES:
            self.skipped_ms += LIMITS.cooldown_ms
        return [self.placement(number) for number in range(first, self.count)]

    def placement(self, number: int) -> PlacementRequest:
        identity = (number % IDENTITIES).to_bytes(16, "big")
        pixel = Pixel(number * 7919 % SIZE, number * 104_729 // SIZE % SIZE, number % 16)
        return PlacementRequest(identity, pixel, number.to_bytes(16, "little"))


async def commit(store: PostgresStore, batch: list[PlacementRequest]) -> float:
    """Seconds until it was confirmed; every placement of it was."""
    question = FactsNeeded(frozenset(p.identity for p in batch), frozenset((p.identity, p.rid or b"") for p in batch))
    began = time.perf_counter()
    decision = await store.commit(question, partial(decide, batch))
    took = time.perf_counter() - began
    assert len(decision.entries) == len(batch), decision.answers[:3]
    return took


async def commits(url: str, size: int, seconds: float, gateways: int) -> float:
    """Placements a second, in batches of `size`."""
    crowds = [Crowd(number * 10**12) for number in range(gateways)]
    stores = [PostgresStore(url, crowd) for crowd in crowds]
    for store in stores:
        await store.open(WANTED)
    took: list[float] = []
    ends = time.perf_counter() + 1

    async def work(store: PostgresStore, crowd: Crowd) -> None:
        while time.perf_counter() < ends:
            took.append(await commit(store, crowd.batch(size)))

    for duration in (1.0, seconds):  # the first is to warm up
        took.clear()
        began = time.perf_counter()
        ends = began + duration
        await asyncio.gather(*map(work, stores, crowds))
        passed = time.perf_counter() - began
    for store in stores:
        await store.close()
    rate, ms = size * len(took) / passed, sorted(1_000 * t for t in took)
    print(
        f"{gateways} gateway(s), batches of {size:,}: {rate:,.0f} placements/s; a commit takes "
        f"{statistics.median(ms):.1f} ms, p99 {ms[int(0.99 * len(ms))]:.1f} ms, at most {ms[-1]:.1f} ms"
    )
    return rate


async def starts(url: str, rows: int, tail: int) -> None:
    """How long `open` takes on a long log."""
    await _lengthen(url, rows - tail)
    store = PostgresStore(url)
    await Checkpoints(await store.open(WANTED), store).keep_all()
    await store.close()
    await _lengthen(url, rows)
    took = []
    for _ in range(STARTS):
        store = PostgresStore(url)
        began = time.perf_counter()
        board = await store.open(WANTED)
        took.append(time.perf_counter() - began)
        assert (board.state.seq, board.checkpoint_seq) == (rows, rows - tail)
        await store.close()
    print(f"{rows:,} entries, {tail:,} of them not in blocks: open takes {statistics.median(took):.2f} s")


async def _lengthen(url: str, rows: int) -> None:
    db = await asyncpg.connect(url)
    await db.execute(FILL, rows)
    await db.execute("UPDATE board SET seq = $1", rows)
    await db.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="for each size of batch (default %(default)s)")
    parser.add_argument("--gateways", type=int, default=1, help="stores at once (default %(default)s)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="log entries at the start (default %(default)s)")
    parser.add_argument("--tail", type=int, default=EVERY, help="of them not in blocks (default %(default)s)")
    given = parser.parse_args()
    with PostgresServer() as server:
        rates = [asyncio.run(commits(server.url(), size, given.seconds, given.gateways)) for size in (1_000, 100)]
        url = server.url()
        asyncio.run(_first_start(url))
        asyncio.run(starts(url, given.rows, given.tail))
    return 0 if rates[0] >= GOAL_PER_SECOND else 1


async def _first_start(url: str) -> None:
    store = PostgresStore(url)
    began = time.perf_counter()
    await store.open(WANTED)
    print(f"an empty database: open takes {time.perf_counter() - began:.2f} s")
    await store.close()


if __name__ == "__main__":
    sys.exit(main())

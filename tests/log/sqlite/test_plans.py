"""What is asked of the past reads the log by key, however long it is, and gets it in few rows."""

from __future__ import annotations

from bisect import bisect_left
from contextlib import closing
from pathlib import Path

import apsw

from beeplace.log.past import TAKES_BACK, UNDOES_BAN
from beeplace.log.sql_files import queries
from beeplace.log.sqlite.store import SqliteStore
from beeplace.log.strips.strip import ROW_BYTES
from tests.log.samples import HEIGHT, NO_LIMIT, WHOLE, WIDTH, Session, fill, placement, read_only

ENTRIES, BATCH = 10_000, 2_500

ASKED: dict[str, tuple[object, ...]] = {
    "columns": (0, 100, 0, 8, 0, 7),
    "strips": (0, 255),
    "stretches": (),
    "last_painted": (0, 100, 9, 8, 0, 0),
    "state_changes": (0, 100, UNDOES_BAN, 8192),
    "actions_before": (100, None, None, 50, 8192),
    "undos": (0, 128, 1000, TAKES_BACK),
    "payload_head": (1, 100),
    "action": (1,),
    "moments": ("[1]",),
    "seqs_before": ("[1]",),
}


async def test_no_query_of_the_past_scans_the_log(tmp_path: Path) -> None:
    session = Session(tmp_path)
    await session.open()
    await session.place(*[placement(x, by=bytes([x]) * 16) for x in range(5)])
    await session.act(fill())
    await session.act(read_only())
    await session.store.close()
    with closing(apsw.Connection(str(tmp_path / "board.db"))) as db:
        for name, values in ASKED.items():
            plan = [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {queries('sqlite')[name]}", values)]
            assert plan
            for step in plan:
                assert not step.startswith("SCAN l") or "INDEX log_other" in step, (name, plan)


async def test_questions_about_thousands_are_answered_in_few_rows(tmp_path: Path) -> None:
    """For each row SQLite lets go of the interpreter and has to get it back, beside a loop that is at work."""
    session = Session(tmp_path, settings=NO_LIMIT)
    await session.open()
    for seq in range(1, ENTRIES, BATCH):
        await session.place(
            *[placement(n % WIDTH, n % HEIGHT, by=bytes([n % 7]) * 16) for n in range(seq, seq + BATCH)]
        )
    assert isinstance(session.store, SqliteStore)
    rows: list[object] = []
    await session.store._ask(lambda db: db.trace_v2(apsw.SQLITE_TRACE_ROW, rows.append))
    moments = await session.store.moments(range(1, ENTRIES + 1))
    at_ms = [moments[seq] for seq in range(1, ENTRIES + 1)]
    seqs = await session.store.seqs_before(at_ms)
    strips = await session.store.strips(WHOLE, 0, ENTRIES)
    placed = await session.store.columns(0, ENTRIES)
    assert 0 < len(rows) < 12
    assert seqs == [bisect_left(at_ms, moment) for moment in at_ms]
    assert sum(len(strip.packed) for strip in strips) == ROW_BYTES * len(placed.seqs) == ROW_BYTES * ENTRIES
    await session.store.close()

"""What is asked of the past reads the log by key, however long it is: the plans of the queries."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw

from beeplace.log.past import TAKES_BACK, UNDOES_BAN
from beeplace.log.sql_files import queries
from tests.log.samples import Session, fill, placement, read_only

ASKED: dict[str, tuple[object, ...]] = {
    "placements": (0, 100, 0, 8, 0, 7),
    "strips": (0, 255),
    "stretches": (),
    "last_painted": (0, 100, 9, 8, 0, 0),
    "state_changes": (0, 100, UNDOES_BAN, 8192),
    "actions_before": (100, None, None, 50, 8192),
    "undos": (0, 128, 1000, TAKES_BACK),
    "payload_head": (1, 100),
    "action": (1,),
    "at_ms": (1,),
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

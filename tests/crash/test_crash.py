"""The crash rig in short; `make crash` runs it at length."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.crash.rig import Plan, Rig

FORGET = """
CREATE TEMP TABLE half AS SELECT seq / 2 AS seq FROM board;
DELETE FROM request WHERE seq > (SELECT seq FROM half);
DELETE FROM log WHERE seq > (SELECT seq FROM half);
UPDATE board SET seq = (SELECT seq FROM half);
DELETE FROM block;
UPDATE board SET kept_seq = 0;
"""
SHORT = Plan(kills=5, longest_life_seconds=1.5)


async def test_kill_9_under_load_breaks_no_promise(tmp_path: Path) -> None:
    totals = await Rig(SHORT, tmp_path).run()
    assert totals.violations == [], f"seed {totals.seed}"
    assert totals.kills == SHORT.kills
    assert totals.confirmed > 0
    assert totals.rejoined_by_delta > 0


async def test_a_run_sees_a_server_that_forgets(tmp_path: Path) -> None:
    """The rig itself: a database that loses half of its entries at a kill is not taken for a good one."""

    class Forgetful(Rig):
        async def start(self) -> None:
            with closing(sqlite3.connect(self.database)) as db, db:
                db.executescript(FORGET)
            await super().start()

    totals = await Forgetful(replace(SHORT, kills=4), tmp_path).run()
    assert totals.lost > 0

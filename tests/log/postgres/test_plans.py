"""What is asked of the past reads the log by key, however long it is: the plans of the queries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from beeplace.log.sql_files import queries
from tests.log.samples import Session, fill, placement, postgres, read_only
from tests.postgres import schema_url

ROWS = 20_000
ASKED: dict[str, str] = {
    "entries_after": "9000, 100",
    "history": "3, 4, 50, 4611686018427387904",
    "payload": "9000",
    "columns": "9000, 9100, 0, 8, 0, 7",
    "strips": "0, 1, 0, 0",
    "stretches": "",
    "last_painted": "9000, 9100, 9, 8, 0, 0",
    "state_changes": "9000, 9100, '\"kind\":18,', 8192",
    "actions_before": "9000, NULL, NULL, 50, 8192",
    "undos": "9000, 128, 1000, '\"target\":'",
    "payload_head": "9000, 100",
    "action": "9000",
    "moments": "'{1, 9000, 19000}'",
}
AT = "SELECT at_ms FROM log WHERE seq = $1"  # what `seqs_before` asks for each half
FILL = """
INSERT INTO log (seq, at_ms, epoch, kind, x, y, color, identity)
SELECT n, (SELECT max(at_ms) FROM log) + n, 1, 1, n * 7919 % 9, n * 104729 % 8, n % 4, decode(md5(n::text), 'hex')
  FROM generate_series((SELECT max(seq) + 1 FROM log), $1::bigint) AS n
"""


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_no_query_of_the_past_scans_the_log(tmp_path: Path, mode: str) -> None:
    session = Session(tmp_path, postgres)
    await session.open()
    await session.place(*[placement(x, by=bytes([x]) * 16) for x in range(5)])
    await session.act(fill())
    await session.act(read_only())
    await session.store.close()
    db = await asyncpg.connect(schema_url(str(tmp_path)))
    try:
        await db.execute(FILL.replace("$1", str(ROWS)))
        await db.execute("ANALYZE log")
        rows = await db.fetch("SELECT DISTINCT tableoid::regclass::text FROM log")
        filled = {table for (table,) in rows}  # months that are empty may be scanned
        await db.execute(f"SET plan_cache_mode = {mode}")
        for name, values in {**ASKED, AT: "9000"}.items():
            await db.execute(f"PREPARE asked AS {queries('postgres').get(name, name)}")
            arguments = f"({values})" if values else ""
            plan = json.loads(await db.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked{arguments}"))
            await db.execute("DEALLOCATE asked")
            scanned = [node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"]
            assert not filled & {*scanned}, (name, plan)
    finally:
        await db.close()


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)

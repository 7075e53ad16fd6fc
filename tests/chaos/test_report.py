"""The page about reliability is what the kept runs say."""

from __future__ import annotations

import json

from tests.chaos.report import PAGE, RUNS, page


def test_the_page_is_written_from_the_runs() -> None:
    assert PAGE.read_text() == page(json.loads(RUNS.read_text()))


def test_the_kept_runs_broke_nothing() -> None:
    runs = json.loads(RUNS.read_text())
    assert runs
    assert [
        run["seed"] for run in runs if any(run.get(name) for name in ("broken", "lost", "doubled", "over_allowance"))
    ] == []

"""The page about reliability is what the kept runs say, and names only tests that there are."""

from __future__ import annotations

import json

from tests.chaos.promises import PLANTED, PROMISES
from tests.chaos.report import PAGE, ROOT, RUNS, page


def test_the_page_is_written_from_the_runs() -> None:
    assert PAGE.read_text() == page(json.loads(RUNS.read_text()))


def test_every_promise_is_shown_by_tests_that_there_are() -> None:
    named = {test for _, _, tests, _ in PROMISES for test in tests} | {test for _, _, test in PLANTED}
    assert [test for test in named if not (ROOT / test).is_file()] == []


def test_the_kept_runs_broke_nothing() -> None:
    runs = json.loads(RUNS.read_text())
    assert runs
    assert [
        run["seed"] for run in runs if run["broken"] or run["lost"] or run["doubled"] or run["over_allowance"]
    ] == []

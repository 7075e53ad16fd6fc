"""The siege in short, on the smallest board; `make siege` has all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.siege import report
from tests.siege.run import SCENARIOS, Form, run
from tests.siege.scenario import Bounds, Result

SHORT = (
    "join-flood", "sleepers", "late-readers", "half-open", "odd-frames", "slow-bodies", "polling-flood", "storm",
    "line-breaks",
)  # fmt: skip
SCALE = 0.1


@pytest.mark.parametrize("name", SHORT)
async def test_a_crowd_in_short_stays_within_its_bounds(name: str, tmp_path: Path) -> None:
    result = await run(SCENARIOS[name], Form(64, scale=SCALE), tmp_path / "server")
    assert result.breaches == [], result.line()


def test_what_is_too_much_is_found() -> None:
    result = Result("idle", 64, "sqlite", 1, silence_ms=900, frame_p99_ms=900, refused=1, cut=2, memory_most_mb=900)
    result.log_bytes_per_second = 10_000
    result.judge(Bounds())
    assert len(result.breaches) == 8


def test_nothing_is_found_where_all_is_well() -> None:
    result = Result("idle", 64, "sqlite", 1, silence_ms=9, placed=10)
    result.judge(Bounds())
    assert result.breaches == []


def test_what_is_kept_names_scenarios_that_there_are() -> None:
    assert {result["scenario"] for result in report.results()} <= set(SCENARIOS)

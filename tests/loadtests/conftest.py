"""Runs a k6 test against a server of the test's own, and gives what k6 says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from loadtests.figures import Configuration, crossed
from loadtests.run import run_k6, summary_file


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of k6 ended with."""

    exit_code: int
    summary: dict[str, Any]

    @property
    def crossed(self) -> list[str]:
        """The metrics whose thresholds failed."""
        return crossed(self.summary)

    def value(self, metric: str, field: str) -> float:
        """One number of the summary."""
        return float(self.summary["metrics"][metric]["values"][field])


RunK6 = Callable[..., Outcome]


@pytest.fixture
def k6(tmp_path: Path) -> RunK6:
    """Runs `smoke` or `breakpoint` against a server; keywords are added to k6's environment."""

    def run(test: str, url: str, **environment: str) -> Outcome:
        configuration = Configuration(test, 64, 100)
        exit_code = run_k6(configuration, url, tmp_path, **{"STAY_MS": "0", **environment})
        return Outcome(exit_code, json.loads(summary_file(configuration, tmp_path).read_text()))

    return run

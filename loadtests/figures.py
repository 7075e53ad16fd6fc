"""The figures of one load test, read from k6's summary; `run.py` writes them as JSON, `report.py` as Markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from loadtests.usage import Usage


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is tested: a test on a square board at a refresh rate."""

    test: str
    board_size: int
    refresh_rate_ms: int

    @property
    def name(self) -> str:
        """For files: `breakpoint-64-100ms`."""
        return f"{self.test}-{self.board_size}-{self.refresh_rate_ms}ms"


@dataclass(frozen=True, slots=True)
class Figures:
    """What came out. None: not measured, because nobody stayed to the end or the machine has no /proc."""

    test: str
    board_size: int
    refresh_rate_ms: int
    measured_at: str
    cores: int
    passed: bool
    crossed: list[str]
    duration_seconds: float
    users: int
    users_at_once: int
    pixels: int
    pixels_seen: int
    pixels_refused: int
    errors: int
    connecting_p95_ms: float | None
    frame_p50_ms: float | None
    frame_p95_ms: float | None
    frame_p99_ms: float | None
    bytes_per_client: float | None
    server_cpu_seconds: float | None
    server_peak_mb: float | None
    k6_cpu_seconds: float | None
    other_cpu_share: float | None  # of all cores, by programs that are neither k6 nor the server
    server_lag_ms: float | None  # how late the server's loop woke up at worst, the end of all connections included

    @property
    def configuration(self) -> Configuration:
        """What was tested."""
        return Configuration(self.test, self.board_size, self.refresh_rate_ms)

    def write(self, folder: Path) -> None:
        """As JSON, for `report.py`."""
        (folder / f"{self.configuration.name}.json").write_text(json.dumps(asdict(self), indent=2) + "\n")


def read_all(folder: Path) -> list[Figures]:
    """Every result in the folder, by name; k6's own summaries beside them are left out."""
    files = sorted(path for path in folder.glob("*.json") if not path.name.endswith(".summary.json"))
    return [Figures(**json.loads(path.read_text())) for path in files]


def figures_of(
    configuration: Configuration,
    summary: Mapping[str, Any],
    *,
    passed: bool,
    measured_at: str,
    cores: int,
    before: Usage | None,
    after: Usage | None,
    server_lag_ms: float | None,
) -> Figures:
    """Puts k6's summary and what the processes used together."""
    metrics = summary["metrics"]
    return Figures(
        test=configuration.test,
        board_size=configuration.board_size,
        refresh_rate_ms=configuration.refresh_rate_ms,
        measured_at=measured_at,
        cores=cores,
        passed=passed,
        crossed=crossed(summary),
        duration_seconds=(_value(metrics, "arrivals", "max") or summary["state"]["testRunDurationMs"]) / 1000,
        users=count(summary, "users"),
        users_at_once=int(_value(metrics, "vus", "max") or 0),
        pixels=count(summary, "pixels"),
        pixels_seen=count(summary, "pixels_seen"),
        pixels_refused=count(summary, "pixels_refused"),
        errors=count(summary, "user_errors"),
        connecting_p95_ms=_value(metrics, "ws_connecting", "p(95)"),
        frame_p50_ms=_value(metrics, "placement_to_frame", "p(50)"),
        frame_p95_ms=_value(metrics, "placement_to_frame", "p(95)"),
        frame_p99_ms=_value(metrics, "placement_to_frame", "p(99)"),
        bytes_per_client=_value(metrics, "bytes_per_client", "avg"),
        server_lag_ms=server_lag_ms,
        **_used(before, after, cores),
    )


def crossed(summary: Mapping[str, Any]) -> list[str]:
    """Names of the metrics of which a threshold failed."""
    return sorted(
        name
        for name, metric in summary["metrics"].items()
        if any(not threshold["ok"] for threshold in metric.get("thresholds", {}).values())
    )


def _value(metrics: Mapping[str, Any], name: str, field: str) -> float | None:
    """None where k6 has no sample of it: a metric without one is absent, or all zeros."""
    values = metrics.get(name, {}).get("values", {})
    return values.get(field) if any(values.values()) else None


def count(summary: Mapping[str, Any], name: str) -> int:
    """The value of one of k6's counters."""
    return int(_value(summary["metrics"], name, "count") or 0)


def _used(before: Usage | None, after: Usage | None, cores: int) -> dict[str, float | None]:
    names = ("server_cpu_seconds", "server_peak_mb", "k6_cpu_seconds", "other_cpu_share")
    if before is None or after is None:
        return dict.fromkeys(names)
    server = after.server_seconds - before.server_seconds
    k6 = after.children_seconds - before.children_seconds
    other = after.machine_seconds - before.machine_seconds - server - k6
    share = max(0.0, other) / (cores * (after.at - before.at))
    return dict(zip(names, (server, after.server_peak_mb, k6, share), strict=True))

"""`loadtests/run.py`: a server of its own, k6, figures on the terminal, and tables in the document."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from loadtests import report, run
from loadtests.figures import Configuration, Figures, read_all
from loadtests.usage import usage
from tests.servers import ServerProcess

FIGURES = Figures(
    test="breakpoint",
    board_size=64,
    refresh_rate_ms=100,
    measured_at="2026-01-02 03:04 UTC",
    cores=2,
    passed=True,
    crossed=["ws_connecting"],
    duration_seconds=61.25,
    users=6123,
    users_at_once=5000,
    pixels=17000,
    pixels_seen=16990,
    pixels_refused=0,
    errors=2,
    connecting_p95_ms=1234.5,
    frame_p50_ms=60,
    frame_p95_ms=110,
    frame_p99_ms=130,
    bytes_per_client=None,
    server_cpu_seconds=40.0,
    server_peak_mb=200.0,
    k6_cpu_seconds=60.0,
    other_cpu_share=0.02,
    server_lag_ms=12.0,
)


def test_a_smoke_run_keeps_and_prints_its_figures(tmp_path: Path) -> None:
    command = [sys.executable, "loadtests/run.py", "smoke", "--board-size", "32", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=run.FOLDER.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "smoke-32-100ms: passed" in done.stdout
    (figures,) = read_all(tmp_path)
    assert figures.configuration == Configuration("smoke", 32, 100)
    assert (figures.users, figures.pixels, figures.pixels_seen, figures.errors) == (5, 15, 15, 0)
    assert figures.frame_p50_ms is not None
    assert 0 < figures.frame_p50_ms < 1_000
    assert figures.bytes_per_client is not None
    assert figures.bytes_per_client > 32 * 32
    assert figures.server_peak_mb is not None
    assert figures.server_peak_mb > 10
    assert figures.server_lag_ms is not None
    assert figures.other_cpu_share is not None
    assert 0 <= figures.other_cpu_share <= 1
    assert b"<html" in (tmp_path / "smoke-32-100ms.html").read_bytes()[:200]


def test_a_smoke_run_that_fails_says_so(tmp_path: Path) -> None:
    """The environment of k6 is passed on but for k6's own settings, so a test can spoil a run."""
    command = [sys.executable, "loadtests/run.py", "smoke", "--out", str(tmp_path)]
    environment = os.environ | {"MAX_PIXELS": "4"}
    done = subprocess.run(command, cwd=run.FOLDER.parent, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "smoke-64-100ms: FAILED" in done.stdout
    assert read_all(tmp_path)[0].crossed == ["checks", "pixels", "pixels_seen"]


def test_all_means_every_configuration_of_the_thesis() -> None:
    given = run.parser().parse_args(["breakpoint", "--all"])
    assert run.configurations(given) == list(report.THESIS)


def test_one_configuration_is_the_festivals_unless_another_is_asked_for() -> None:
    parse = run.parser().parse_args
    assert run.configurations(parse(["breakpoint"])) == [Configuration("breakpoint", 64, 100)]
    asked = ["breakpoint", "--board-size", "256", "--refresh-rate", "400"]
    assert run.configurations(parse(asked)) == [Configuration("breakpoint", 256, 400)]


def test_the_report_puts_the_results_between_the_marks(tmp_path: Path) -> None:
    FIGURES.write(tmp_path)
    dataclasses.replace(FIGURES, test="smoke").write(tmp_path)
    document = tmp_path / "document.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    assert run.main(["report", "--out", str(tmp_path), "--into", str(document)]) == 0
    text = document.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| 64 x 64 | 100 ms | 61.2 s | 29.3 s | 6,123 | 1,341.5 | 17,000 | 3,087 | ws_connecting |" in text
    assert text.count("| 64 x 64 |") == 2


def test_a_report_repeated_changes_nothing(tmp_path: Path) -> None:
    once = report.insert(f"{report.BEGIN}{report.END}", [FIGURES])
    assert report.insert(once, [FIGURES]) == once


def test_what_was_not_measured_is_a_dash() -> None:
    assert "| – |" in report.table(report.WHAT_IT_LACKED, [FIGURES])


def test_a_busy_machine_is_told() -> None:
    busy = dataclasses.replace(FIGURES, other_cpu_share=0.4)
    assert "not quiet" in report.insert(f"{report.BEGIN}{report.END}", [FIGURES, busy])
    assert "not quiet" not in report.insert(f"{report.BEGIN}{report.END}", [FIGURES])


def test_a_document_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        report.insert("no marks", [FIGURES])


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    FIGURES.write(tmp_path)
    (tmp_path / "breakpoint-64-100ms.summary.json").write_text(json.dumps({}))
    assert read_all(tmp_path) == [FIGURES]


def test_the_usage_of_a_server_grows(server: ServerProcess) -> None:
    used = usage(server.process.pid)
    assert used is not None
    assert 0 < used.server_seconds <= used.machine_seconds
    assert 10 < used.server_peak_mb < 1_000
    server.stop()
    assert usage(server.process.pid) is None

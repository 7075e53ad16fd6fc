"""The command line: what it explains, and how it ends when it is misused."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.e2e.process import run_beeplace

PROGRAM = Path(sys.executable).parent / "beeplace"


@pytest.mark.parametrize(
    ("arguments", "word"), [(["--help"], "server"), (["serve", "--help"], "server"), (["doctor", "--help"], "machine")]
)
def test_a_command_explains_itself(tmp_path: Path, arguments: list[str], word: str) -> None:
    ended = run_beeplace(tmp_path, *arguments)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("usage: beeplace")
    assert word in ended.stdout


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    assert run_beeplace(tmp_path, "--version").stdout == f"beeplace {version('beeplace')}\n"


def test_the_program_is_the_module(tmp_path: Path) -> None:
    program = subprocess.run([PROGRAM, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert program.stdout == run_beeplace(tmp_path, "--version").stdout


@pytest.mark.parametrize("most", [9, 12, 30])
def test_a_process_without_descriptors_says_so_and_nothing_else(tmp_path: Path, most: int) -> None:
    ended = subprocess.run(
        ["sh", "-c", f"ulimit -n {most}; exec {PROGRAM} serve --port 0"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (75, "beeplace: cannot start: Too many open files /dev/null\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["sevre"],
        ["--nonsense"],
        ["serve", "--nonsense"],
        ["serve", "more"],
        ["--vers"],
        ["serve", "--port"],
        ["serve", "--api-key", "k" * 24],
        ["serve", "--workers"],
        ["serve", "--workers", "0"],
        ["serve", "--workers", "65"],
        ["serve", "--workers", "-1"],
        ["serve", "--workers", "two"],
        ["serve", "--workers", "２"],
        ["doctor", "--workers", "2"],
        ["doctor", "more"],
    ],
)
def test_an_unknown_command_or_option_is_a_usage_error(tmp_path: Path, arguments: list[str]) -> None:
    ended = run_beeplace(tmp_path, *arguments)
    assert (ended.returncode, ended.stdout) == (64, "")
    assert re.fullmatch(r"beeplace[^\n]*: [^\n]+\n", ended.stderr)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_port_names_its_rule(tmp_path: Path) -> None:
    ended = run_beeplace(tmp_path, "serve", "--port", "abc")
    assert ended.returncode == 64
    assert re.fullmatch(r"beeplace serve: argument --port: [^\n]+\n", ended.stderr)


def test_several_workers_are_explained(tmp_path: Path) -> None:
    told = run_beeplace(tmp_path, "serve", "--help").stdout
    for word in ("--workers N", "PostgreSQL", "SIGHUP"):
        assert word in told
    assert "long-polling" not in told
    assert "--worker " not in told


def test_an_option_counts_more_than_the_environment(tmp_path: Path) -> None:
    ended = run_beeplace(tmp_path, "serve", "--port", "65536", PORT="0")
    assert "not '65536'" in ended.stderr


def test_an_interrupt_while_the_server_loads_leaves_no_trace(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "beeplace", "serve", "--port", "0"]
    told, quiet = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, cwd=tmp_path, stdout=quiet, stderr=told, text=True) as server:
        assert server.stderr
        for line in server.stderr:
            if line.endswith(" beeplace.settings.settings\n"):
                break
        server.send_signal(signal.SIGINT)
        assert "Traceback" not in server.stderr.read()
    assert server.returncode in (-signal.SIGINT, 0)

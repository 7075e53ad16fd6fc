"""The Makefile and the scripts behind it: the verbs people rely on, and no work done twice."""

import os
import re
import subprocess
import sys

import pytest

from tests.project import tree

VERBS = ["run", "setup", "test", "format", "lint", "types", "breakpoint", "crash", "bench", "lock", "clean"]


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=tree.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("verb", VERBS)
def test_help_lists_the_verb(verb: str) -> None:
    assert f"make {verb} " in make().stdout


def test_the_readme_names_verbs_that_exist() -> None:
    named = set(re.findall(r"`?make ([a-z-]+)`", tree.text("README.md"))) | {"run"}
    offered = set(re.findall(r"^  make (\S+)", make("help").stdout, re.MULTILINE))
    assert named <= offered


def test_a_second_setup_has_nothing_to_do() -> None:
    first = make("setup")
    assert first.returncode == 0, first.stdout + first.stderr
    assert make("--question", ".venv/.project", "beeplace/web/index.html").returncode == 0


@pytest.mark.parametrize("path", [".ci/run", *map(str, tree.files("scripts/*.sh"))])
def test_a_script_can_be_run(path: str) -> None:
    assert os.access(tree.ROOT / path, os.X_OK)
    assert "set -euo pipefail" in tree.text(path)
    assert subprocess.run(["bash", "-n", tree.ROOT / path], check=False).returncode == 0


def test_the_checks_stop_at_the_first_failure() -> None:
    command = [sys.executable, "scripts/checks.py", "help", "no-such-check", "lint"]
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.endswith("checks: 1 passed, 1 failed\n")
    assert "stopped at 'no-such-check'" in done.stdout
    assert "== lint" not in done.stdout


def test_checks_side_by_side_all_say_how_they_ended() -> None:
    command = [sys.executable, "scripts/checks.py", "no-such-check,help,nor-such-a-one", "lint"]
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "== help\n" in done.stdout
    assert "make test " in done.stdout
    assert "No rule to make target 'nor-such-a-one'" in done.stdout
    assert done.stdout.endswith("Not run: lint\nchecks: 1 passed, 2 failed\n")

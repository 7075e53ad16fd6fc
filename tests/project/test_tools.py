"""The programs that the tests need are there and start; `make needs` found or installed them."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.project import tree

COMMANDS = {
    "chromium": ["chromium", "--version"],
    "haproxy": ["haproxy", "-v"],
    "headless-shell": ["headless-shell", "--version"],
    "k6": ["k6", "version"],
    "nginx": ["nginx", "-v"],
    "pgbouncer": ["pgbouncer", "--version"],
    "node": ["node", "--version"],
    "postgres": ["postgres", "--version"],
    "redis-server": ["redis-server", "--version"],
}


@pytest.fixture(scope="module")
def tools() -> dict[str, str]:
    file = tree.ROOT / ".setup" / "tools.json"
    assert file.exists(), "`make needs` writes it"
    return dict(json.loads(file.read_text()))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_tool_starts_and_says_its_version(tools: dict[str, str], name: str) -> None:
    program, argument = COMMANDS[name]
    path = Path(tools[name], program) if name == "postgres" else Path(tools[name])
    answer = subprocess.run([path, argument], capture_output=True, text=True, timeout=30, check=True)
    assert re.search(r"\d+\.\d+", answer.stdout + answer.stderr)


@pytest.mark.parametrize("name", ["font", "zbar"])
def test_what_screenshots_are_drawn_and_read_with_is_there(tools: dict[str, str], name: str) -> None:
    assert Path(tools[name]).is_file()


def test_nothing_else_is_needed(tools: dict[str, str]) -> None:
    assert set(tools) == {*COMMANDS, "font", "zbar"}

"""What all tests share: a clean environment, and real servers.

`--hypothesis-profile=long` looks longer for counterexamples.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from beeplace.settings.table import FIELDS
from tests.servers import ServerProcess

settings.register_profile("a shared machine", deadline=None)
settings.register_profile("long", max_examples=5_000, stateful_step_count=80, deadline=None)
settings.load_profile("a shared machine")

for _field in FIELDS:  # a developer's own settings never change a result
    os.environ.pop(_field.variable, None)

# Where a file takes longest. What begins last should be short, or one process works while the others have nothing left.
LONG = (
    "project/test_wheel.py", "crash", "chaos", "siege", "specification", "deployment", "fuzz", "loadtests",
    "supervisor", "desk", "browser", "e2e", "history",
)  # fmt: skip
_HERE = Path(__file__).parent

StartServer = Callable[..., ServerProcess]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the long files."""
    items.sort(key=lambda item: _turn(item.path))


@cache
def _turn(path: Path) -> int:
    relative = path.relative_to(_HERE)
    return next((turn for turn, long in enumerate(LONG) if relative.is_relative_to(long)), len(LONG))


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers with the settings given as keywords; all of them are ended with the test."""
    running: list[ServerProcess] = []

    def start(**settings: object) -> ServerProcess:
        running.append(ServerProcess(tmp_path / f"server{len(running)}", **settings))
        return running[-1]

    yield start
    for server in running:
        if server.process.poll() is None:
            server.kill()


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server with the default settings for a module's tests that change nothing another of them would notice."""
    server = ServerProcess(tmp_path_factory.mktemp("shared") / "server")
    yield server
    server.kill()


@pytest.fixture
def server(start_server: StartServer) -> ServerProcess:
    """One server with the default settings."""
    return start_server()

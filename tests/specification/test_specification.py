"""The server does what its own specification says, with a key of each role and with none."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.keys import add_key
from tests.servers import API_KEY, ServerProcess
from tests.specification.tried import tried

TRIED = re.compile(r"\b[1-9]\d* generated, ")  # a run that found nothing to try has no failure


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One for all runs."""
    running = ServerProcess(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


def test_every_route_answers_the_edges_of_its_schemas_as_it_says(server: ServerProcess) -> None:
    found = tried(server.url, API_KEY, "--generation-deterministic", "--phases", "coverage")
    assert found.returncode == 0, found.stdout[-6000:]
    assert TRIED.search(found.stdout)
    assert "a route failed" not in server.log.read_text()


@pytest.mark.parametrize("role", ["operator", "moderator", "viewer", None])
def test_every_example_is_answered_as_the_specification_says(server: ServerProcess, role: str | None) -> None:
    key = add_key(server, f"an {role}", role) if role else None
    found = tried(server.url, key, "--generation-deterministic", "--phases", "examples")
    assert found.returncode == 0, found.stdout[-6000:]
    assert TRIED.search(found.stdout)

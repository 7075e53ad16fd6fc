"""One server for each file of tests that only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with the default settings."""
    running = ServerProcess(tmp_path_factory.mktemp("server"))
    yield running
    running.kill()

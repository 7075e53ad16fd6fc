"""One server for each file of the catalogue: that it survives one row is what the next row needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with the thesis's board and a short refresh."""
    running = ServerProcess(tmp_path_factory.mktemp("server"), BOARD_REFRESH_RATE=20)
    yield running
    if running.process.poll() is None:
        running.kill()

"""One server for each file of the catalogue: that it survives one row is what the next row needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import ServerProcess

ROWS = 15  # some bring three newcomers each, and from the sixtieth of a minute on they would owe work


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with the thesis's board and a short refresh."""
    running = ServerProcess(tmp_path_factory.mktemp("server"), BOARD_REFRESH_RATE=20)
    yield running
    if running.process.poll() is None:
        running.kill()


@pytest.fixture(scope="module")
def rows() -> list[str]:
    """Those that the server has survived since it was started."""
    return []


@pytest.fixture(autouse=True)
def no_flood(request: pytest.FixtureRequest, rows: list[str]) -> None:
    """Ends the server in good order after so many rows, and starts it again on the same board."""
    if "server" not in request.fixturenames:
        return
    server: ServerProcess = request.getfixturevalue("server")
    if len(rows) == ROWS:
        assert server.stop() == 0
        server.start()
        rows.clear()
    rows.append(request.node.name)

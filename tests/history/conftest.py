"""One person at a real server, for the routes of the walls."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.clients.phone import Phone, dial
from tests.conftest import StartServer
from tests.servers import ServerProcess


@pytest.fixture
def server(start_server: StartServer) -> ServerProcess:
    """Anyone may place as much as they like."""
    return start_server(COOLDOWN=0, SOCKET_EVENTS_PER_SECOND=10_000)


@pytest.fixture
async def phone(server: ServerProcess) -> AsyncIterator[Phone]:
    """Has joined."""
    async with dial(server.url) as phone:
        await phone.join()
        yield phone

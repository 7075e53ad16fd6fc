"""The echo server, in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conformance.echo_server import serving
from tests.conformance.suite import Peer


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Where the echo listens."""
    async with serving(0) as port:
        yield port


@pytest.fixture
async def engine(port: int) -> AsyncIterator[Peer]:
    """A peer of the bare Engine.IO echo."""
    async with Peer(port, "engine.io") as peer:
        yield peer


@pytest.fixture
async def sockets(port: int) -> AsyncIterator[Peer]:
    """A peer of the Socket.IO echo."""
    async with Peer(port, "socket.io") as peer:
        yield peer

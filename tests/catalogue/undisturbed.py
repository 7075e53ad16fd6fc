"""What must hold after every bad input: the server answers, logs no trace, keeps its board, and serves the others."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.clients.http import get
from tests.clients.phone import dial
from tests.servers import ServerProcess


@asynccontextmanager
async def undisturbed(server: ServerProcess, *, board_may_change: bool = False) -> AsyncIterator[None]:
    """Around one bad input."""
    logged = server.log.stat().st_size
    before = await board(server)
    async with dial(server.url) as other:
        await other.join({"watch": True})
        yield
        assert (await get(server.url, "/health"))[0] == 200
        if not board_may_change:
            assert await board(server) == before
        async with dial(server.url) as witness:
            await witness.join(secrets.token_hex(8))
            placed = await witness.place(7, 60, 4)
            assert placed["ok"], placed
            await other.reached(placed["seq"])
        assert bytes(other.board) == await board(server)
    assert b"Traceback" not in server.log.read_bytes()[logged:]


async def board(server: ServerProcess) -> bytes:
    """The board as anyone reads it."""
    status, body, _ = await get(server.url, "/api/board")
    assert status == 200
    return body


async def remaining(server: ServerProcess, fingerprint: str) -> int:
    """How many pixels somebody may still place, as a further socket of theirs is told."""
    async with dial(server.url) as phone:
        state = await phone.join(fingerprint)
        return int(state["remainingPixels"])

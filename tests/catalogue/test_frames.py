"""Bad frames over a real socket, row by row (`frames.json`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.catalogue.freed import clients, freed, kicked, metric
from tests.catalogue.rows import Row, whole_rows
from tests.catalogue.undisturbed import undisturbed
from tests.catalogue.written import written
from tests.clients.websocket import WebSocket
from tests.servers import ServerProcess


async def opened(server: ServerProcess, row: Row) -> WebSocket:
    return await (WebSocket.dial if row.get("before") == "connect" else WebSocket.open)(server.port)


@pytest.mark.parametrize("row", whole_rows("frames", "frames"))
async def test_a_bad_frame_closes_the_socket_and_frees_it(server: ServerProcess, row: Row) -> None:
    async with undisturbed(server), freed(server):
        before = await metric(server, "clients")
        for one in row["frames"]:
            counted = await kicked(server, row["closed"])
            wire = await opened(server, row)
            wire.write(b"".join(map(written, [one] if isinstance(one, str) else one)))
            assert await wire.close_code() in row["closed"], one
            await clients(server, before)  # though the client has not even answered
            assert await kicked(server, row["closed"]) == counted + (row.get("by") != "the client"), one
            wire.close()


async def half_a_goodbye(server: ServerProcess) -> None:
    wire = await WebSocket.open(server.port)
    await wire.join()
    wire.write_eof()
    assert await wire.ended()
    wire.close()


async def half_a_frame(server: ServerProcess) -> None:
    wire = await WebSocket.open(server.port)
    await wire.join()
    wire.write(written('text 42["sync",{}]')[:9])
    wire.close()


STORIES: dict[str, Callable[[ServerProcess], Awaitable[None]]] = {
    play.__name__: play for play in (half_a_goodbye, half_a_frame)
}


@pytest.mark.parametrize("row", whole_rows("frames", "story"))
async def test_a_socket_that_ends_badly_is_freed(server: ServerProcess, row: Row) -> None:
    async with undisturbed(server), freed(server):
        await STORIES[row["story"]](server)

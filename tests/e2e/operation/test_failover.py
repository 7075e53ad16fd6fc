"""Two servers in DATABASE_URL, of which the second takes over: gateways find it by themselves."""

from __future__ import annotations

import time

from tests import postgres
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.e2e.pair import until_ready
from tests.servers import ServerProcess
from tests.standby import Standby
from tests.waiting import until

FREE = {"COOLDOWN": 0, "BOARD_SIZE": 16}
BACK_SECONDS = 5.0  # after the second server takes changes


def address(*servers: postgres.PostgresServer) -> str:
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
    return f"postgresql://{postgres.USER}@{hosts}/board"


async def draw(server: ServerProcess, place: int) -> None:
    async with dial(server.url) as phone:
        await phone.join()
        assert (await phone.place(place, 0, 1))["ok"]


async def test_placing_goes_on_at_the_standby_that_was_promoted(start_server: StartServer) -> None:
    with postgres.PostgresServer() as first:
        first.url("board")
        second = Standby(first)
        with second:
            server = start_server(DATABASE_URL=address(first, second), **FREE)
            await draw(server, 1)
            await until(second.has_all)
            first.kill()
            second.sql("SELECT pg_promote()")  # returns once it has taken over
            promoted = time.monotonic()
            async with dial(server.url) as phone:
                await phone.join()
                while not (await phone.place(2, 0, 1))["ok"]:
                    pass
            assert time.monotonic() - promoted < BACK_SECONDS
            await until_ready(server, lambda status, told: (status, told.get("seq")) == (200, 2))
            assert server.stop() == 0
            server.start()  # with the first one away
            await draw(server, 3)


async def test_the_one_that_takes_changes_is_found_wherever_it_stands(start_server: StartServer) -> None:
    with postgres.PostgresServer() as first:
        first.url("board")
        second = Standby(first)
        with second:
            server = start_server(DATABASE_URL=address(second, first), **FREE)
            await draw(server, 1)
            assert [tuple(row) for row in first.sql("SELECT seq FROM board", "board")] == [(1,)]

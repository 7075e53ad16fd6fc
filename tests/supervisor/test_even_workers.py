"""Workers of one port have about as many clients each, and a full one leaves newcomers to the others."""

from __future__ import annotations

import asyncio
import re
import resource
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from tests import postgres
from tests.clients.frames import upgrade_request
from tests.supervisor.crew import DEADLINE_SECONDS, Crew, open_files
from tests.waiting import until

CLIENTS = 90
SID = re.compile(rb'"sid":"([A-Za-z0-9_-]{4})')


@pytest.fixture
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """Three workers for all tests of this module."""
    server = Crew(tmp_path_factory.mktemp("even"), DATABASE_URL=postgres.shared().url())
    yield server
    server.kill()


class Clients:
    """Open sockets, which come back when they are sent away."""

    def __init__(self, port: int, stack: AsyncExitStack) -> None:
        self._port, self._stack = port, stack
        self.workers: dict[int, bytes] = {}  # by client: the name of its worker, which its session's id begins with

    async def come(self, number: int) -> None:
        """One more client, and again whenever it is sent away."""
        reader = await self._open(number)
        task = asyncio.create_task(self._stay(number, reader))
        self._stack.callback(task.cancel)

    async def _open(self, number: int) -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._stack.callback(writer.close)
        writer.write(upgrade_request())
        async with asyncio.timeout(DEADLINE_SECONDS):
            while (found := SID.search(await reader.readuntil(b"}"))) is None:
                pass
        self.workers[number] = found[1]
        return reader

    async def _stay(self, number: int, reader: asyncio.StreamReader) -> None:
        while True:
            while await reader.read(65_536):
                pass
            del self.workers[number]
            reader = await self._open(number)

    def counts(self) -> list[int]:
        """How many each worker has."""
        return sorted(Counter(self.workers.values()).values())

    def even(self) -> bool:
        """Whether no worker has a quarter more or less than its share; of many it is a tenth."""
        counts, share = self.counts(), len(self.workers) / 3
        return len(counts) == 3 and share * 0.75 <= counts[0] <= counts[2] <= share * 1.25


async def test_workers_have_as_many_clients_each_also_once_people_came_after_a_rolling_restart(crew: Crew) -> None:
    async with AsyncExitStack() as stack:
        clients = Clients(crew.port, stack)
        for number in range(CLIENTS):
            await clients.come(number)
        assert clients.even(), clients.counts()
        before = set(clients.workers.values())
        crew.process.send_signal(signal.SIGHUP)
        await until(lambda: crew.count("rolling restart done") == 1 and len(clients.workers) == CLIENTS)
        assert not before & set(clients.workers.values())
        for number in range(CLIENTS, 2 * CLIENTS):  # those who were sent away came in one moment, to workers just begun
            await clients.come(number)
        assert clients.even(), clients.counts()


async def test_a_worker_near_its_limit_says_so_and_the_others_take_who_comes(crew: Crew) -> None:
    full = min(crew.workers())
    before, many = resource.prlimit(full, resource.RLIMIT_NOFILE), len(open_files(full))
    limit = (many + 6) * 8 // 7  # an eighth is kept
    resource.prlimit(full, resource.RLIMIT_NOFILE, (limit, before[1]))
    async with AsyncExitStack() as stack:
        clients = Clients(crew.port, stack)
        for number in range(CLIENTS):
            await clients.come(number)
        assert sum(clients.counts()) == CLIENTS
        assert clients.counts()[0] < 10
        await until(lambda: crew.count("descriptors") > 0)

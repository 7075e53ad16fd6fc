"""Where PostgreSQL is to wait for a standby: what no standby has is never confirmed, whoever ends the wait."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from beeplace.errors import StoreUnavailable
from beeplace.log.store import OutcomeUnknown
from tests.chaos.links.proxy import Proxy
from tests.log.patience import again, log_of, session_at
from tests.log.samples import ANN, BOB, Session, placement, rid
from tests.postgres import PostgresServer, memory, program
from tests.waiting import DEADLINE_SECONDS, ended, patiently, until, wait_until

WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
NAME = "standby"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer(memory()) as server:
        access = server.data / "pg_hba.conf"
        access.write_text(access.read_text() + "host replication all 127.0.0.1/32 trust\n")
        server.sql("SELECT pg_reload_conf()")
        yield server


def require(server: PostgresServer, names: str) -> None:
    """From now on commits wait for a standby of that name; none where it is empty."""
    server.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
    server.sql("SELECT pg_reload_conf()")
    wait_until(lambda: server.sql("SHOW synchronous_standby_names")[0][0] == names)


@asynccontextmanager
async def no_standby(server: PostgresServer) -> AsyncIterator[None]:
    """Commits wait for one that is gone."""
    require(server, NAME)
    try:
        yield
    finally:
        require(server, "")


@contextmanager
def standby(server: PostgresServer) -> Iterator[None]:
    """One that stores what is committed, as a copy of the server would."""
    folder = server.folder / "standby"
    folder.mkdir()
    if server._as_nobody:
        shutil.chown(folder, "nobody", "nogroup")
    options = ["-D", str(folder), "--synchronous", "-d", f"{server.address()}?application_name={NAME}"]
    command = [str(program("pg_receivewal")), *options]
    process = subprocess.Popen(command, cwd=server.folder, **server._as_nobody)
    try:
        wait_until(lambda: bool(server.sql(f"SELECT FROM pg_stat_replication WHERE application_name = '{NAME}'")))
        yield
    finally:
        process.send_signal(signal.SIGINT)
        ended(process, "the standby")
        shutil.rmtree(folder)


@pytest.fixture
def url(server: PostgresServer) -> str:
    return server.inside(server.schema())


async def waiting_backend(server: PostgresServer) -> int:
    found: list[int] = []

    def looks() -> bool:
        found[:] = [row[0] for row in server.sql(WAITING)]
        return bool(found)

    await until(looks)
    return found[0]


async def refused_for(session: Session, why: str) -> None:
    """Placing comes to be refused for that reason, and is never answered otherwise."""
    said = ""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while why not in said:
            with pytest.raises(StoreUnavailable) as error:
                await session.place(placement(by=BOB))
            said = str(error.value)
            await asyncio.sleep(0.05)


async def test_what_no_standby_has_is_neither_confirmed_nor_seen(server: PostgresServer, url: str) -> None:
    async with session_at(url) as one, session_at(url) as two:
        async with no_standby(server):
            with pytest.raises(OutcomeUnknown):
                await one.place(placement(rid=rid(1)))
            for session in (one, two):
                assert await log_of(session) == []
                await refused_for(session, "no standby confirms what is committed")
        first = await again(one)
        assert [a.seq for a in await two.place(placement(rid=rid(1)))] == [1]
        assert [a.seq for a in first] == [2]


END: dict[str, Callable[[PostgresServer, int], object]] = {
    "cancelled": lambda server, pid: server.sql(f"SELECT pg_cancel_backend({pid})"),
    "terminated": lambda server, pid: server.sql(f"SELECT pg_terminate_backend({pid})"),
}


@pytest.mark.parametrize("end", END)
async def test_a_wait_that_somebody_ends_confirms_nothing(server: PostgresServer, url: str, end: str) -> None:
    """The transaction is on this machine alone then: neither its first answer nor a repeated one says `ok`."""
    async with session_at(url) as one, session_at(url) as two:
        async with no_standby(server):
            placing = asyncio.create_task(one.place(placement(rid=rid(1))))
            END[end](server, await waiting_backend(server))
            with pytest.raises(OutcomeUnknown):
                await placing
            for session in (one, two):
                with pytest.raises(StoreUnavailable):
                    await session.place(placement(rid=rid(1)))
        answers = await patiently(lambda: two.place(placement(rid=rid(1))), StoreUnavailable)
        assert [a.seq for a in answers] == [1]
        assert [e.identity for e in await log_of(one)] == [ANN]


async def test_a_repeated_request_is_not_confirmed_from_one_machine_alone(server: PostgresServer, url: str) -> None:
    """On a gateway that knows nothing of the wait, while no other commit holds the lock."""
    async with session_at(url) as one, session_at(url) as two:
        await one.place(placement(rid=rid(1)))
        async with no_standby(server):
            with pytest.raises(OutcomeUnknown):
                await two.place(placement(rid=rid(1)))
        answers = await patiently(lambda: two.place(placement(rid=rid(1))), StoreUnavailable)
        assert [a.seq for a in answers] == [1]


async def test_a_lost_answer_is_not_taken_from_one_machine_alone(server: PostgresServer) -> None:
    schema = server.schema()
    async with Proxy(server.port) as link, session_at(server.inside(schema, link.port)) as session:
        async with no_standby(server):
            link.lose_answer(b"COMMIT")
            with pytest.raises(OutcomeUnknown):
                await session.place(placement(rid=rid(1)))
            link.heal()
        answers = await patiently(lambda: session.place(placement(rid=rid(1))), StoreUnavailable)
        assert [a.seq for a in answers] == [1]


async def test_a_server_that_restarts_meanwhile_confirms_nothing(server: PostgresServer, url: str) -> None:
    async with session_at(url) as session:
        async with no_standby(server):
            placing = asyncio.create_task(session.place(placement(rid=rid(1))))
            await waiting_backend(server)
            await asyncio.to_thread(server.stop, "immediate")
            await asyncio.to_thread(server.start)
            with pytest.raises(StoreUnavailable):
                await placing
            with pytest.raises(StoreUnavailable):
                await session.place(placement(rid=rid(1)))
        answers = await patiently(lambda: session.place(placement(rid=rid(1))), StoreUnavailable)
        assert [a.seq for a in answers] == [1]


async def test_a_standby_that_is_there_confirms_and_one_that_comes_back_goes_on(
    server: PostgresServer, url: str
) -> None:
    async with session_at(url) as session:
        with standby(server):
            require(server, NAME)
            await place_and_expect(session, 1)
        with pytest.raises(OutcomeUnknown):
            await session.place(placement(rid=rid(1)))
        with standby(server):
            answers = await patiently(lambda: session.place(placement(rid=rid(1))), StoreUnavailable)
            assert [a.seq for a in answers] == [2]
            require(server, "")


async def place_and_expect(session: Session, seq: int) -> None:
    assert [a.seq for a in await session.place(placement())] == [seq]

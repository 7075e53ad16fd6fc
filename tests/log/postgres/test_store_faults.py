"""What befalls the shared store: lost connections, a server that ends, gateways that are killed, foreign locks.

After each of them the log has what was confirmed, nothing that was refused, and placing goes on by itself.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial

import asyncpg
import pytest

from beeplace.board.rules import Decision, Facts, decide
from beeplace.errors import StoreUnavailable
from beeplace.log.postgres.store import PostgresStore
from beeplace.log.store import FactsNeeded, OutcomeUnknown
from tests.log.patience import again, log_of, seqs, session_at
from tests.log.samples import WANTED, Session, placement
from tests.postgres import PostgresServer, memory
from tests.waiting import until

KILLED = """
import asyncio, sys
from functools import partial
from beeplace.log.crash_points import arm
from beeplace.board.rules import decide
from beeplace.log.store import FactsNeeded
from beeplace.log.postgres.store import PostgresStore
from tests.log.samples import WANTED, placement

async def main():
    store = PostgresStore(sys.argv[1])
    arm(sys.argv[2], 1)
    await store.open(WANTED)
    await store.commit(FactsNeeded(), partial(decide, [placement()]))

asyncio.run(main())
"""
OURS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'beeplace'"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """One that may be stopped and killed."""
    with PostgresServer(memory()) as server:
        yield server


@pytest.fixture
def schema(server: PostgresServer) -> str:
    """Where this test's board is."""
    return server.schema()


@pytest.fixture
async def session(server: PostgresServer, schema: str) -> AsyncIterator[Session]:
    async with session_at(server.inside(schema)) as session:
        yield session


@pytest.mark.parametrize(
    "end", [PostgresServer.stop, partial(PostgresServer.stop, mode="immediate"), PostgresServer.kill]
)
async def test_a_server_that_ends_under_commits_loses_nothing_that_was_confirmed(
    server: PostgresServer, session: Session, end: Callable[[PostgresServer], None]
) -> None:
    confirmed: dict[bytes, int | None] = {}
    unknown: set[bytes] = set()
    ended = asyncio.Event()

    async def draw() -> None:
        for number in range(1_000_000):
            who = number.to_bytes(16, "big")
            try:
                [answer] = await session.place(placement(by=who))
                confirmed[who] = answer.seq
                if ended.is_set():
                    return
            except OutcomeUnknown:
                unknown.add(who)
            except StoreUnavailable:
                await asyncio.sleep(0.001)

    async with asyncio.TaskGroup() as group:
        drawing = group.create_task(draw())
        await until(lambda: len(confirmed) > 20)
        await asyncio.to_thread(end, server)
        await asyncio.to_thread(server.start)
        ended.set()
        await asyncio.wait_for(drawing, 30)
    log = await log_of(session)
    assert [e.seq for e in log] == list(range(1, len(log) + 1))
    in_log = {e.identity: e.seq for e in log}
    assert {who: seq for who, seq in in_log.items() if who not in unknown} == confirmed


@pytest.mark.parametrize(("point", "log"), [("migrating", []), ("locked", []), ("written", []), ("committing", [1])])
async def test_a_gateway_killed_on_the_way_leaves_all_of_a_commit_or_nothing(
    server: PostgresServer, point: str, log: list[int]
) -> None:
    """Once COMMIT is sent the server goes on without the gateway; whoever starts next waits for it at the lock."""
    url = server.inside(server.schema())
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, url, point)
    assert await killed.wait() == -signal.SIGKILL
    async with session_at(url) as session:
        assert [a.seq for a in await again(session)] == [len(log) + 1]
        assert await seqs(session) == [*log, len(log) + 1]


async def test_a_stopped_server_is_refused_and_found_again(server: PostgresServer, session: Session) -> None:
    await session.place(placement())
    await asyncio.to_thread(server.stop)
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            await session.place(placement())
        with pytest.raises(StoreUnavailable):
            await session.store.state()
    await asyncio.to_thread(server.start)
    assert [a.seq for a in await again(session)] == [2]
    assert await seqs(session) == [1, 2]


async def test_an_idle_connection_that_was_ended_is_made_again(server: PostgresServer, session: Session) -> None:
    await session.place(placement())
    server.sql(OURS)
    assert [a.seq for a in await again(session)] == [2]
    assert await seqs(session) == [1, 2]


async def test_a_backend_that_ends_in_the_middle_leaves_nothing(server: PostgresServer, session: Session) -> None:
    def ends(facts: Facts) -> Decision:
        server.sql(OURS)
        return decide([placement()], facts)

    with pytest.raises(StoreUnavailable, match=r"the database ended the connection|the connection .* was lost"):
        await session.store.commit(FactsNeeded(), ends)
    assert [a.seq for a in await again(session)] == [1]


@asynccontextmanager
async def locked(server: PostgresServer, schema: str) -> AsyncIterator[None]:
    """Another session holds the board's row."""
    db = await asyncpg.connect(server.inside(schema))
    async with db.transaction():
        await db.execute("SELECT FROM board FOR UPDATE")
        yield
    await db.close()


async def test_a_foreign_lock_refuses_for_a_while_and_holds_up_no_reader(
    server: PostgresServer, schema: str, session: Session
) -> None:
    await session.place(placement())
    async with locked(server, schema):
        waiting = asyncio.create_task(session.place(placement()))
        assert await session.log() == await session.log()
        assert not waiting.done()
        with pytest.raises(StoreUnavailable, match="another session holds the board's lock"):
            await waiting
    assert [a.seq for a in await session.place(placement())] == [2]


async def test_whoever_no_longer_waits_leaves_no_transaction_half_way(
    server: PostgresServer, schema: str, session: Session
) -> None:
    async with locked(server, schema):
        waiting = asyncio.create_task(session.place(placement()))
        await until(lambda: bool(server.sql("SELECT FROM pg_locks WHERE NOT granted")))
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert [a.seq for a in await session.place(placement())] == [2]
    assert await seqs(session) == [1, 2]


async def test_closing_waits_for_the_commit_under_way(server: PostgresServer) -> None:
    url = server.inside(server.schema())
    async with session_at(url) as session:
        committing = asyncio.create_task(session.place(placement()))
        await asyncio.sleep(0)
        await session.store.close()
        assert [a.seq for a in await committing] == [1]
        with pytest.raises(StoreUnavailable, match="the store is closed"):
            await session.place(placement())


async def test_a_server_that_comes_up_late_is_waited_for(server: PostgresServer) -> None:
    url = server.inside(server.schema())
    await asyncio.to_thread(server.stop)
    store = PostgresStore(url)
    opening = asyncio.create_task(store.open(WANTED))
    await asyncio.sleep(0)
    await asyncio.to_thread(server.start)
    assert (await opening).state.seq == 0
    await store.close()


async def test_a_disk_that_is_full_refuses_and_the_next_commit_stands(
    server: PostgresServer, schema: str, session: Session
) -> None:
    """What the server says then, said by a trigger: the transaction is undone and the connection stays."""
    says = "RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'"
    server.sql(f"CREATE FUNCTION {schema}.full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {says}; END $$")
    server.sql(f"CREATE TRIGGER full_disk BEFORE INSERT ON {schema}.log FOR EACH ROW EXECUTE FUNCTION {schema}.full()")
    with pytest.raises(StoreUnavailable, match="the database's disk is full"):
        await session.place(placement())
    server.sql(f"DROP TRIGGER full_disk ON {schema}.log")
    assert [a.seq for a in await session.place(placement())] == [1]

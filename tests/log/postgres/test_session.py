"""The sessions of the shared store: settings of role and database that would bend a promise, and PgBouncer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from beeplace.errors import StoreUnavailable
from beeplace.log.archive import Head
from beeplace.log.postgres.archive import PostgresArchive
from beeplace.log.postgres.connection import Link
from beeplace.log.postgres.store import PostgresStore
from tests.e2e.process import run_beeplace
from tests.log.patience import again, log_of, session_at
from tests.log.samples import Session, placement, rid
from tests.pgbouncer import PgBouncer
from tests.postgres import shared

BENDING = {
    "default_transaction_isolation": "serializable",
    "default_transaction_read_only": "on",
    "default_transaction_deferrable": "on",
    "synchronous_commit": "off",
    "client_min_messages": "error",
    "statement_timeout": "1h",
    "lock_timeout": "1h",
    "idle_in_transaction_session_timeout": "1h",
    "idle_session_timeout": "1h",
    "TimeZone": "Asia/Kathmandu",
    "DateStyle": "SQL, DMY",
    "IntervalStyle": "iso_8601",
    "bytea_output": "escape",
    "standard_conforming_strings": "off",
    "client_encoding": "LATIN1",
    "row_security": "off",
}


def database(**defaults: str) -> str:
    """The name of a new database whose sessions begin with these settings."""
    name = shared().url().rpartition("/")[2]
    for setting, value in defaults.items():
        shared().sql(f"ALTER DATABASE {name} SET \"{setting}\" = '{value}'")
    return name


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
async def test_two_gateways_at_once_refuse_nothing_whatever_isolation_is_the_default(isolation: str) -> None:
    url = shared().address(database(default_transaction_isolation=isolation))
    async with session_at(url) as one, session_at(url) as two:
        placed = [s.place(placement(by=rid(n))) for n in range(40) for s in (one, two)]
        answers = await asyncio.gather(*placed)
        assert sorted(a.seq or 0 for [a] in answers) == list(range(1, 81))


@pytest.mark.parametrize("pooler", [False, True])
async def test_no_default_of_role_or_database_holds_for_our_sessions(pooler: bool) -> None:
    """Neither of the database nor of the role in that database, which is stronger; straight and by PgBouncer."""
    plain, bent = database(), database(**BENDING)
    shown = list(BENDING)
    query = "SELECT ARRAY(SELECT current_setting(name) FROM unnest($1::text[]) AS name)"
    with PgBouncer(shared(), "session") as bouncer:
        url = bouncer.url if pooler else shared().address
        found: list[list[str]] = []
        for name in (plain, bent):
            async with session_at(url(name)) as session:
                links = await links_of(session)
                found += [await link.run(lambda db: db.fetchval(query, shown)) for link in links]
                assert [a.seq for a in await session.place(placement())] == [1]
    assert found[:2] == found[2:]
    assert dict(zip(shown, found[0], strict=True))["default_transaction_isolation"] == "read committed"


async def test_a_session_that_a_default_would_end_at_once_is_made_and_lives() -> None:
    """The limit holds for the statement that lifts it, too: so it is lifted in the first message."""
    async with session_at(shared().address(database(statement_timeout="1"))) as session:
        assert [a.seq for a in await session.place(placement())] == [1]


async def test_another_search_path_does_not_lead_a_running_gateway_to_another_board() -> None:
    name = database()
    server = shared()
    server.sql("CREATE SCHEMA other", name)
    async with session_at(server.address(name)) as session:
        await session.place(placement())
        server.sql(f"ALTER DATABASE {name} SET search_path = other")
        server.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        assert [a.seq for a in await again(session)] == [2]


async def test_backups_are_read_and_restored_whatever_the_defaults(tmp_path: Path) -> None:
    name = database(**BENDING)
    async with session_at(shared().address(name)) as session:
        await session.place(placement())
    ended = run_beeplace(tmp_path, "backup", "file", DATABASE_URL=shared().address(name))
    assert ended.returncode == 0, ended.stderr
    empty = database(**BENDING)
    ended = run_beeplace(tmp_path, "restore", "file", DATABASE_URL=shared().address(empty))
    assert ended.returncode == 0, ended.stderr
    async with PostgresArchive(shared().address(empty)).moment() as moment:
        head: Head = moment.head
        assert head.state.seq == 2


# What others do to a session


@pytest.mark.parametrize("command", ["DEALLOCATE ALL", "DISCARD ALL"])
async def test_prepared_statements_that_are_lost_are_a_connection_that_is_broken(command: str) -> None:
    """The next try has a new one; not every try is refused from then on."""
    async with session_at(shared().address(database())) as session:
        await session.place(placement(rid=rid(1)))
        links = await links_of(session)
        for link in links:
            await link.run(lambda db: db.execute(command))
        with pytest.raises(StoreUnavailable):
            await session.place(placement(rid=rid(2)))
        assert [a.seq for a in await again(session)] == [2]
        assert [e.seq for e in await log_of(session)] == [1, 2]


async def test_each_transaction_keeps_what_is_promised_whoever_else_used_the_session() -> None:
    async with session_at(shared().address(database())) as session:
        [commits, _] = await links_of(session)
        await commits.run(lambda db: db.execute("SET synchronous_commit = off"))
        for begun in (lambda db: db.execute(db.begin_locked), lambda db: db.execute(f"BEGIN; {db.each_transaction}")):
            await commits.run(begun)
            assert await commits.run(lambda db: db.fetchval("SHOW synchronous_commit")) == "on"
            await commits.run(lambda db: db.execute("ROLLBACK"))
        assert await commits.run(lambda db: db.fetchval("SHOW synchronous_commit")) == "off"


async def links_of(session: Session) -> tuple[Link, Link]:
    assert isinstance(session.store, PostgresStore)
    return session.store._commits, session.store._reads

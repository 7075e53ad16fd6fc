"""The sessions of the shared store: settings of role and database that would bend a promise, and PgBouncer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from beeplace.errors import SettingError
from beeplace.log.archive import Head
from beeplace.log.postgres.archive import PostgresArchive
from beeplace.log.postgres.store import PostgresStore
from tests.e2e.process import run_beeplace
from tests.log.patience import again, session_at
from tests.log.samples import WANTED, placement, rid
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
WORDS = "set pool_mode = session in PgBouncer"


def database(**defaults: str) -> str:
    """The name of a new database whose sessions begin with these settings."""
    name = shared().url().rpartition("/")[2]
    for setting, value in defaults.items():
        shared().sql(f"ALTER DATABASE {name} SET \"{setting}\" = '{value}'")
    return name


LateSubscriber = Callable[[str], str]


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
                assert isinstance(session.store, PostgresStore)
                links = session.store._commits, session.store._reads
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


# PgBouncer


async def test_a_pooler_that_keeps_sessions_apart_is_as_good_as_the_server() -> None:
    name = database()
    with PgBouncer(shared(), "session") as bouncer:
        async with session_at(bouncer.url(name)) as session:
            assert [a.seq for a in await session.place(placement(), placement())] == [1, 2]
            shared().sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            assert [a.seq for a in await again(session)] == [3]
            assert [e.seq for e in await session.log()] == [1, 2, 3]


@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("settings", [{}, {"server_round_robin": 1}, {"min_pool_size": 4}, {"pool_size": 1}])
async def test_a_pooler_that_mixes_sessions_is_refused_in_words(mode: str, settings: dict[str, int]) -> None:
    size = {"default_pool_size": settings["pool_size"]} if "pool_size" in settings else settings
    name = database()
    with PgBouncer(shared(), mode, **size) as bouncer:
        store = PostgresStore(bouncer.url(name))
        with pytest.raises(SettingError, match=WORDS):
            await store.open(WANTED)
        await store.close()
    assert not shared().sql("SELECT FROM pg_tables WHERE tablename = 'board'", name)


async def test_it_is_refused_while_others_use_the_pool(tmp_path: Path) -> None:
    """By every command that would rely on its session, with the exit code of a wrong setting."""
    name = database()
    async with session_at(shared().address(name)) as session:
        await session.place(placement())
    with PgBouncer(shared(), "transaction", min_pool_size=3) as bouncer:
        for command in (["serve", "--port", "0"], ["backup", "file"], ["verify"]):
            ended = await asyncio.to_thread(run_beeplace, tmp_path, *command, DATABASE_URL=bouncer.url(name))
            assert (ended.returncode, ended.stdout) == (78, "")
            assert WORDS in ended.stderr
            assert len(ended.stderr.splitlines()) == 1

"""A real PgBouncer before the shared store, in each of its modes: what works, and what is said where it cannot."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from beeplace.errors import SettingError, StoreUnavailable
from beeplace.log.postgres import connection
from beeplace.log.postgres.store import PostgresStore
from tests.e2e.process import run_beeplace
from tests.log.patience import again, session_at
from tests.log.samples import ANN, BOB, WANTED, placement, reset, rid
from tests.pgbouncer import NEWER, SYSTEMS, PgBouncer, forgetting
from tests.postgres import shared

WORDS = "set pool_mode = session in PgBouncer"
POOLS: list[dict[str, int]] = [{}, {"server_round_robin": 1}, {"min_pool_size": 4}, {"default_pool_size": 1}]


def database() -> str:
    return shared().url().rpartition("/")[2]


@pytest.mark.parametrize("program", [SYSTEMS, NEWER])
async def test_a_pooler_that_keeps_sessions_apart_is_as_good_as_the_server(program: str) -> None:
    name = database()
    with PgBouncer(shared(), "session", program) as bouncer:
        async with session_at(bouncer.url(name)) as session:
            assert [a.seq for a in await session.place(placement(), placement())] == [1, 2]
            shared().sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            assert [a.seq for a in await again(session)] == [3]
            assert [e.seq for e in await session.log()] == [1, 2, 3]


@pytest.mark.parametrize("settings", POOLS)
async def test_a_pooler_that_keeps_prepared_statements_may_share_sessions(settings: dict[str, int]) -> None:
    """Two gateways at once, all of whose connections take turns, one of them ended by the server in between."""
    name = database()
    with PgBouncer(shared(), "transaction", NEWER, **settings) as bouncer:
        async with session_at(bouncer.url(name)) as one, session_at(bouncer.url(name)) as two:
            placed = [s.place(placement(by=by, rid=rid(n))) for n in range(40) for s, by in ((one, ANN), (two, BOB))]
            assert sorted(a.seq or 0 for [a] in await asyncio.gather(*placed)) == list(range(1, 81))
            assert [e.seq for e in await one.act(reset())] == [81]
            shared().sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            assert [a.seq for a in await again(two)] == [82]
            assert [e.seq for e in await one.log()] == list(range(1, 83))
            await one.restart()
            assert one.board.state.seq == 82


async def test_nothing_of_ours_is_left_in_a_session_that_is_shared() -> None:
    """Neither limits of time nor plans: its next user is somebody else. Inside of our transactions they hold."""
    name = database()
    with PgBouncer(shared(), "transaction", NEWER, default_pool_size=1) as bouncer:
        async with session_at(bouncer.url(name)) as session:
            await session.place(placement())
            assert isinstance(session.store, PostgresStore)
            link = session.store._commits
            shown = "SELECT current_setting('statement_timeout') || ' ' || current_setting('enable_seqscan')"
            assert await link.run(lambda db: db.fetchval(shown)) == "0 on"
            await link.run(
                lambda db: db.execute("SET synchronous_commit = off; SET default_transaction_read_only = on")
            )
            await link.run(lambda db: db.execute(db.begin_locked))
            shown += " || ' ' || current_setting('synchronous_commit')"
            assert await link.run(lambda db: db.fetchval(shown)) == "2s off on"
            await link.run(lambda db: db.execute("ROLLBACK"))
            assert [a.seq for a in await session.place(placement())] == [2]


@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("settings", POOLS)
@pytest.mark.parametrize("program", [SYSTEMS, NEWER])
async def test_a_pooler_that_mixes_sessions_is_refused_in_words(
    mode: str, settings: dict[str, int], program: str
) -> None:
    name = database()
    keeps_none = forgetting(program) if mode == "transaction" else {}
    with PgBouncer(shared(), mode, program, **settings, **keeps_none) as bouncer:
        store = PostgresStore(bouncer.url(name))
        with pytest.raises(SettingError, match=WORDS) as refused:
            await store.open(WANTED)
        await store.close()
    assert keeps_none or program == SYSTEMS or "statement" in str(refused.value)
    assert not shared().sql("SELECT FROM pg_tables WHERE tablename = 'board'", name)


async def test_a_search_path_that_would_not_hold_is_refused() -> None:
    with PgBouncer(shared(), "transaction", NEWER) as bouncer:
        store = PostgresStore(f"{bouncer.url(database())}?search_path=other")
        with pytest.raises(SettingError, match="search_path would not hold"):
            await store.open(WANTED)
        await store.close()


async def test_every_command_says_so_while_others_use_the_pool(tmp_path: Path) -> None:
    """With the exit code of a wrong setting."""
    name = database()
    async with session_at(shared().address(name)) as session:
        await session.place(placement())
    with PgBouncer(shared(), "transaction", NEWER, min_pool_size=3, **forgetting(NEWER)) as bouncer:
        for command in (["serve", "--port", "0"], ["backup", "file"], ["verify"]):
            ended = await asyncio.to_thread(run_beeplace, tmp_path, *command, DATABASE_URL=bouncer.url(name))
            assert (ended.returncode, ended.stdout) == (78, "")
            assert WORDS in ended.stderr
            assert len(ended.stderr.splitlines()) == 1


async def test_every_command_works_where_statements_are_kept(tmp_path: Path) -> None:
    name, empty = database(), database()
    with PgBouncer(shared(), "transaction", NEWER) as bouncer:
        async with session_at(bouncer.url(name)) as session:
            await session.place(placement())
        for command, url in ((["backup", "file"], name), (["verify"], name), (["restore", "file"], empty)):
            ended = await asyncio.to_thread(run_beeplace, tmp_path, *command, DATABASE_URL=bouncer.url(url))
            assert ended.returncode == 0, ended.stderr
        async with session_at(bouncer.url(empty)) as session:
            assert session.board.state.seq == 2
        told = await asyncio.to_thread(run_beeplace, tmp_path, "doctor", DATABASE_URL=bouncer.url(name))
        assert "pooler             each transaction may have another session" in told.stdout


@pytest.mark.parametrize("program", [SYSTEMS, NEWER])
async def test_a_pooler_s_refusal_of_the_address_is_final(program: str) -> None:
    shared().guard()
    with PgBouncer(shared(), "session", program) as bouncer:
        for url, words in (
            (bouncer.url("nowhere"), "no such database|does not exist"),
            (bouncer.url("postgres").replace("beeplace@", "guarded@"), "authentication failed"),
        ):
            store = PostgresStore(url)
            with pytest.raises(SettingError, match=words):
                await store.open(WANTED)
            await store.close()


@pytest.mark.parametrize("program", [SYSTEMS, NEWER])
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"max_client_conn": 1}, "no more connections allowed"),
        ({"query_wait_timeout": 1, "default_pool_size": 1}, "query_wait_timeout"),
    ],
)
async def test_what_a_pooler_cannot_do_just_now_is_tried_again(
    program: str, settings: dict[str, int], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is full: said in its words, and not as a wrong setting."""
    monkeypatch.setattr(connection, "START_SECONDS", 1.0)
    with PgBouncer(shared(), "session", program, **settings) as bouncer:
        url = bouncer.url(database())
        taken = await asyncpg.connect(url)
        await taken.fetchval("SELECT 1")
        store = PostgresStore(url)
        with pytest.raises(StoreUnavailable, match=words):
            await store.open(WANTED)
        await store.close()
        taken.terminate()

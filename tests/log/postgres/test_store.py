"""The shared store, where it is more than the port says: its server's settings, its schema, its log's partitions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from beeplace.board.rules import REMEMBERED_MS, Decision, Facts, decide
from beeplace.errors import SettingError, StoreUnavailable
from beeplace.log.postgres import connection
from beeplace.log.postgres.store import PostgresStore
from beeplace.log.sql_files import migrations
from beeplace.log.store import FactsNeeded
from tests.log.samples import ANN, BOB, WANTED, Session, fill, placement, postgres, reset, rid
from tests.log.stores import of
from tests.ports import free_port
from tests.postgres import GUARDED, PASSWORD, PostgresServer, schema_url, shared
from tests.waiting import until

DAYS = 86_400_000


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Session]:
    session = Session(tmp_path, postgres)
    await session.open()
    yield session
    await session.store.close()


@contextmanager
def altered(name: str, value: str) -> Iterator[PostgresServer]:
    """The shared server with another setting."""
    server = shared()
    before = server.sql(f"SHOW {name}")[0][0]
    server.sql(f"ALTER SYSTEM SET {name} = '{value}'")
    _reload(server, name, value)
    try:
        yield server
    finally:
        server.sql(f"ALTER SYSTEM RESET {name}")
        _reload(server, name, before)


def _reload(server: PostgresServer, name: str, value: str) -> None:
    server.sql("SELECT pg_reload_conf()")
    while server.sql(f"SHOW {name}")[0][0] != value:
        pass


async def refused(url: str) -> str:
    """Why a store does not open there."""
    store = PostgresStore(url)
    with pytest.raises(SettingError) as error:
        await store.open(WANTED)
    await store.close()
    return str(error.value)


LIMITED = ("synchronous_commit", "lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


async def test_both_connections_confirm_only_what_is_on_stable_storage(tmp_path: Path) -> None:
    """Whatever the address asks for."""
    store = PostgresStore(schema_url(str(tmp_path)) + "&synchronous_commit=off&lock_timeout=0")
    await store.open(WANTED)
    for link in (store._commits, store._reads):
        shown = [await link.run(lambda db, name=name: db.fetchval(f"SHOW {name}")) for name in LIMITED]  # type: ignore[misc]
        assert shown == ["on", "1s", "2s", "2s"]
    await store.close()


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
async def test_a_server_that_can_lose_a_confirmed_pixel_is_refused(name: str, tmp_path: Path) -> None:
    with altered(name, "off"):
        text = await refused(schema_url(str(tmp_path)))
    assert text == f"DATABASE_URL: the server runs with {name}=off, so a confirmed pixel could be lost"


@pytest.mark.parametrize(
    ("user", "database", "text"),
    [
        (f"{GUARDED}:wrong-horse", "postgres", "the server refuses the user or the password"),
        (GUARDED, "postgres", "the server refuses the user or the password"),
        (f"{GUARDED}:{PASSWORD}", "nowhere", "there is no such database on the server"),
        (f"{GUARDED}:{PASSWORD}", "postgres?search_path=nowhere", "there is no such schema in the database"),
        (f"{GUARDED}:{PASSWORD}", "postgres?search_path=pg_catalog", "the user may not use or make the tables"),
    ],
)
async def test_an_address_that_is_wrong_is_a_setting_that_is_wrong(user: str, database: str, text: str) -> None:
    """In one line, and without the password."""
    shared().guard()
    assert await refused(f"postgresql://{user}@127.0.0.1:{shared().port}/{database}") == f"DATABASE_URL: {text}"


async def test_a_user_who_owns_the_schema_and_nothing_else_is_enough(tmp_path: Path) -> None:
    shared().guard()
    url = schema_url(str(tmp_path))
    shared().sql(f"ALTER SCHEMA {url.split('=')[1]} OWNER TO {GUARDED}")
    store = PostgresStore(url.replace("beeplace@", f"{GUARDED}:{PASSWORD}@"))
    await store.open(WANTED)
    decision = await store.commit(FactsNeeded(), partial(decide, [placement()]))
    assert [a.code for a in decision.answers] == [None]
    await store.close()


async def test_a_server_that_cannot_be_reached_is_tried_for_some_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "START_SECONDS", 0.5)
    store = PostgresStore(f"postgresql://ann:secret-horse@127.0.0.1:{free_port()}/board")
    with pytest.raises(StoreUnavailable, match=r"^no connection to the database"):
        await store.open(WANTED)
    await store.close()


async def test_a_schema_is_as_far_as_the_migrations_and_they_run_once(opened: Session) -> None:
    tables = "SELECT relname FROM pg_class WHERE relnamespace = '{}'::regnamespace ORDER BY relname"
    before = of(opened, tables)
    await opened.place(placement())
    await opened.restart()
    assert of(opened, tables) == before
    assert of(opened, "SELECT number FROM {}.migration") == [(number,) for number, _ in migrations("postgres")]
    assert of(opened, "SELECT count(*) FROM {}.epoch") == [(1,)]


async def test_a_schema_of_the_first_version_goes_on(tmp_path: Path) -> None:
    """The first schema, filled as the first version filled it, is opened by this version."""
    session = Session(tmp_path, postgres)
    script = migrations("postgres")[0][1].replace("{", "{{").replace("}", "}}")
    old = """
        CREATE TABLE migration (number integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
        INSERT INTO migration VALUES (1);
        INSERT INTO epoch (name, first_seq, width, height, colors, at_ms)
            VALUES ('old', 1, 9, 8, ARRAY['#FFFFFF', '#E50000', '#02BE01', '#0000EA'], 0);
        INSERT INTO board VALUES (1, 1, 1, true, 0, 0, 777, 5, 'an old boot');
        INSERT INTO log VALUES (1, 0, NULL, 1, 1, 4, 5, NULL, NULL, 2, '#02BE01', '\\x00');
    """
    store = PostgresStore(schema_url(str(tmp_path)))
    await store._commits.open()
    await store._commits.run(lambda db: db.execute(script.format() + old))
    await store.close()
    await session.open()
    state = session.board.state
    assert (state.epoch, state.seq, state.read_only, session.board.pixels[5 * 9 + 4]) == ("old", 1, True, 2)
    assert session.store.now_ms() == 777
    await session.store.close()


async def test_a_migration_that_fails_leaves_the_schema_as_it_was(tmp_path: Path) -> None:
    session = Session(tmp_path, postgres)
    session.make(tmp_path, session.ticks)
    of(session, "CREATE TABLE {}.log (something_else text)")
    with pytest.raises(SettingError, match="tables of something else"):
        await session.open()
    await session.store.close()
    assert of(session, "SELECT tablename FROM pg_tables WHERE schemaname = '{}'") == [("log",)]


async def test_a_schema_that_a_newer_version_has_changed_is_refused(opened: Session) -> None:
    of(opened, "INSERT INTO {}.migration VALUES (9999)")
    text = await refused(schema_url(str(opened.folder)))
    assert text == "DATABASE_URL: a newer BeePlace has changed this database; start that one"


async def test_the_wanted_board_counts_for_a_new_schema_only(opened: Session) -> None:
    await opened.restart(wanted=type(WANTED)(100, 100, WANTED.palette))
    assert (opened.board.state.width, opened.board.state.height) == (9, 8)


async def test_the_log_keeps_the_colour_itself(opened: Session) -> None:
    await opened.place(placement(color=1))
    await opened.act(fill(color=3))
    assert of(opened, "SELECT color, hex FROM {}.log ORDER BY seq") == [(1, "#E50000"), (3, "#0000EA")]


async def test_the_state_before_an_action_is_kept(opened: Session) -> None:
    await opened.act(fill(before=b"\x01" * 72))
    await opened.act(reset(before=b"\x02" * 72))
    assert of(opened, "SELECT seq, reason FROM {}.action ORDER BY seq") == [(1, ""), (2, "")]
    assert of(opened, "SELECT seq, action FROM {}.log ORDER BY seq") == [(1, 1), (2, 2)]


async def test_a_refusal_without_a_request_id_writes_nothing(opened: Session) -> None:
    await opened.place(placement())
    before = of(opened, "SELECT * FROM {}.board"), of(opened, "SELECT * FROM {}.commit")
    opened.ticks.now_ms += 5
    await opened.place(placement(-1))
    assert (of(opened, "SELECT * FROM {}.board"), of(opened, "SELECT * FROM {}.commit")) == before


async def test_ended_windows_and_old_answers_are_swept(opened: Session) -> None:
    await opened.place(placement(rid=rid(1)))
    opened.ticks.now_ms += REMEMBERED_MS
    await opened.place(placement(by=BOB, rid=rid(2)))
    await until(lambda: of(opened, "SELECT identity FROM {}.allowance") == [(BOB,)])
    await until(lambda: of(opened, "SELECT rid FROM {}.request") == [(rid(2),)])


async def test_a_long_time_s_worth_is_swept_slice_by_slice_also_of_tokens(opened: Session) -> None:
    expired = (
        "INSERT INTO {}.allowance SELECT decode(lpad(n::text, 32, '0'), 'hex'), 1, 5 FROM generate_series(1, 2500) n"
    )
    tokens = "INSERT INTO {}.commit (token, seq) SELECT '\\x00', 0 FROM generate_series(1, 102500)"
    of(opened, expired)
    of(opened, tokens)
    opened.ticks.now_ms += 10_000
    await opened.place(placement())
    await until(lambda: of(opened, "SELECT identity FROM {}.allowance") == [(ANN,)])
    await until(lambda: of(opened, "SELECT count(*) FROM {}.commit") == [(100_000,)])


def at(at_ms: int, facts: Facts) -> Decision:
    """A placement that a gateway with this wall clock decides on."""
    return decide([placement()], replace(facts, at_ms=at_ms))


async def test_the_log_has_a_partition_a_month_and_one_for_clocks_that_are_wrong(opened: Session) -> None:
    [[now_ms]] = of(opened, "SELECT (extract(epoch FROM now()) * 1000)::bigint")
    for at_ms in (now_ms, now_ms + 32 * DAYS, 0, 4_000_000_000_000, -5):
        await opened.store.commit(FactsNeeded(), partial(at, at_ms))
    parts = of(opened, "SELECT seq, tableoid::regclass::text FROM {}.log ORDER BY seq")
    months = of(
        opened,
        "SELECT to_char(now() AT TIME ZONE 'UTC' + n * interval '32 days', 'YYYY_MM') FROM generate_series(0, 1) n",
    )
    wanted = [*(f"log_{month}" for (month,) in months), *["log_default"] * 3]
    assert [part.split(".")[1] for _, part in parts] == wanted
    assert [e.seq for e in await opened.log()] == [1, 2, 3, 4, 5]


async def test_partitions_are_made_once_and_a_month_in_the_default_one_stays_there(opened: Session) -> None:
    parts = "SELECT count(*) FROM pg_inherits WHERE inhparent = '{}.log'::regclass"
    assert of(opened, parts) == [(4,)]
    month = of(opened, "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')")[0][0]
    of(opened, "DROP TABLE {}.log_" + month)
    await opened.place(placement())
    await opened.restart()
    assert of(opened, parts) == [(3,)]
    assert len(await opened.log()) == 1


async def test_a_pixel_s_history_ends_at_the_last_reset(opened: Session) -> None:
    await opened.place(placement(1, 1, 1))
    await opened.act(reset())
    await opened.place(placement(1, 1, 2), placement(2, 1, 2))
    assert [e.seq for e in await opened.store.history(1, 1, 10)] == [3, 2]
    assert [e.seq for e in await opened.store.history(1, 1, 1)] == [3]

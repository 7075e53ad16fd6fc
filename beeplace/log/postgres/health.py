"""What `beeplace doctor` looks at where the log is in PostgreSQL: no table is written."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import asyncpg

from beeplace.errors import SettingError
from beeplace.findings import Examined, Finding, Times, failure, ok, warning
from beeplace.log.postgres.address import PostgresAddress
from beeplace.log.postgres.connection import ANSWER_SECONDS, CONNECT_SECONDS, FAILURES, in_words, wrong_setting
from beeplace.log.postgres.session import Connection, connected
from beeplace.log.postgres.session_settings import LIMITS
from beeplace.log.sql_files import queries

COMMITS = 40
TRIPS = 3  # of a commit of ours before its COMMIT: the lock, the facts, the changes
_TESTED = 150_000  # the oldest release that our tests run on
_CONNECTIONS = 15  # for four gateways, one more during a rolling restart

_SQL = queries("postgres")


async def check(url: str) -> Examined:
    """Looks at the server and measures how long it takes to store."""
    address = PostgresAddress(url)
    try:
        db = await connected(
            address, LIMITS, connect_seconds=CONNECT_SECONDS, answer_seconds=ANSWER_SECONDS, primary=True
        )
    except SettingError as error:
        told, _, advice = str(error).removeprefix("DATABASE_URL: ").partition("; ")
        return Examined((failure("pooler", told, advice),))
    except (*FAILURES, ValueError) as error:
        told = str(wrong_setting(error) or in_words(error)).removeprefix("DATABASE_URL: ")
        return Examined((failure("PostgreSQL", told, "see that DATABASE_URL is right and the server runs"),))
    findings: list[Finding] = []
    try:
        row = await db.fetchrow(_SQL["server"])
        assert row is not None
        findings = [version(row), *durability(row), replication(row), connections(row), database(row)]
        if db.shared:
            findings.append(ok("pooler", "each transaction may have another session, and says what it relies on"))
        if row["standby"]:
            return Examined(tuple(findings))
        commit = await _stored(db)
        return Examined((*findings, ok("commit", f"{commit} for {COMMITS} commits and their round trips")), commit)
    except FAILURES as error:
        name = "commit" if findings else "PostgreSQL"
        return Examined((*findings, failure(name, in_words(error), "see the server's own log")))
    finally:
        db.terminate()


async def _stored(db: Connection) -> Times:
    """How long a commit takes as the store makes it: some round trips, and one that waits for the disk."""
    seconds = []
    for _ in range(COMMITS):
        took = await _timed(lambda: db.execute(_SQL["commit"]))
        for _ in range(TRIPS):
            took += await _timed(lambda: db.execute(_SQL["trip"]))
        seconds.append(took)
    return Times.of(seconds)


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


def version(row: asyncpg.Record) -> Finding:
    """Which release it is."""
    if row["number"] < _TESTED:
        return warning("PostgreSQL", row["version"], f"our tests run on {_TESTED // 10_000} and newer")
    return ok("PostgreSQL", row["version"])


def durability(row: asyncpg.Record) -> list[Finding]:
    """Whether what is committed stays."""
    found = [
        ok(name, "on")
        if row[name] == "on"
        else failure(name, f"{row[name]}; a confirmed pixel could be lost", f"set {name} = on in postgresql.conf")
        for name in ("fsync", "full_page_writes")
    ]
    return [*found, ok("synchronous_commit", "on for BeePlace, which sets it itself")]


def replication(row: asyncpg.Record) -> Finding:
    """What a failover would keep."""
    names = row["standby_names"]
    if not names:
        return ok(
            "replication", "not waited for: what is confirmed is on this server, a failover may lose the last of it"
        )
    if row["standbys"] == 0:
        return failure(
            "replication", f"commits wait for {names}, which is not there", "start it, or nothing is confirmed"
        )
    return ok("replication", f"what is confirmed is on {names} too")


def connections(row: asyncpg.Record) -> Finding:
    """Whether gateways find a free connection."""
    told = f"{row['free']} of {row['connections']} free"
    if row["free"] < 1:
        return failure("connections", told, "raise max_connections, or end what uses them")
    if row["free"] < _CONNECTIONS:
        return warning(
            "connections",
            told,
            "raise max_connections: a gateway keeps three, and in a rolling restart one more gateway runs",
        )
    return ok("connections", told)


def database(row: asyncpg.Record) -> Finding:
    """Whether this database can be written by us."""
    told = f"{row['name']}, schema {row['schema']}, {row['bytes'] / 1e6:,.1f} MB"
    if row["standby"]:
        return failure("database", f"{told}; a standby", "name the primary in DATABASE_URL")
    if row["schema"] is None:
        return failure("database", "no schema on the search path", "CREATE SCHEMA, or set another search_path")
    if not row["has_board"] and not row["may_create"]:
        return failure("database", told, f"our user may not make tables: GRANT CREATE ON SCHEMA {row['schema']}")
    return ok("database", told if row["has_board"] else f"{told}; the first start makes the tables")

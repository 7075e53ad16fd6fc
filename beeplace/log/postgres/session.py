"""A session of PostgreSQL with every setting that our statements rely on, whatever role, database or address say.

PgBouncer may stand in between where it gives each session a server process of its own (`pool_mode = session`). In its
other modes our settings would go to another's session, and another's would hold for ours: that is found and refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import asyncpg

from beeplace.errors import SettingError
from beeplace.log.postgres.address import DatabaseServer, PostgresAddress
from beeplace.log.postgres.session_settings import NEWER, PLAIN
from beeplace.log.sql_files import queries

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

TURNS = 3  # of two sessions, after which those that share server processes have been seen to

_SQL = queries("postgres")
_SHARED = (
    "DATABASE_URL: a pooler stands before the database and gives each transaction another session; "
    "set pool_mode = session in PgBouncer, or name the database server itself"
)
_LOST = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)  # by a session that changed


async def connected(
    address: PostgresAddress,
    settings: Mapping[str, str],
    *,
    connect_seconds: float,
    answer_seconds: float | None = None,
    primary: bool = False,
) -> Connection:
    """A connection whose session has our settings beside or instead of the plain ones; `primary` where it must take
    changes. A server has `connect_seconds` to answer, unless the address says how many."""
    limits: dict[str, Any] = {"timeout": address.connect_seconds or connect_seconds, "command_timeout": answer_seconds}
    wanted = {**address.session_settings, **PLAIN, **settings}
    try:
        db = await _first(address, {**limits, "server_settings": wanted}, primary=primary)
    except asyncpg.ProtocolViolationError:  # PgBouncer takes none of them with the first message
        db = await _first(address, limits, primary=primary)
    try:
        await set_up(db, wanted)
    except BaseException as error:
        db.terminate()
        if isinstance(error, _LOST):
            raise SettingError(_SHARED) from error
        raise
    return db


async def _first(address: PostgresAddress, arguments: Mapping[str, Any], *, primary: bool) -> Connection:
    """A connection to the first server that is as wanted; which is asked first from now on."""
    said = None if primary else address.target
    target: Any = said or ("primary" if len(address.hosts) > 1 else None)  # the stubs ask for the enumeration
    failed: list[Exception] = []
    hosts: list[DatabaseServer | None] = [*address.hosts] or [None]
    for host in hosts:
        try:
            db: Connection = await asyncpg.connect(**address.arguments(host), **arguments, target_session_attrs=target)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
            failed.append(error)
        else:
            if host:
                address.prefer(host)
            return db
    telling = (error for error in failed if not isinstance(error, asyncpg.TargetServerAttributeNotMatched))
    raise next(telling, failed[0])


async def set_up(db: Connection, settings: Mapping[str, str]) -> None:
    """Gives a session our settings, once it is there."""
    wanted = {**PLAIN, **NEWER, **settings}
    await db.execute(_SQL["set"], list(wanted), list(wanted.values()))


async def refuse_shared_sessions(db: Connection, address: PostgresAddress, connect_seconds: float) -> None:
    """Raises SettingError where sessions take turns on one server process. `db` is idle."""
    try:
        if await _process(db) == db.get_server_pid():
            return  # no pooler: those answer for the server, with a number of their own
        limits = {"timeout": connect_seconds, "command_timeout": connect_seconds}
        other = await _first(address, limits, primary=False)
        try:
            turns = [(await _process(db), await _process(other)) for _ in range(TURNS)]
        finally:
            other.terminate()
    except _LOST as error:
        raise SettingError(_SHARED) from error
    ours, others = (set(processes) for processes in zip(*turns, strict=True))
    if len(ours) > 1 or len(others) > 1 or ours & others:
        raise SettingError(_SHARED)


async def _process(db: Connection) -> int:
    pid: int = await db.fetchval(_SQL["process"])
    return pid

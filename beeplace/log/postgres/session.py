"""A session of PostgreSQL with every setting that our statements rely on, whatever role, database or address say.

PgBouncer may stand in between where it gives each session a server process of its own (`pool_mode = session`). In its
other modes our settings would go to another's session, and another's would hold for ours: that is found and refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TypeAlias

import asyncpg

from beeplace.errors import SettingError
from beeplace.log.sql_files import queries

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

PLAIN = {
    "client_min_messages": "notice",  # a warning says that a commit was not replicated
    "synchronous_commit": "on",
    "default_transaction_isolation": "read committed",  # what is read behind the board's lock must be the newest
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
    "lock_timeout": "0",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "standard_conforming_strings": "on",
    "bytea_output": "hex",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "row_security": "on",
    "jit": "off",
}
NEWER = {"idle_session_timeout": "0", "transaction_timeout": "0", "client_connection_check_interval": "0"}
TURNS = 3  # of two sessions, after which those that share server processes have been seen to

_SQL = queries("postgres")
_SHARED = (
    "DATABASE_URL: a pooler stands before the database and gives each transaction another session; "
    "set pool_mode = session in PgBouncer, or name the database server itself"
)
_LOST = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)  # by a session that changed


async def connected(
    url: str, settings: Mapping[str, str], *, connect_seconds: float, answer_seconds: float | None = None
) -> Connection:
    """A connection whose session has our settings beside or instead of the plain ones."""
    connect = partial(asyncpg.connect, url, timeout=connect_seconds, command_timeout=answer_seconds)
    try:
        db: Connection = await connect(server_settings={**PLAIN, **settings})
    except asyncpg.ProtocolViolationError:  # PgBouncer takes none of them with the first message
        db = await connect()
    try:
        await set_up(db, settings)
    except BaseException as error:
        db.terminate()
        if isinstance(error, _LOST):
            raise SettingError(_SHARED) from error
        raise
    return db


async def set_up(db: Connection, settings: Mapping[str, str]) -> None:
    """Gives a session our settings, once it is there."""
    wanted = {**PLAIN, **NEWER, **settings}
    await db.execute(_SQL["set"], list(wanted), list(wanted.values()))


async def refuse_shared_sessions(db: Connection, url: str, connect_seconds: float) -> None:
    """Raises SettingError where sessions take turns on one server process. `db` is idle."""
    try:
        if await _process(db) == db.get_server_pid():
            return  # no pooler: those answer for the server, with a number of their own
        other: Connection = await asyncpg.connect(url, timeout=connect_seconds, command_timeout=connect_seconds)
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

"""A session of PostgreSQL with every setting that our statements rely on, whatever role, database or address say.

PgBouncer may stand in between. Where it gives each session a server process of its own (`pool_mode = session`), the
session is set to our settings once. Where it gives each transaction another one (`pool_mode = transaction`), nothing is
set for a session, which would be somebody else's too: each transaction of ours says what it relies on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg

from beeplace.errors import SettingError
from beeplace.log.postgres.address import DatabaseServer, PostgresAddress
from beeplace.log.postgres.session_settings import FOR_SESSIONS, NEWER, PLAIN
from beeplace.log.sql_files import queries

if TYPE_CHECKING:
    Driver = asyncpg.Connection[asyncpg.Record]
else:
    Driver = asyncpg.Connection

TURNS = 3  # of two sessions, after which those that share server processes have been seen to

_SQL = queries("postgres")
_POOLER = "DATABASE_URL: a pooler stands before the database and gives each transaction another session"
_ADVICE = (
    "set pool_mode = session in PgBouncer, or with pool_mode = transaction max_prepared_statements above 0 (PgBouncer "
    "1.21 and newer), or name the database server itself"
)


def _brief(name: str) -> str:
    """A query without its comments, which each transaction would carry to the server."""
    return " ".join(line for line in _SQL[name].splitlines() if not line.startswith("--"))


_ANEW, _PROMISED, _LOCK = map(_brief, ("anew", "promised", "lock"))
_LOST = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)  # by a session that changed
_NOT_LOCAL = ("search_path", "options")  # reads outside of transactions would not have them


class Connection(Driver):
    """A connection that knows how its transactions begin. `shared`: each may be on another server process."""

    shared = False
    each_transaction = _PROMISED  # what a transaction says first
    begin_locked = f"BEGIN; {each_transaction} {_LOCK}"

    def share(self, settings: Mapping[str, str]) -> None:
        """From now on each transaction sets these settings, for itself alone."""
        self.shared = True
        local = "".join(f"SET LOCAL {name} = '{value}'; " for name, value in settings.items())
        self.each_transaction = f"{_ANEW} {local}{_PROMISED}"
        self.begin_locked = f"BEGIN; {self.each_transaction} {_LOCK}"


@asynccontextmanager
async def transaction(db: Connection) -> AsyncIterator[None]:
    """A transaction that keeps what is promised; inside of another one, a part of it."""
    inside = db.is_in_transaction()
    async with db.transaction():
        if not inside:
            await db.execute(db.each_transaction)
        yield


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
        if await _shares(db, address, {**limits, "command_timeout": connect_seconds}):
            db.share({name: value for name, value in {**PLAIN, **settings}.items() if name not in FOR_SESSIONS})
        else:
            await set_up(db, wanted)
    except BaseException as error:
        db.terminate()
        if isinstance(error, _LOST):
            raise SettingError(f"{_POOLER}; {_ADVICE}") from error
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
            db: Connection = await asyncpg.connect(
                **address.arguments(host), **arguments, target_session_attrs=target, connection_class=Connection
            )
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


async def _shares(db: Connection, address: PostgresAddress, limits: Mapping[str, Any]) -> bool:
    """Whether this session, which is idle, takes turns with others on a server process. Raises SettingError where it
    could not live so, and one of _LOST."""
    if await _process(db) == db.get_server_pid():
        return False  # no pooler: those answer for the server, with a number of their own
    other = await _first(address, limits, primary=False)
    try:
        turns = [(await _process(db), await _process(other)) for _ in range(TURNS)]
    finally:
        other.terminate()
    ours, others = (set(processes) for processes in zip(*turns, strict=True))
    if len(ours) == len(others) == 1 and not ours & others:
        return False
    if refused := await _unbearable(db, address):
        raise SettingError(f"{_POOLER}{refused}")
    return True


async def _unbearable(db: Connection, address: PostgresAddress) -> str | None:
    """Why transactions cannot be on other server processes than the session was."""
    if await db.fetchval(_SQL["known_by_our_names"]):  # the pooler does not keep prepared statements itself
        return f"; {_ADVICE}"
    try:
        await db.execute("BEGIN")
        await db.execute("ROLLBACK")
    except asyncpg.PostgresConnectionError as error:  # each statement may, so that there are no transactions
        return f" ({error}); {_ADVICE}"
    if given := [name for name in _NOT_LOCAL if name in address.session_settings]:
        return f", in which {given[0]} would not hold: give the role its {given[0]}, ALTER ROLE ... SET"
    return None


async def _process(db: Connection) -> int:
    pid: int = await db.fetchval(_SQL["process"])
    return pid

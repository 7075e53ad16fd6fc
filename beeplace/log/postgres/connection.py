"""One connection to PostgreSQL for one kind of work: checked, with a time limit on everything, made again when lost.

While there is no connection, work is refused at once and not kept waiting. Work that was begun runs to its end even
when nobody waits for it any more: a connection is never left in the middle of something.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias, TypeVar

import asyncpg

from beeplace.errors import SettingError, StoreUnavailable
from beeplace.log.postgres.address import CertificateFile, PostgresAddress
from beeplace.log.postgres.login.password_file import PasswordFile
from beeplace.log.postgres.session import Connection, connected
from beeplace.log.postgres.session_settings import LIMITS
from beeplace.log.sql_files import queries

T = TypeVar("T")
Work: TypeAlias = Callable[[Connection], Awaitable[T]]

FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)  # TimeoutError too
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 2.5  # a little more than the server gives a statement
START_SECONDS = 10.0  # a server that is just starting is waited for
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds between two tries to connect
PROMISED = ("synchronous_commit", "fsync", "full_page_writes")  # all must be on, or a confirmed pixel can be lost

_SQL = queries("postgres")
logger = logging.getLogger("beeplace.store")


class NotReplicated(ConnectionError):
    """A commit that is to wait for a standby ended without one."""


# What the settings are to blame for: trying again does not help.
_SETTINGS: dict[type[Exception], str] = {
    asyncpg.InvalidPasswordError: "the server refuses the user or the password",
    asyncpg.InvalidAuthorizationSpecificationError: "the server refuses the user",
    asyncpg.InvalidCatalogNameError: "there is no such database on the server",
    asyncpg.InvalidSchemaNameError: "there is no such schema in the database",
    asyncpg.InsufficientPrivilegeError: "the user may not use or make the tables",
    ValueError: "this is no address of a PostgreSQL database",
}
_PARAMETERS = (asyncpg.UndefinedObjectError, asyncpg.CantChangeRuntimeParamError, asyncpg.InvalidParameterValueError)
_FINAL = re.compile("does not exist|no such |authentication failed|unsupported startup parameter")
_CERTIFICATES: dict[type[Exception], str] = {  # files are renewed and servers set right: it is tried again
    ssl.SSLCertVerificationError: "the database's certificate is not trusted",
    ssl.SSLError: "no secure connection to the database",
    CertificateFile: "a certificate's file for the database cannot be read",
    PasswordFile: "the file with the database's password cannot be used",
    asyncpg.ClientConfigurationError: "no secure connection to the database can be set up",
}
_REASONS: dict[type[Exception], str] = {
    **_CERTIFICATES,
    NotReplicated: "no standby confirms what is committed",
    asyncpg.LockNotAvailableError: "another session holds the board's lock",
    asyncpg.QueryCanceledError: "the database took too long",
    asyncpg.DiskFullError: "the database's disk is full",
    asyncpg.TooManyConnectionsError: "the database takes no more connections",
    asyncpg.CannotConnectNowError: "the database is starting or stopping",
    asyncpg.ReadOnlySQLTransactionError: "the database takes no changes",
    asyncpg.TargetServerAttributeNotMatched: "none of the database's servers takes changes",
    asyncpg.InsufficientPrivilegeError: "the database's user may not do this any more",
    asyncpg.OperatorInterventionError: "the database ended the connection",
    asyncpg.PostgresConnectionError: "the connection to the database was lost",
    asyncpg.InterfaceError: "the connection to the database was lost",
    asyncpg.InternalClientError: "the connection to the database was lost",
    TimeoutError: "the database did not answer in time",
    OSError: "no connection to the database",
}
_EXPLAINED = (OSError, asyncpg.ClientConfigurationError, asyncpg.PostgresConnectionError)
_FOR_GOOD = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidSQLStatementNameError,  # somebody took our prepared statements: a new connection has its own
    asyncpg.DuplicatePreparedStatementError,
    asyncpg.InvalidCachedStatementError,
)


def reason(error: BaseException) -> str:
    """Why something failed, in a few plain words of ours that the public may read; the log has the database's."""
    if known := _known(error):
        return known
    logger.warning("the database refused: %s", _said(error))
    return "the database refused"


def in_words(error: BaseException) -> str:
    """The same for who runs a command: what a connection could not be made for, and the database's own words."""
    known = _known(error)
    if known and not isinstance(error, _EXPLAINED):
        return known
    return f"{known or 'the database refused'}: {_said(error)}"


def _known(error: BaseException) -> str | None:
    return next((text for kind, text in _REASONS.items() if isinstance(error, kind)), None)


def _said(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return (str(error) or type(error).__name__).splitlines()[0]


def broke(error: BaseException) -> bool:
    """Whether the connection on which this happened is not to be used again."""
    return isinstance(error, _FOR_GOOD) or (
        isinstance(error, FAILURES) and not isinstance(error, asyncpg.PostgresError)
    )


def wrong_setting(error: BaseException) -> SettingError | None:
    """The error as one of DATABASE_URL, if it is one."""
    if isinstance(error, tuple(_CERTIFICATES)):  # some are ValueErrors
        return None
    if isinstance(error, asyncpg.ProtocolViolationError):  # PgBouncer says nearly everything so
        return SettingError(f"DATABASE_URL: {_said(error)}") if _FINAL.search(str(error)) else None
    if isinstance(error, _PARAMETERS):
        return SettingError(f"DATABASE_URL: the server refuses a parameter: {_said(error)}")
    for kind, text in _SETTINGS.items():
        if isinstance(error, kind):
            return SettingError(f"DATABASE_URL: {text}")
    return None


class Backend(NamedTuple):
    """The server's process of a connection; the number alone may be another's by now."""

    pid: int
    since: datetime


class Link:
    """A connection that is used by one piece of work at a time. `settings` are the session's beside the limits."""

    def __init__(self, address: PostgresAddress, settings: Mapping[str, str]) -> None:
        self._address = address
        self._settings = {**LIMITS, **settings}
        self._db: Connection | None = None
        self._back = asyncio.Event()
        self._turn = asyncio.Lock()
        self._connecting: asyncio.Task[None] | None = None
        self._working: set[asyncio.Task[object]] = set()
        self._lost: str | None = None  # why there is no connection
        self.warning: str | None = None  # of the server, since whoever uses the link last forgot it
        self.prepare: Work[None] | None = None  # done with each new connection before it is used

    async def open(self) -> None:
        """Connects for the first time, for some seconds if need be. Raises SettingError or StoreUnavailable."""
        pauses, outage = _pauses(), self._address.outage
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while True:
            try:
                await self._connect()
            except (*FAILURES, ValueError) as error:
                if wrong := wrong_setting(error):
                    raise wrong from error
                outage.lasts(in_words(error))
                pause = next(pauses)
                if asyncio.get_running_loop().time() + pause > deadline:
                    raise StoreUnavailable(in_words(error)) from error
                await asyncio.sleep(pause)
            else:
                outage.over()
                return

    async def run(self, work: Work[T]) -> T:
        """Runs `work` with the connection, after what is under way. Raises StoreUnavailable, and what `work` does."""
        task = asyncio.ensure_future(self._alone(work))
        self._working.add(task)
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def _finished(self, task: asyncio.Task[T]) -> None:
        self._working.discard(task)
        if not task.cancelled():
            task.exception()  # whoever still waits is told; if nobody does, it is no news

    async def _alone(self, work: Work[T]) -> T:
        async with self._turn:
            if self._db is None:
                raise StoreUnavailable(self._lost)
            db = self._db
            try:
                return await work(db)
            except FAILURES as error:
                if broke(error):
                    self.drop(db, reason(error))
                raise StoreUnavailable(reason(error)) from error
            except asyncio.CancelledError:  # the loop itself ends
                self.drop(db, "the gateway is stopping")
                raise

    def drop(self, db: Connection, why: str) -> None:
        """Trusts this connection no more, and connects again."""
        if self._db is db:
            self._db, self._lost = None, why
            self._back.clear()
            self._connecting = asyncio.create_task(self._reconnect(), name="connecting")
        db.terminate()

    async def again(self) -> Connection:
        """The connection, as soon as there is one; for work that has dropped the one it was given."""
        while self._db is None:
            await self._back.wait()
        return self._db

    async def _reconnect(self) -> None:
        for pause in _pauses():
            try:
                await self._connect()
            except Exception as error:  # whatever it is: nobody else connects again
                wrong = error if isinstance(error, SettingError) else wrong_setting(error)
                self._lost = str(wrong or reason(error))
                self._address.outage.lasts(str(wrong or in_words(error)))
                await asyncio.sleep(pause)
            else:
                self._address.outage.over()
                return

    async def _connect(self) -> None:
        db = await connected(
            self._address, self._settings, connect_seconds=CONNECT_SECONDS, answer_seconds=ANSWER_SECONDS, primary=True
        )
        try:
            self.backend = await self._checked(db)
            if self.prepare:
                await self.prepare(db)
        except BaseException:
            db.terminate()
            raise
        self._db, self._lost = db, None
        db.add_log_listener(self._listen)
        db.add_termination_listener(lambda _: self.drop(db, "the connection to the database was lost"))
        self._back.set()

    def _listen(self, _: object, message: asyncpg.PostgresLogMessage) -> None:
        """Called before the answer to the statement is."""
        if message.severity_en == "WARNING":
            self.warning = message.message

    async def _checked(self, db: Connection) -> Backend:
        promised = PROMISED[db.shared :]  # each of our transactions sets the first of them
        row = await db.fetchrow(_SQL["connection"], promised)
        assert row is not None
        for name, value in zip(promised, row["settings"], strict=True):
            if value != "on":
                raise SettingError(
                    f"DATABASE_URL: the server runs with {name}={value}, so a confirmed pixel could be lost"
                )
        if row["standby"]:
            raise asyncpg.ReadOnlySQLTransactionError("a standby")
        if row["schema"] is not None:  # this board stays, if the role is given another search path meanwhile
            self._settings["search_path"] = row["schema"]
        return Backend(row["pid"], row["backend_start"])

    async def close(self) -> None:
        """Ends after the work under way."""
        async with self._turn:
            db, self._db, self._lost = self._db, None, "the store is closed"
            if self._connecting:
                self._connecting.cancel()
                await asyncio.wait([self._connecting])
            if db is not None:
                try:
                    await db.close(timeout=CONNECT_SECONDS)
                except FAILURES:
                    db.terminate()


def _pauses() -> Iterator[float]:
    """Seconds, longer and longer, and not the same in each gateway."""
    longest = FIRST_PAUSE
    while True:
        yield longest * random.uniform(0.5, 1)
        longest = min(LONGEST_PAUSE, 2 * longest)

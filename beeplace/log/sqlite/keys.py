"""Organisers' keys of a SQLite file, also while a gateway has it open: for commands, by a connection of their own.

Invariant: nothing but the write-ahead log is written beside a gateway that runs, whose file must not change otherwise.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

import apsw

from beeplace.errors import StoreUnavailable
from beeplace.log.keys import KeyNameTaken, KeyStore, StoredKey
from beeplace.log.sql_files import queries
from beeplace.log.sqlite.database_file import inspect, resolved
from beeplace.log.sqlite.store import SqliteStore
from beeplace.log.store import BoardSpec

_SQL = queries("sqlite")
_BUSY_MS = 5_000


@asynccontextmanager
async def sqlite_keys(path: Path, wanted: BoardSpec) -> AsyncIterator[KeyStore]:
    """The keys of a file, which is made where there is none, and brought up to date where it is an older version's.

    Raises SettingError, StoreLocked, StoreUnavailable.
    """
    try:
        if not (inspect(path) and _has_keys(path)):
            await _made(path, wanted)
        with closing(_connected(path)) as db:
            yield _SqliteKeyStore(db)
    except apsw.Error as error:
        raise StoreUnavailable(f"the keys cannot be read or written: {error}") from error


def _has_keys(path: Path) -> bool:
    with closing(_connected(path)) as db:
        return bool(db.execute(_SQL["has_keys"]).get)


def _connected(path: Path) -> apsw.Connection:
    db = apsw.Connection(str(resolved(path)), flags=apsw.SQLITE_OPEN_READWRITE)
    db.set_busy_timeout(_BUSY_MS)
    for pragma in ("synchronous = FULL", "wal_autocheckpoint = 0"):
        db.execute(f"PRAGMA {pragma}")
    return db


async def _made(path: Path, wanted: BoardSpec) -> None:
    """As the start of a gateway would."""
    store = SqliteStore(path)
    try:
        await store.open(wanted)
    finally:
        await store.close()


class _SqliteKeyStore(KeyStore):
    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    async def keys(self) -> list[StoredKey]:
        return [StoredKey(*row) for row in self._db.execute(_SQL["keys"])]

    async def add(self, key: StoredKey, now_ms: int) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            if self._db.execute(_SQL["name_taken"], (key.name, now_ms)).get:
                raise KeyNameTaken
            self._db.execute(_SQL["add_key"], key.columns)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    async def secrets(self) -> dict[str, bytes]:
        return dict(self._db.execute(_SQL["secrets"]))

    async def replace_secrets(self, secrets: Mapping[str, bytes]) -> None:
        self._db.pragma("secure_delete", 1)
        with self._db:
            self._db.execute(_SQL["forget_secrets"])
            self._db.executemany(_SQL["add_secret"], secrets.items())

    async def revoke(self, name: str, now_ms: int) -> bool:
        self._db.execute(_SQL["revoke_key"], (name, now_ms))
        return self._db.changes() > 0

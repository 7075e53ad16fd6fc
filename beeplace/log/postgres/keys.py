"""Organisers' keys of a PostgreSQL database, for commands, beside any number of gateways."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from beeplace.errors import StoreUnavailable
from beeplace.log.keys import KeyNameTaken, KeyStore, StoredKey
from beeplace.log.postgres.address import PostgresAddress
from beeplace.log.postgres.connection import FAILURES, in_words, wrong_setting
from beeplace.log.postgres.schema import migrate
from beeplace.log.postgres.session import Connection, connected, transaction
from beeplace.log.sql_files import queries
from beeplace.log.store import BoardSpec

_SQL = queries("postgres")
_CONNECT_SECONDS = 10.0
_SESSION = {"application_name": "beeplace keys", "lock_timeout": "10000"}


@asynccontextmanager
async def postgres_keys(url: str, wanted: BoardSpec, now_ms: int) -> AsyncIterator[KeyStore]:
    """The keys of a database, whose tables are made or brought up to date first.

    Raises SettingError, StoreUnavailable.
    """
    try:
        address = PostgresAddress(url)
        db = await connected(address, _SESSION, connect_seconds=_CONNECT_SECONDS, primary=True)
        try:
            await migrate(db, wanted, now_ms)
            yield _PostgresKeyStore(db)
        finally:
            await db.close(timeout=_CONNECT_SECONDS)
    except (*FAILURES, ValueError) as error:
        raise wrong_setting(error) or StoreUnavailable(in_words(error)) from error


class _PostgresKeyStore(KeyStore):
    def __init__(self, db: Connection) -> None:
        self._db = db

    async def keys(self) -> list[StoredKey]:
        return [StoredKey(*row) for row in await self._db.fetch(_SQL["keys"])]

    async def add(self, key: StoredKey, now_ms: int) -> None:
        async with transaction(self._db):
            await self._db.execute(_SQL["lock_keys"])
            if await self._db.fetchval(_SQL["name_taken"], key.name, now_ms):
                raise KeyNameTaken
            await self._db.execute(_SQL["add_key"], *key.columns)

    async def secrets(self) -> dict[str, bytes]:
        return {name: bytes(value) for name, value in await self._db.fetch(_SQL["secrets"])}

    async def replace_secrets(self, secrets: Mapping[str, bytes]) -> None:
        async with transaction(self._db):
            await self._db.execute(_SQL["forget_secrets"])
            await self._db.executemany(_SQL["add_secret"], list(secrets.items()))

    async def revoke(self, name: str, now_ms: int) -> bool:
        async with transaction(self._db):
            return await self._db.fetchval(_SQL["revoke_key"], name, now_ms) is not None

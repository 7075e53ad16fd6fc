"""Brings a PostgreSQL database's schema up to date, once, however many gateways start at the same time."""

from __future__ import annotations

import secrets

import asyncpg

from beeplace.errors import SettingError
from beeplace.log.crash_points import passing
from beeplace.log.postgres.connection import wrong_setting
from beeplace.log.postgres.session import Connection, transaction
from beeplace.log.sql_files import migrations, queries
from beeplace.log.store import BoardSpec

_SQL = queries("postgres")
_PATIENCE_SECONDS = 600.0  # a step may rewrite a long log, and another gateway may be at it
_NOT_OURS = (  # what a step of ours meets in a schema where others have tables or functions of the same names
    asyncpg.DuplicateTableError,
    asyncpg.DuplicateObjectError,
    asyncpg.DuplicateFunctionError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.DatatypeMismatchError,
    asyncpg.UndefinedFunctionError,
    asyncpg.WrongObjectTypeError,
)
_PATIENCE = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"


async def migrate(db: Connection, wanted: BoardSpec, at_ms: int) -> None:
    """Takes the steps that were not taken yet, all or none; an empty schema begins with the wanted board.

    Raises SettingError where the user may not, or where a newer BeePlace was here.
    """
    try:
        async with transaction(db):
            await db.execute(_PATIENCE)
            await db.execute(_SQL["migration_lock"], timeout=_PATIENCE_SECONDS)
            if not await db.fetchval(_SQL["has_migrations"], "migration"):
                await db.execute(_SQL["make_migrations"])
            await _take_steps(db, wanted, at_ms)
    except _NOT_OURS as error:
        raise SettingError("DATABASE_URL: the schema has tables of something else; name an empty one") from error
    except asyncpg.PostgresError as error:
        if wrong := wrong_setting(error):
            raise wrong from error
        raise


async def migrated(db: Connection) -> int:
    """The last step that was taken. Raises SettingError where this version does not know it."""
    done: int = await db.fetchval(_SQL["migrated"])
    if done > migrations("postgres")[-1][0]:
        raise SettingError("DATABASE_URL: a newer BeePlace has changed this database; start that one")
    return done


async def _take_steps(db: Connection, wanted: BoardSpec, at_ms: int) -> None:
    done, steps = await migrated(db), migrations("postgres")
    if done and not await db.fetchval(_SQL["has_migrations"], "board"):
        raise asyncpg.UndefinedTableError("board")
    for number, script in steps:
        if number > done:
            await db.execute(script, timeout=_PATIENCE_SECONDS)
            if number == 1:
                await _begin(db, wanted, at_ms)
            await db.execute(_SQL["add_migration"], number)
            passing("migrating")
    if not done:
        await db.execute(_SQL["begin_settings"], wanted.settings.text())


async def _begin(db: Connection, wanted: BoardSpec, at_ms: int) -> None:
    row = (secrets.token_hex(8), 1, wanted.width, wanted.height, wanted.palette.colors, at_ms)
    await db.execute(_SQL["add_epoch"], *row)
    await db.execute(_SQL["add_board"], 0, 0, "")

"""Begins a term wherever a PostgreSQL database is not the instance in which the last one was begun.

Called with each new connection for commits, before anything is committed over it.
"""

from __future__ import annotations

import asyncpg

from beeplace.board.terms import KEPT, Term, Terms, new_name
from beeplace.log.postgres.session import Connection, transaction
from beeplace.log.sql_files import queries

_SQL = queries("postgres")


async def settle_term(db: Connection) -> None:
    """Begins a term if this is another instance. Where another gateway does so too, one of them is enough."""
    if not _goes_on(await _instance(db)):
        async with transaction(db):
            await db.execute(_SQL["lock"])
            if not _goes_on(instance := await _instance(db)):
                await db.execute(_SQL["add_term"], new_name(), instance["mark"])


async def doubt_term(db: Connection) -> None:
    """Begins a term, whatever instance this is, and holds nothing of the one before."""
    async with transaction(db):
        await db.execute(_SQL["lock"])
        await db.execute(_SQL["doubt_term"], new_name(), (await _instance(db))["mark"])


async def terms(db: Connection) -> Terms:
    """The newest terms there are."""
    return Terms(Term(*row) for row in reversed(await db.fetch(_SQL["terms"], KEPT)))


def _goes_on(instance: asyncpg.Record) -> bool:
    return bool(instance["original"]) and instance["known"] == instance["mark"]


async def _instance(db: Connection) -> asyncpg.Record:
    row = await db.fetchrow(_SQL["instance"])
    assert row is not None
    return row

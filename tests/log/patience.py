"""Stores of PostgreSQL in tests that break it: opened at any address, and asked until they answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from beeplace.board.entries import Entry
from beeplace.board.rules import Answer
from beeplace.errors import StoreUnavailable
from beeplace.log.postgres.store import PostgresStore
from tests.log.samples import BOB, NO_LIMIT, Session, placement, rid
from tests.waiting import patiently


@asynccontextmanager
async def session_at(url: str) -> AsyncIterator[Session]:
    session = Session(Path(), lambda _, ticks: PostgresStore(url, ticks), NO_LIMIT)
    await session.open()
    yield session
    await session.store.close()


async def again(session: Session) -> list[Answer]:
    """Places until it can be placed, as a phone would."""
    return await patiently(lambda: session.place(placement(by=BOB, rid=rid(99))), StoreUnavailable)


async def log_of(session: Session) -> list[Entry]:
    return await patiently(session.log, StoreUnavailable)


async def seqs(session: Session) -> list[int]:
    return [e.seq for e in await log_of(session)]

"""A store to test with, once for each adapter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.log.desk import DEADLINE_SECONDS, Desk
from tests.log.samples import LIMITS, STORES, Session, sqlite


@pytest.fixture(params=sorted(STORES))
async def session(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Session]:
    """An open store of every kind there is, empty."""
    session = Session(tmp_path, STORES[request.param])
    await session.open()
    yield session
    await session.store.close()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A loop on a real store; stopped and closed with the test."""
    session = Session(tmp_path, sqlite, LIMITS)
    await session.open()
    desk = Desk(session)
    task = asyncio.create_task(desk.loop.run())
    yield desk
    desk.loop.stop()
    async with asyncio.timeout(DEADLINE_SECONDS):
        await task
    await session.store.close()

"""A desk that takes back, on a real store of each kind, with a commit loop that runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.desk.office import Office
from tests.log.samples import NO_LIMIT, STORES, Session

DEADLINE_SECONDS = 30


@pytest.fixture(params=sorted(STORES))
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    session = Session(tmp_path, STORES[request.param], NO_LIMIT)
    await session.open()
    office = Office(session)
    task = asyncio.create_task(office.loop.run())
    yield office
    office.loop.stop()
    async with asyncio.timeout(DEADLINE_SECONDS):
        await task
    await session.store.close()

"""A store of either kind, on which anybody may place as much as they like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.log.samples import NO_LIMIT, STORES, Session


@pytest.fixture(params=sorted(STORES))
async def session(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Session]:
    session = Session(tmp_path, STORES[request.param], NO_LIMIT)
    await session.open()
    yield session
    await session.store.close()

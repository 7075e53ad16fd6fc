"""A store to test with, once for each adapter; `--hypothesis-profile=long` looks longer for counterexamples."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.board.samples import STORES, Session

settings.register_profile("long", max_examples=5_000, stateful_step_count=80, deadline=None)


@pytest.fixture(params=sorted(STORES))
async def session(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Session]:
    """An open store of every kind there is, empty."""
    session = Session(tmp_path, STORES[request.param])
    await session.open()
    yield session
    await session.store.close()

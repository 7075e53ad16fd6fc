"""A board whose exports are read as the tools of other canvases do."""

from __future__ import annotations

from pathlib import Path

import pytest

from beeplace.board.changes.paste import Paste
from beeplace.board.geometry import Area
from beeplace.board.rules import Action
from tests.closed_store import closed_store
from tests.log.samples import ORGANISER, STORES, Session


@pytest.fixture(params=sorted(STORES))
async def session(request: pytest.FixtureRequest, tmp_path: Path) -> Session:
    """A closed store with a bit of everything in it, and an organiser's picture that leaves one pixel as it is."""
    session = await closed_store(tmp_path / "drawn", request.param)
    await session.open()
    paste = Paste.over(Area(2, 3, 3, 2), bytes((1, 1, 3, 3, 0, 2)), bytes((1, 1, 1, 1, 0, 1)))
    assert paste
    await session.act(Action(paste, ORGANISER, before=bytes(6)))
    await session.store.close()
    return session

"""How far apart the commits of gateways are that share a board."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from beeplace.log import commit_loop
from tests.log.gateways import pair
from tests.log.samples import placement, rid
from tests.redis import shared


async def test_gateways_that_share_a_board_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two each commits half as often as one that is alone, and who comes alone still does not wait."""
    monkeypatch.setattr(commit_loop, "PACE_SECONDS", 0.4)
    monkeypatch.setattr(commit_loop, "SHARED_PACE_SECONDS", 3600.0)
    clock = asyncio.get_running_loop().time
    async with pair(shared(), tmp_path) as both:
        began = clock()
        await both.one.place(placement(by=rid(1)))
        await both.one.place(placement(by=rid(2)))
        assert clock() - began > 0.75

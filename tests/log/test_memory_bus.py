"""The bus of a gateway that is alone."""

from __future__ import annotations

import asyncio

import pytest

from beeplace.log.committed import Committed
from beeplace.log.memory_bus import MemoryBus
from tests.log.samples import ANN, STATE, entry


async def test_nobody_is_told_and_nobody_is_heard() -> None:
    bus, heard = MemoryBus(), list[Committed | None]()
    bus.announce(Committed([entry(1)], STATE))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await bus.run(heard.append, lambda: [ANN])
    assert (heard, bus.elsewhere, bus.failing) == ([], 0, None)

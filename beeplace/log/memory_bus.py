"""The bus of a gateway that is alone: there is nobody to tell, and nobody to hear of."""

from __future__ import annotations

import asyncio

from beeplace.log.bus import Bus, Hear, Present
from beeplace.log.committed import Committed


class MemoryBus(Bus):
    """There is no other gateway: nothing is sent, and nothing can fail."""

    elsewhere = gateways = 0

    @property
    def failing(self) -> str | None:
        return None

    def announce(self, news: Committed) -> None:
        pass

    async def run(self, hear: Hear, present: Present) -> None:  # noqa: ARG002  # nobody is there to be heard
        await asyncio.Event().wait()

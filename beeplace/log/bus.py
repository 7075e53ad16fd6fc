"""The port that tells other gateways of committed changes and of the people here, and hears of theirs.

What every bus guarantees: `announce` never waits and never fails. What other gateways announce may be lost,
repeated, late or forged; news say which entries they have, and the log has the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from beeplace.log.committed import Committed

Hear = Callable[[Committed | None], None]
Present = Callable[[], Collection[bytes]]


class Bus(Protocol):
    """See the module's docstring for what is guaranteed."""

    elsewhere: int  # distinct people on other gateways who are not on this one, as far as it is known
    gateways: int  # how many other gateways are heard

    @property
    def failing(self) -> str | None:
        """Why others cannot be told or heard at present; None while they can."""

    def announce(self, news: Committed) -> None:
        """Tells of a commit that is in the log and in this gateway's board."""

    async def run(self, hear: Hear, present: Present) -> None:
        """Works until it is cancelled. Calls `hear` with others' news, in their order, or with None where some may
        have been missed; asks `present` once a second for the identities of the people on this gateway."""

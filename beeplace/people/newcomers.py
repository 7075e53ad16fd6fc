"""How many newcomers come and do not stay: what tells a flood of made-up people from doors that open.

Whoever joins is one more who is present; a script that takes a new name for each of its pixels is not. So the flood is
those who joined under a new name in the last minute, less who left again and had not drawn, and less those by whom the
crowd has grown, beside the size of the crowd.
Neither addresses nor devices are looked at. Who comes while there is a flood owes work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from beeplace.people.work import Work

SECONDS: Final = 60  # over which newcomers are counted
CALM: Final = 60  # newcomers of a minute who need not stay, however few people there are
CALM_SHARE: Final = 0.25  # of the people there are: some look in and leave, as at any event


class _Second(NamedTuple):
    issued: int
    entered: int
    present: int


class Newcomers:
    """One for each gateway. `issued` says how many newcomers have come and not left at once, `present` how many people
    there are here; `work` is what newcomers do in a flood.

    Only who is here is compared with who came here: people of a gateway that ends are newcomers to this one where they
    are known by a fingerprint alone, and no more on all gateways than before.
    """

    def __init__(self, work: Work, issued: Callable[[], int], present: Callable[[], int]) -> None:
        self.work, self._issued, self._present = work, issued, present
        self.entered = 0  # by work: who keeps names for later is counted when they are used
        self._seconds: deque[_Second] = deque([self._now()], SECONDS + 1)
        self._noted_at = float("-inf")

    def step(self, now: float) -> None:
        """Notes the numbers, once in each second; `now` counts seconds."""
        if now - self._noted_at >= 1:
            self._noted_at = now
            self.note()

    def note(self) -> None:
        """Notes the numbers: called once a second."""
        self._seconds.append(self._now())

    @property
    def level(self) -> float:
        """0 in calm, and from 1 on how many times too many newcomers there are, as of this moment: in a second a script
        takes thousands of names."""
        first = self._seconds[0]
        given = max(self._issued() - first.issued, self.entered - first.entered)
        if given <= CALM:  # whoever stays of them; nearly every join ends here
            return 0.0
        present = self._present()
        passing = given - max(0, present - first.present)
        level = passing / max(CALM, CALM_SHARE * present)
        return level if level > 1 else 0.0

    def flooded(self) -> bool:
        """Whether who comes now owes work."""
        return self.level > 0

    def challenge(self) -> dict[str, Any]:
        """Work for a newcomer, as much as the level asks for."""
        return self.work.challenge(self.level)

    def has_worked(self, done: dict[str, Any]) -> bool:
        """Whether this is a solution, as hard as the level asks for. It may be used up."""
        return self.work.is_done(done, self.level)

    async def use(self, done: dict[str, Any]) -> bool:
        """Whether somebody comes in by this solution, which is then used up. Raises StoreUnavailable."""
        if not await self.work.use(done):
            return False
        self.entered += 1
        return True

    def _now(self) -> _Second:
        return _Second(self._issued(), self.entered, self._present())

"""Coming in where not everyone may draw: what somebody shows is judged, and their token then says until when they may.

Nothing is stored of it: neither what was shown nor by whom. Whoever is in stays in, whatever rule comes next.
"""

from __future__ import annotations

from typing import Final

from beeplace.errors import BeePlaceError
from beeplace.people.identities import Identities, Identity
from beeplace.people.redemptions import Redemptions
from beeplace.people.wall_codes import WallCodes
from beeplace.people.wrong_codes import WrongCodes

HOUR_MS: Final = 3_600_000


class EntryRefused(BeePlaceError):
    """Somebody is not let in."""

    def __init__(self, code: str, retry_in_ms: int = 0) -> None:
        super().__init__(code)
        self.code, self.retry_in_ms = code, retry_in_ms


class Entrance:
    """One for each gateway."""

    def __init__(self, identities: Identities, codes: WallCodes, redemptions: Redemptions, wrong: WrongCodes) -> None:
        self._identities, self.codes, self.redemptions, self.wrong = identities, codes, redemptions, wrong

    def by_code(self, code: str, identity: Identity | None, network: str) -> Identity:
        """Lets somebody in who shows a code of a wall. Raises EntryRefused.

        Who is in already takes nothing from others: their time begins anew.
        """
        if "code" not in self.codes.settings().entry:
            raise EntryRefused("way")
        if wait_ms := self.wrong.wait_ms(network):
            raise EntryRefused("tries", wait_ms)
        found = self.codes.find(code)
        if found is None:
            self.wrong.count(network)
            raise EntryRefused("wrong")
        if not self._is_in(identity) and (refused := self.redemptions.take(found, network)):
            wait_ms = refused.retry_in_ms or self.codes.remaining_ms()
            raise EntryRefused(refused.code, wait_ms)
        self.wrong.entered(network)
        return self._let_in(identity)

    def _is_in(self, identity: Identity | None) -> bool:
        return identity is not None and identity.entered_until_ms > self.codes.now_ms()

    def _let_in(self, identity: Identity | None) -> Identity:
        return self._identities.entered(identity, self.codes.now_ms() + self.codes.settings().entry_hours * HOUR_MS)

"""Coming in where not everyone may draw: what somebody shows is judged, and their token then says until when they may.

What was shown is not stored: of a ticket a keyed hash, and whose it is, of a code nothing. Whoever is in stays in,
whatever rule comes next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

from beeplace.board.setting_rules import WAYS
from beeplace.errors import BeePlaceError
from beeplace.log.claims.claim import Claim, ClaimStore
from beeplace.log.once import Once
from beeplace.log.store import Store
from beeplace.people.identities import Identities, Identity
from beeplace.people.newcomer_rate import NewcomerRate
from beeplace.people.newcomers import Newcomers
from beeplace.people.redemptions import Redemptions
from beeplace.people.tickets.check import TicketCheck, TicketRefused
from beeplace.people.wall_codes import WallCodes
from beeplace.people.work import Work
from beeplace.people.wrong_codes import WrongCodes

HOUR_MS: Final = 3_600_000
FLOOD_MS: Final = 180_000  # for which work lets in while newcomers come in floods


class EntryRefused(BeePlaceError):
    """Somebody is not let in."""

    def __init__(self, code: str, retry_in_ms: int = 0) -> None:
        super().__init__(code)
        self.code, self.retry_in_ms = code, retry_in_ms


class Entrance:
    """One for each gateway."""

    def __init__(
        self,
        identities: Identities,
        codes: WallCodes,
        redemptions: Redemptions,
        wrong: WrongCodes,
        *,
        tickets: TicketCheck,
        claims: ClaimStore,
        newcomers: Newcomers,
        rate: NewcomerRate,
    ) -> None:
        self._identities, self.codes, self.redemptions, self.wrong = identities, codes, redemptions, wrong
        self.tickets, self.claims, self.newcomers, self.rate = tickets, claims, newcomers, rate
        self.entered: Counter[str] = Counter()  # since the start, by way

    @property
    def possible_ways(self) -> list[str]:
        """The ways that the entry rule could have here."""
        return [way for way in WAYS if way != "ticket" or self.tickets.possible]

    def step(self, now: float) -> None:
        """Counts newcomers, and forgets networks; called a few times a second. `now` counts seconds."""
        self.newcomers.step(now)
        self.rate.forget()
        self.redemptions.forget()
        self.wrong.forget()

    def by_code(self, code: str, identity: Identity | None, network: str) -> Identity:
        """Lets somebody in who shows a code of a wall. Raises EntryRefused.

        Who is in already takes nothing from others: their time begins anew.
        """
        self._check_way("code", network)
        found = self.codes.find(code)
        if found is None:
            self.wrong.count(network)
            raise EntryRefused("wrong")
        if not self._is_in(identity) and (refused := self.redemptions.take(found, network)):
            wait_ms = refused.retry_in_ms or self.codes.remaining_ms()
            raise EntryRefused(refused.code, wait_ms)
        return self._let_in(identity, self._entering(identity), "code", network)

    async def by_ticket(self, text: str, identity: Identity | None, network: str) -> Identity:
        """Lets somebody in who shows a ticket of the event, if nobody else has. Raises EntryRefused, StoreUnavailable.

        Each that lets nobody in is a wrong one: a real ticket that is over or used costs the store a look each time.
        Who is in by something else uses no ticket up, and stays in for as long as they were.
        """
        self._check_way("ticket", network)
        try:
            found = await self.tickets.judge(text)
        except TicketRefused as refused:
            self.wrong.count(network)
            raise EntryRefused(refused.code) from refused
        ticket = self._identities.ticket(found.name)
        holder = await self.claims.holder_of(ticket)
        if holder is None and identity and self._is_in(identity):
            return identity
        entering = self._entering(identity)
        if holder is None:
            holder = await self.claims.claim(Claim(ticket, entering.hash, found.listed))
        if holder != entering.hash:
            self.wrong.count(network)
            raise EntryRefused("used")
        return self._let_in(identity, entering, "ticket", network)

    async def release(self, text: str) -> bool:
        """Makes a ticket nobody's, so that somebody else comes in by it; False where it was. Raises EntryRefused for
        what is no ticket, and StoreUnavailable."""
        try:
            found = await self.tickets.judge(text)
        except TicketRefused as refused:
            raise EntryRefused(refused.code) from refused
        return await self.claims.release(self._identities.ticket(found.name))

    def _check_way(self, way: str, network: str) -> None:
        if way not in self.codes.settings().entry:
            raise EntryRefused("way")
        if wait_ms := self.wrong.wait_ms(network):
            raise EntryRefused("tries", wait_ms)

    def work(self) -> dict[str, Any]:
        """Work for a newcomer. Raises EntryRefused where nobody comes in by it."""
        if not {"work", "open"}.intersection(self.codes.settings().entry):
            raise EntryRefused("way")
        return self.newcomers.challenge()

    async def by_work(self, done: dict[str, Any], identity: Identity | None, network: str) -> Identity:
        """Lets somebody in whose device has worked, in calm for good. Raises EntryRefused, StoreUnavailable.

        In a flood only some come in from each network, and for a while: who solves faster than people come is a script.
        """
        settings = self.codes.settings()
        owes_work = identity is not None and (identity.owes_work or identity.fresh)
        if (settings.gated or not owes_work) and "work" not in settings.entry:
            raise EntryRefused("way")
        if not self.newcomers.has_worked(done):
            raise EntryRefused("work")
        flooded = self.newcomers.level > 0
        if flooded and (wait_ms := self.rate.take(network)):
            raise EntryRefused("crowded", wait_ms)
        if not await self.newcomers.use(done):
            self.rate.give_back(network)
            raise EntryRefused("work")
        self.entered["work"] += not self._is_in(identity)
        if flooded:
            return self._identities.entered(identity, self.codes.now_ms() + FLOOD_MS, owes_work=True)
        return self._entering(identity)

    def _is_in(self, identity: Identity | None) -> bool:
        return identity is not None and identity.entered_until_ms > self.codes.now_ms()

    def _entering(self, identity: Identity | None) -> Identity:
        """With a token that may draw, which is good once it is given out."""
        return self._identities.entered(identity, self.codes.now_ms() + self.codes.settings().entry_hours * HOUR_MS)

    def _let_in(self, identity: Identity | None, entering: Identity, way: str, network: str) -> Identity:
        self.wrong.entered(network)
        if not self._is_in(identity):
            self.entered[way] += 1
        return entering


def opened(
    identities: Identities,
    codes: WallCodes,
    store: Store,
    tickets: TicketCheck,
    *,
    clock: Callable[[], float],
    crowd: tuple[Callable[[], int], Callable[[], int]],
    here: Callable[[], int],
    known: Callable[[], tuple[Iterable[str], float]],
) -> Entrance:
    """The entrance of a gateway, at which nobody has been yet. `clock` counts seconds; `crowd` says how many people
    there are on all gateways, and how many gateways; `here` how many people there are on this one, and `known` from
    which networks people are, see `NewcomerRate`."""
    newcomers = Newcomers(
        Work(codes.secret, codes.now_ms, Once(store)), lambda: identities.issued - identities.unused, here
    )
    identities.flooded = newcomers.flooded
    return Entrance(
        identities, codes, Redemptions(clock, *crowd), WrongCodes(clock),
        tickets=tickets, claims=store, newcomers=newcomers, rate=NewcomerRate(clock, known, crowd[1]),
    )  # fmt: skip

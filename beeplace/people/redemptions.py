"""How often wall codes are redeemed on one gateway, and what that tells of codes that were passed on to elsewhere.

Addresses are looked at only beside those of the crowd: where a few networks bring nearly everybody, as a Wi-Fi of the
venue does, any other one is let in slowly; where people come from everywhere, none is. Of networks only keyed hashes
are known, in memory, for ten minutes.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import Final, NamedTuple

from beeplace.people.network_names import NetworkNames
from beeplace.people.wall_codes import KnownCode

LEAST_BUDGET: Final = 60  # entries by one code, however few people there are
CROWD_SHARE: Final = 0.5  # of the people there are, whom one code may let in
MINUTES: Final = 10  # that are remembered
MINUTE_SECONDS: Final = 60.0
ENOUGH: Final = 50  # entries of these minutes, from which on networks are compared
LARGE_SHARE: Final = 0.1  # of the entries: a network that brings so many is one of the crowd's
CROWDED_SHARE: Final = 0.8  # of the entries: where the crowd's networks bring so many, others are elsewhere
MAX_NETWORKS: Final = 20_000  # compared in one minute


class Refusal(NamedTuple):
    """`code` is "spent" or "elsewhere"; after `retry_in_ms` it may be another answer."""

    code: str
    retry_in_ms: int


class Redemptions:
    """`clock` counts seconds; `crowd` says how many people there are, `gateways` how many share the board."""

    def __init__(self, clock: Callable[[], float], crowd: Callable[[], int], gateways: Callable[[], int]) -> None:
        self._clock, self._crowd, self._gateways = clock, crowd, gateways
        self._names = NetworkNames()
        self._spent: Counter[KnownCode] = Counter()
        self._minutes: deque[Counter[bytes]] = deque([Counter()], MINUTES)
        self._minute = clock() // MINUTE_SECONDS
        self._crowds: frozenset[bytes] = frozenset()  # networks of the crowd; empty where it has none of its own
        self._compared_at = float("-inf")
        self._let_in: dict[bytes, float] = {}  # when a network from elsewhere was let in last
        self.entered = 0  # since the start, all walls
        self.by_wall: Counter[int] = Counter()
        self.elsewhere = 0  # of them, from networks that are none of the crowd's

    def take(self, code: KnownCode, network: str) -> Refusal | None:
        """Counts an entry by a code from a network, unless it is not to be: then why."""
        now = self._clock()
        self.forget()
        self._forget_codes(code.step)
        if self._spent[code] >= self._budget():
            return Refusal("spent", 0)
        name = self._names.of(network)
        if (crowds := self._compare(now)) and name not in crowds:
            wait = self._let_in.get(name, float("-inf")) + MINUTE_SECONDS - now
            if wait > 0:
                return Refusal("elsewhere", round(1000 * wait))
            self._let_in[name] = now
            self.elsewhere += 1
        self._count(code, name)
        return None

    def _budget(self) -> float:
        return max(LEAST_BUDGET, CROWD_SHARE * self._crowd()) / max(1, self._gateways())

    def _count(self, code: KnownCode, name: bytes) -> None:
        self._spent[code] += 1
        self.entered += 1
        self.by_wall[code.wall] += 1
        if len(minute := self._minutes[-1]) < MAX_NETWORKS or name in minute:
            minute[name] += 1

    def forget(self) -> None:
        """What is older than what is compared."""
        now = self._clock()
        minute = now // MINUTE_SECONDS
        for _ in range(min(MINUTES, int(minute - self._minute))):
            self._minutes.append(Counter())
        if minute > self._minute:
            self._minute = minute
            self._compared_at, self._crowds = float("-inf"), frozenset()
            self._let_in = {name: at for name, at in self._let_in.items() if now - at < MINUTE_SECONDS}

    def _forget_codes(self, step: int) -> None:
        if len(self._spent) > 64:
            self._spent = Counter({code: count for code, count in self._spent.items() if code.step >= step - 4})

    def _compare(self, now: float) -> frozenset[bytes]:
        """The networks that bring nearly everybody; none where there are no such. Looked up once a second."""
        if now - self._compared_at >= 1:
            self._compared_at = now
            all_of_them: Counter[bytes] = Counter()
            for minute in self._minutes:
                all_of_them.update(minute)
            total = all_of_them.total()
            large = {name: count for name, count in all_of_them.items() if count >= LARGE_SHARE * total}
            crowded = total >= ENOUGH and sum(large.values()) >= CROWDED_SHARE * total
            self._crowds = frozenset(large) if crowded else frozenset()
        return self._crowds

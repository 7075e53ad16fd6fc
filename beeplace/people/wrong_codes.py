"""How many wrong codes are judged: so few that guessing one is hopeless, so many that no crowd's slips are noticed.

There are 64 million codes of six letters, and some fifty of them are good at a time. A network has tries that come back
slowly, and two more with everyone who comes in from there, so that a whole crowd behind one address has enough. All
networks from which nobody has come in share tries, too: many addresses guess no faster than some.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from beeplace.people.network_names import NetworkNames

NETWORK_TRIES: Final = 30.0  # of a network at once
NETWORK_PER_SECOND: Final = 0.5
STRANGERS_TRIES: Final = 300.0  # of all networks from which nobody has come in, together
STRANGERS_PER_SECOND: Final = 5.0
TRIES_OF_ENTRY: Final = 2.0  # more for a network, with each who comes in
FREE_TRIES: Final = 2  # of a network that no stranger can use up
MAX_TRIES: Final = 10_000.0  # that a network can have
MAX_NETWORKS: Final = 20_000  # that are remembered; who is forgotten begins anew
KEPT_SECONDS: Final = 1800.0  # after which a network from which nothing came is forgotten


class _Tries:
    """A bucket that fills with time."""

    __slots__ = ("at", "entered", "left", "wrong")

    def __init__(self, left: float, at: float) -> None:
        self.left, self.at = left, at
        self.wrong = 0
        self.entered = False

    def fill(self, now: float, per_second: float, most: float) -> None:
        """With what came back since."""
        if self.left < most:
            self.left = min(most, self.left + (now - self.at) * per_second)
        self.at = now


class WrongCodes:
    """`clock` counts seconds. Of networks only keyed hashes are known, in memory."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._names = NetworkNames()
        self._networks: OrderedDict[bytes, _Tries] = OrderedDict()
        self._strangers = _Tries(STRANGERS_TRIES, clock())
        self.counted = 0  # since the start

    def wait_ms(self, network: str) -> int:
        """After how long a code from this network is judged; 0 for at once."""
        now = self._clock()
        tries = self._of(network, now)
        if tries.left < 1:
            return round(1000 * (1 - tries.left) / NETWORK_PER_SECOND)
        self._strangers.fill(now, STRANGERS_PER_SECOND, STRANGERS_TRIES)
        if tries.entered or tries.wrong < FREE_TRIES or self._strangers.left >= 1:
            return 0
        return round(1000 * (1 - self._strangers.left) / STRANGERS_PER_SECOND)

    def count(self, network: str) -> None:
        """One that was judged, and is none."""
        self.counted += 1
        tries = self._of(network, self._clock())
        tries.left -= 1
        tries.wrong += 1
        if not tries.entered:
            self._strangers.left = max(0.0, self._strangers.left - 1)

    def entered(self, network: str) -> None:
        """Somebody came in from there."""
        tries = self._of(network, self._clock())
        tries.entered = True
        tries.left = min(MAX_TRIES, tries.left + TRIES_OF_ENTRY)

    def forget(self) -> None:
        """Networks from which nothing came for long."""
        oldest = self._clock() - KEPT_SECONDS
        while self._networks and next(iter(self._networks.values())).at < oldest:
            self._networks.popitem(last=False)

    def _of(self, network: str, now: float) -> _Tries:
        name = self._names.of(network)
        tries = self._networks.pop(name, None) or _Tries(NETWORK_TRIES, now)
        self._networks[name] = tries
        if len(self._networks) > MAX_NETWORKS:
            self._networks.popitem(last=False)
        tries.fill(now, NETWORK_PER_SECOND, NETWORK_TRIES)
        return tries

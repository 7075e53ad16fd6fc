"""How fast newcomers of a flood come in by work: from each network as many as fit those who were there before.

A venue's Wi-Fi, from which a crowd draws, grows by a part of that crowd in a minute; any other network by one person.
So a script at home gets no further by solving faster. While few people are known no network is slowed: who they are
tells nothing yet. Of networks only keyed hashes are known, in memory, for ten minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from beeplace.people.network_names import NetworkNames

MINUTE_SECONDS: Final = 60.0
FORGET_SECONDS: Final = 600.0  # after which nothing is known of a network
SHARE: Final = 0.25  # of the people of a network who are there: newcomers of a minute, as in calm
ENOUGH: Final = 50  # people who are known, from which on networks are told apart
SAMPLE_SECONDS: Final = 1.0  # for which a look at the crowd is good
MAX_NETWORKS: Final = 20_000  # that are remembered; who is forgotten begins anew


class _Room(NamedTuple):
    left: float
    at: float


class NewcomerRate:
    """One for each gateway. `clock` counts seconds; `known` says from which network each of the people is who owe no
    work, or each of a sample of them, and how many people one of these stands for; `gateways` how many there are."""

    def __init__(
        self, clock: Callable[[], float], known: Callable[[], tuple[Iterable[str], float]], gateways: Callable[[], int]
    ) -> None:
        self._clock, self._known, self._gateways = clock, known, gateways
        self._names = NetworkNames()
        self._rooms: dict[bytes, _Room] = {}
        self._crowd: Counter[bytes] = Counter()
        self._weight = 1.0
        self._looked_at = float("-inf")

    def take(self, network: str) -> int:
        """Lets one more in from there, and is 0; otherwise after how many milliseconds to ask again."""
        now = self._clock()
        self._look(now)
        if self._weight * self._crowd.total() < ENOUGH:
            return 0
        name = self._names.of(network)
        a_minute = max(1 / max(1, self._gateways()), SHARE * self._weight * self._crowd[name])
        most = max(1.0, a_minute)
        room = self._rooms.get(name, _Room(most, now))
        left = min(most, room.left + (now - room.at) * a_minute / MINUTE_SECONDS)
        if left < 1:
            return max(1, round(1000 * (1 - left) * MINUTE_SECONDS / a_minute))
        self._keep(name, _Room(left - 1, now))
        return 0

    def forget(self) -> None:
        """What is older than ten minutes; called a few times a second."""
        now = self._clock()
        while self._rooms and now - self._rooms[oldest := next(iter(self._rooms))].at > FORGET_SECONDS:
            del self._rooms[oldest]
        if now - self._looked_at > FORGET_SECONDS:
            self._crowd.clear()

    def give_back(self, network: str) -> None:
        """Who was let in did not come in."""
        if room := self._rooms.get(name := self._names.of(network)):
            self._rooms[name] = room._replace(left=room.left + 1)

    def _keep(self, name: bytes, room: _Room) -> None:
        self._rooms.pop(name, None)  # so that the oldest stands first
        self._rooms[name] = room
        if len(self._rooms) > MAX_NETWORKS:
            del self._rooms[next(iter(self._rooms))]

    def _look(self, now: float) -> None:
        if now - self._looked_at >= SAMPLE_SECONDS:
            self._looked_at = now
            networks, self._weight = self._known()
            self._crowd = Counter(map(self._names.of, networks))

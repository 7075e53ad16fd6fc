"""Newcomers of one network who behave as one: made-up people of a script, who together get what a few people get.

Compared is how long after coming a newcomer places a pixel, how long after that the next one, and where. People of a
crowd differ in these, also where all of them draw one picture; copies of a program do not. Only the first two pixels
of names that are new are looked at; a placement of anybody else costs nothing.
"""

from __future__ import annotations

import math
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from itertools import product
from typing import Final, NamedTuple

from beeplace.board.geometry import Pixel
from beeplace.board.state import BoardState
from beeplace.people.group import Group
from beeplace.people.network_names import NetworkNames

LEAST: Final = 12  # newcomers who make a group
LEAST_SHARE: Final = 0.2  # of the network's newcomers in that area
SECONDS: Final = 600.0  # in which newcomers are compared, and after which a group that places nothing is forgotten
NO_PERSON_SECONDS: Final = 0.25  # is as fast as this: all that is faster is one rhythm
TOLERANCE: Final = 0.07  # of a rhythm's logarithm, to either side
AREAS: Final = 16  # along the shorter side of a board: as far apart as one's two pixels may be
LEAST_REACH: Final = 4  # pixels, though it be more than that
LEAST_SIDE: Final = 32  # of a board on which there are areas to be told apart
MAX_NEWCOMERS: Final = (
    5_000  # who are followed at a time: the newest of those who have not drawn, and of those who have
)

_AROUND: Final = tuple(product((-1, 0, 1), repeat=2))

Area = tuple[int, int]


class Behaviour(NamedTuple):
    """Where on the board, and in which steps of time; two are alike where none of the four differs by more than one."""

    column: int
    row: int
    delay: int
    gap: int

    def like(self, other: Behaviour) -> bool:
        """Whether both may be copies of one program."""
        return all(abs(one - two) <= 1 for one, two in zip(self, other, strict=True))


class _Newcomer:
    """A name that is new, and has drawn: when it came, and its first pixel."""

    __slots__ = ("came", "first", "first_at", "network", "suspected")

    def __init__(self, network: bytes, came: float, first: Pixel, first_at: float) -> None:
        self.network, self.came, self.first, self.first_at = network, came, first, first_at
        self.suspected: Group | None = None  # whose first pixel is as theirs: until the second one, one of them


class _Place:
    """What the newcomers of a network did in one area in these minutes: how many they are, and those in each rhythm."""

    __slots__ = ("newcomers", "rhythms")

    def __init__(self) -> None:
        self.newcomers = 0
        self.rhythms: defaultdict[tuple[int, int], list[tuple[bytes, Pixel]]] = defaultdict(list)


_Places = dict[Area, _Place]


class Groups:
    """One for each gateway. `clock` counts seconds; `state` is the board's."""

    def __init__(self, clock: Callable[[], float], state: Callable[[], BoardState]) -> None:
        self.clock, self._state = clock, state
        self._names = NetworkNames()
        # When those came who have not drawn, which most of a crowd have not: the newest, and some of those before.
        self._came: dict[bytes, float] = {}
        self._came_before: dict[bytes, float] = {}
        self._followed: OrderedDict[bytes, _Newcomer] = OrderedDict()
        self._networks: defaultdict[bytes, _Places] = defaultdict(dict)
        self._began = clock()
        self._members: dict[bytes, Group] = {}
        self._made = 0
        self.groups: list[Group] = []

    def come(self, identity: bytes) -> None:
        """A newcomer joins."""
        state = self._state()
        if min(state.width, state.height) < LEAST_SIDE:
            return
        self._came[identity] = self.clock()
        if len(self._came) >= MAX_NEWCOMERS // 2:
            self._came_before, self._came = self._came, {}

    def follows(self, identity: bytes) -> bool:
        """Whether the placements of somebody are to be told."""
        return any(identity in known for known in (self._came, self._members, self._followed, self._came_before))

    def wait_ms(self, identity: bytes, pixel: Pixel, network: str) -> int:
        """Somebody places a pixel who is followed: after how long it may be; 0 for now."""
        newcomer = self._followed.pop(identity, None)
        came = self._came.pop(identity, self._came_before.pop(identity, None))
        if newcomer:
            newcomer.suspected = None
            self._compare(identity, newcomer, pixel)
        elif came is not None:
            newcomer = _Newcomer(self._names.of(network), came, pixel, self.clock())
            newcomer.suspected = self._suspect(newcomer, pixel)
            self._followed[identity] = newcomer
            if len(self._followed) > MAX_NEWCOMERS:
                self._followed.popitem(last=False)
        group = self._members.get(identity) or (newcomer and newcomer.suspected)
        return group.take(pixel, self.clock(), self._state().settings) if group else 0

    def told(self) -> list[dict[str, int]]:
        """What a desk sees of each group."""
        return [group.told() for group in self.groups]

    def step(self) -> None:
        """Forgets what is over; called a few times a second."""
        now = self.clock()
        while self._followed and next(iter(self._followed.values())).came < now - SECONDS:
            self._followed.popitem(last=False)
        if now - self._began >= SECONDS:
            self._began = now
            self._networks.clear()
            self._came_before, self._came = self._came, {}
        if over := [group for group in self.groups if group.last_at < now - SECONDS]:
            self.groups = [group for group in self.groups if group not in over]
            self._members = {person: group for person, group in self._members.items() if group not in over}

    def _suspect(self, newcomer: _Newcomer, pixel: Pixel) -> Group | None:
        """The group whose members began so, and there."""
        column, row = self._area(pixel)
        delay = step_of(newcomer.first_at - newcomer.came)
        for group in self.groups:
            began = group.behaviour._replace(column=column, row=row, delay=delay)
            if group.network == newcomer.network and group.behaviour.like(began):
                return group
        return None

    def _compare(self, identity: bytes, newcomer: _Newcomer, pixel: Pixel) -> None:
        first = newcomer.first
        delay, gap = newcomer.first_at - newcomer.came, self.clock() - newcomer.first_at
        behaviour = Behaviour(*self._area(first), step_of(delay), step_of(gap))
        places = self._networks[newcomer.network]
        place = places.setdefault((behaviour.column, behaviour.row), _Place())
        place.newcomers += 1
        if max(abs(first.x - pixel.x), abs(first.y - pixel.y)) > self._reach:
            return  # is all over the board: no area
        place.rhythms[behaviour.delay, behaviour.gap].append((identity, first))
        group = next((g for g in self.groups if g.network == newcomer.network and g.behaviour.like(behaviour)), None)
        if group is None and (alike := _alike(places, behaviour)):
            self._made += 1
            group = Group(self._made, newcomer.network, behaviour, self.clock(), self._state().settings)
            self.groups.append(group)
            for person, at in alike:
                self._add(group, person, at)
        if group:
            self._add(group, identity, first)

    def _add(self, group: Group, identity: bytes, place: Pixel) -> None:
        self._members.setdefault(identity, group)
        group.add(identity, place)

    @property
    def _reach(self) -> int:
        state = self._state()
        return max(LEAST_REACH, min(state.width, state.height) // AREAS)

    def _area(self, pixel: Pixel) -> Area:
        return pixel.x // (2 * self._reach), pixel.y // (2 * self._reach)


def _alike(places: _Places, behaviour: Behaviour) -> list[tuple[bytes, Pixel]]:
    """Those who behave so, if they are so many that they are no people."""
    column, row, delay, gap = behaviour
    near = [place for x, y in _AROUND if (place := places.get((column + x, row + y)))]
    rhythms = [found for place in near for x, y in _AROUND if (found := place.rhythms.get((delay + x, gap + y)))]
    if sum(map(len, rhythms)) < max(LEAST, LEAST_SHARE * sum(place.newcomers for place in near)):
        return []
    return [one for found in rhythms for one in found]


def step_of(seconds: float) -> int:
    """Times that differ by no more than a person's do are the same step, or the next one."""
    if seconds < NO_PERSON_SECONDS:
        return 0
    return 1 + int(math.log((0.5 + seconds) / (0.5 + NO_PERSON_SECONDS)) / TOLERANCE)

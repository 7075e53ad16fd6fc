"""Copies of a program share what three people get; people of one address do not, however many draw one picture."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from beeplace.board.geometry import Pixel
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState, LiveSettings
from beeplace.people.group import MAX_MEMBERS, PEOPLE
from beeplace.people.groups import LEAST, LEAST_SIDE, MAX_NEWCOMERS, SECONDS, Groups

VENUE, HOME = "192.0.2.1", "198.51.100.7"
LIMITS = LiveSettings(max_pixels=3, cooldown_seconds=10)
STATE = BoardState("e", 0, 256, 256, Palette(("#000000", "#FFFFFF")), settings=LIMITS)


class Rig:
    """People and programs at times that the test sets; each placement is tried once."""

    def __init__(self, seed: int = 1, state: BoardState = STATE) -> None:
        self.now, self.state, self.chance = 1000.0, state, random.Random(seed)
        self.groups = Groups(lambda: self.now, lambda: self.state)
        self.placed: dict[str, int] = {}
        self.refused: dict[str, int] = {}
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._made, self._stepped = 0, 0.0
        self._networks: dict[bytes, str] = {}

    def at(self, seconds: float, do: Callable[[], None]) -> None:
        """Does something so much later than now."""
        self._made += 1
        heapq.heappush(self._due, (self.now + seconds, self._made, do))

    def run(self) -> None:
        """Until nothing is left to do."""
        while self._due:
            self.now, _, do = heapq.heappop(self._due)
            do()
            if self.now >= self._stepped + 1:
                self._stepped = self.now
                self.groups.step()

    def place(self, who: str, identity: bytes, x: int, y: int) -> None:
        """As a gateway does."""
        follows, network = self.groups.follows(identity), self._networks.get(identity, HOME)
        wait = self.groups.wait_ms(identity, Pixel(x, y, 1), network) if follows else 0
        counts = self.refused if wait else self.placed
        counts[who] = counts.get(who, 0) + 1

    def newcomer(self, address: str) -> bytes:
        """Somebody comes who has no name yet."""
        self._made += 1
        identity = self._made.to_bytes(16)
        self._networks[identity] = address
        self.groups.come(identity)
        return identity

    def person(self, came: float, around: tuple[int, int], pixels: int = 6) -> None:
        """One who looks, and draws pixels side by side or nearly so, each after a thought."""

        def come() -> None:
            identity = self.newcomer(VENUE)
            x, y = (start + self.chance.randrange(20) for start in around)
            after = self.chance.lognormvariate(1.4, 0.7)
            for _ in range(pixels):
                self.at(after, lambda x=x: self.place("people", identity, x, y))  # type: ignore[misc]
                after += self.chance.lognormvariate(0.9, 0.5)
                x += self.chance.choice((0, 1, 1, 2))

        self.at(came, come)

    def program(self, came: float, address: str, delay: float, gap: float, around: tuple[int, int] = (40, 40)) -> None:
        """One that draws three pixels in its rhythm, and is then somebody else or goes on."""

        def come() -> None:
            identity = self.newcomer(address)
            x, y = (start + self.chance.randrange(8) for start in around)
            for number in range(3):
                after = delay + number * gap + self.chance.uniform(0, 0.01)
                self.at(after, lambda number=number: self.place("program", identity, x + number, y))  # type: ignore[misc]

        self.at(came, come)


def test_twenty_thousand_behind_one_address_who_draw_one_picture_are_no_group() -> None:
    rig = Rig()
    for _ in range(20_000):
        rig.person(rig.chance.uniform(0, 300), (100, 100), 2)
    rig.run()
    assert (rig.groups.groups, rig.refused, rig.placed) == ([], {}, {"people": 40_000})


@pytest.mark.parametrize("seed", range(10))
def test_a_small_crowd_behind_one_address_is_no_group(seed: int) -> None:
    rig = Rig(seed)
    for _ in range(200):
        rig.person(rig.chance.uniform(0, 60), (100, 100), 3)
    rig.run()
    assert (rig.groups.groups, rig.refused, rig.placed) == ([], {}, {"people": 600})


@pytest.mark.parametrize(("delay", "gap"), [(0.01, 0.0), (0.5, 0.2), (2.0, 1.0), (3.0, 10.0)])
def test_copies_of_a_program_among_a_crowd_of_the_same_address_share_what_three_people_get(
    delay: float, gap: float
) -> None:
    rig = Rig()
    for _ in range(500):
        rig.person(rig.chance.uniform(0, 300), (30, 30))
    for number in range(300):
        rig.program(number, VENUE, delay, gap)
    rig.run()
    assert len(rig.groups.groups) == 1
    group = rig.groups.groups[0]
    assert len(group.members) >= 200
    shared = PEOPLE * LIMITS.max_pixels * (1 + 330 / LIMITS.cooldown_seconds)
    assert rig.placed["program"] < 2 * LEAST + shared + 200  # what was placed before they were known, too
    assert rig.refused["program"] > 300
    assert rig.refused.get("people", 0) <= 0.02 * rig.placed["people"]


def test_those_of_another_address_or_another_place_are_none_of_a_group() -> None:
    rig = Rig()
    for number in range(100):
        rig.program(number, HOME, 1.0, 1.0)
    for number in range(LEAST - 1):
        rig.program(number, VENUE, 1.0, 1.0)
        rig.program(number, HOME, 1.0, 1.0, (200, 200))
    rig.run()
    (told,) = (group.told() for group in rig.groups.groups)
    assert (told["number"], told["people"]) == (1, 100)
    assert told["x"] >= 40
    assert told["x"] + told["width"] <= 50
    assert told["height"] <= 8


def test_those_who_draw_all_over_the_board_are_no_group() -> None:
    rig = Rig()
    for _ in range(2_000):
        identity = rig.newcomer(HOME)
        for after in (0.01, 0.02, 0.03):
            x, y = rig.chance.randrange(256), rig.chance.randrange(256)
            rig.at(after, lambda x=x, y=y, identity=identity: rig.place("load", identity, x, y))  # type: ignore[misc]
    rig.run()
    assert (rig.groups.groups, rig.refused) == ([], {})


def test_without_a_limit_a_group_has_none_and_is_told_all_the_same() -> None:
    rig = Rig(state=replace(STATE, settings=LiveSettings(max_pixels=3, cooldown_seconds=0)))
    for number in range(50):
        rig.program(number, HOME, 1.0, 1.0)
    rig.run()
    assert ([group.told()["people"] for group in rig.groups.groups], rig.refused) == ([50], {})


def test_who_was_here_before_is_not_followed() -> None:
    rig = Rig()
    assert not rig.groups.follows(b"somebody")
    newcomer = rig.newcomer(VENUE)
    for x in (1, 2):
        assert rig.groups.follows(newcomer)
        rig.place("people", newcomer, x, 1)
    assert not rig.groups.follows(newcomer)


def test_a_member_is_known_on_another_socket_and_all_is_forgotten_within_the_hour() -> None:
    rig = Rig()
    for number in range(50):
        rig.program(number, HOME, 1.0, 1.0)
    rig.run()
    member = next(iter(rig.groups.groups[0].members))
    assert rig.groups.follows(member)
    rig.newcomer(HOME)
    rig.place("people", rig.newcomer(HOME), 1, 1)
    for _ in range(2):
        rig.now += SECONDS + 1
        rig.groups.step()
    known = rig.groups
    kept = (known._came, known._came_before, known._followed, known._networks, known._members, known.groups)
    assert [len(each) for each in kept] == [0] * 6
    assert 3 * SECONDS < 3600


def test_what_is_remembered_is_bounded_and_has_no_address() -> None:
    rig = Rig()
    for _ in range(MAX_NEWCOMERS + 100):
        rig.newcomer(HOME)
    assert MAX_NEWCOMERS // 2 <= len(rig.groups._came) + len(rig.groups._came_before) <= MAX_NEWCOMERS
    for _ in range(MAX_NEWCOMERS + 100):
        rig.place("people", rig.newcomer(HOME), rig.chance.randrange(256), rig.chance.randrange(256))
    assert len(rig.groups._followed) == MAX_NEWCOMERS
    assert {newcomer.network for newcomer in rig.groups._followed.values()} & {HOME.encode()} == set()
    group_of_many = Rig()
    for number in range(MAX_MEMBERS + 50):
        group_of_many.program(number / 10, HOME, 1.0, 1.0)
    group_of_many.run()
    assert len(group_of_many.groups.groups[0].members) == MAX_MEMBERS


def test_on_a_board_without_room_for_areas_nobody_is_compared() -> None:
    rig = Rig(state=replace(STATE, width=LEAST_SIDE - 1))
    assert not rig.groups.follows(rig.newcomer(HOME))

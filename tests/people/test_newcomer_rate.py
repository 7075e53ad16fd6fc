"""How fast newcomers of a flood come in from a network, beside the people who were there before."""

from __future__ import annotations

import pytest

from beeplace.people.newcomer_rate import ENOUGH, FORGET_SECONDS, MAX_NETWORKS, NewcomerRate

VENUE, HOME = "192.0.2.1", "198.51.100.7"
CROWD = 400


class Rig:
    """A rate at a time that the test sets, beside a crowd of which most come from one network."""

    def __init__(self, venue: int = CROWD, others: int = 0, weight: float = 1.0, gateways: int = 1) -> None:
        self.now = 1000.0
        self.known = [VENUE] * venue + [f"203.0.113.{number}" for number in range(others)]
        self.rate = NewcomerRate(lambda: self.now, lambda: (self.known, weight), lambda: gateways)

    def let_in(self, network: str, tries: int = 1000) -> int:
        return [self.rate.take(network) for _ in range(tries)].count(0)


def test_a_script_at_home_is_let_in_once_a_minute_however_fast_it_solves() -> None:
    rig = Rig()
    assert rig.let_in(HOME) == 1
    wait_ms = rig.rate.take(HOME)
    assert 0 < wait_ms <= 60_000
    rig.now += wait_ms / 1000
    assert rig.let_in(HOME) == 1
    assert [rig.let_in(f"198.51.100.{number}") for number in range(20, 25)] == [1] * 5


@pytest.mark.parametrize("weight", [1.0, 20.0])
def test_a_network_grows_by_a_quarter_of_its_people_in_a_minute(weight: float) -> None:
    rig = Rig(weight=weight)
    share = CROWD * weight / 4
    assert rig.let_in(VENUE, 3000) == share
    rig.now += 30
    assert rig.let_in(VENUE, 3000) == pytest.approx(share / 2, abs=1)
    rig.now += 3600
    assert rig.let_in(VENUE, 3000) == share


def test_while_few_people_are_known_no_network_is_slowed() -> None:
    rig = Rig(ENOUGH - 1)
    assert rig.let_in(HOME) == 1000
    rig.known.append(HOME)
    rig.now += 1
    assert rig.let_in(HOME) == 1


def test_several_gateways_together_let_a_script_in_once_a_minute() -> None:
    rig = Rig(gateways=4)
    assert rig.let_in(HOME) == 1
    rig.now += 61
    assert rig.let_in(HOME) == 0
    rig.now += 180
    assert rig.let_in(HOME) == 1


def test_who_did_not_come_in_leaves_room() -> None:
    rig = Rig()
    assert rig.let_in(HOME) == 1
    rig.rate.give_back(HOME)
    rig.rate.give_back(VENUE)  # of which nothing is known
    assert rig.let_in(HOME) == 1


def test_networks_are_forgotten_and_never_too_many_are_remembered() -> None:
    rig = Rig()
    for number in range(MAX_NETWORKS + 10):
        rig.let_in(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1)
    assert len(rig.rate._rooms) == MAX_NETWORKS
    rig.now += FORGET_SECONDS
    rig.rate.forget()
    assert len(rig.rate._rooms) == MAX_NETWORKS
    rig.now += 1
    rig.rate.forget()
    assert not rig.rate._rooms
    assert not rig.rate._crowd

"""How many one code lets in, and which networks are slowed: none for its address, some beside a crowd of another."""

from __future__ import annotations

import pytest

from beeplace.people.redemptions import ENOUGH, LEAST_BUDGET, Redemptions
from beeplace.people.wall_codes import KnownCode


class Rig:
    """Redemptions at a time that the test sets; each entry may have a code of its own."""

    def __init__(self, crowd: int = 0, gateways: int = 1) -> None:
        self.now = 1000.0
        self.redemptions = Redemptions(lambda: self.now, lambda: crowd, lambda: gateways)
        self._step = 0

    def enter(self, network: str, times: int = 1, step: int | None = None) -> int:
        """How many of so many are let in."""
        let_in = 0
        for _ in range(times):
            self._step += 1
            let_in += self.redemptions.take(KnownCode(1, step or self._step), network) is None
        return let_in


@pytest.mark.parametrize(
    ("crowd", "gateways", "budget"),
    [(0, 1, LEAST_BUDGET), (20_000, 1, 10_000), (20_000, 4, 2_500)],
)
def test_a_code_lets_in_a_part_of_the_crowd(crowd: int, gateways: int, budget: int) -> None:
    rig = Rig(crowd, gateways)
    assert rig.enter("the venue", budget + 50, step=7) == budget
    assert rig.enter("the venue", 1, step=8) == 1


def test_twenty_thousand_behind_one_address_are_let_in_undisturbed() -> None:
    rig = Rig(crowd=20_000)
    for _ in range(20):
        assert rig.enter("the venue", 1000) == 1000
        rig.now += 30


def test_a_network_beside_the_crowd_s_is_let_in_once_a_minute() -> None:
    rig = Rig(crowd=500)
    rig.enter("the venue", ENOUGH)
    rig.now += 2
    assert rig.enter("elsewhere", 100) == 1
    assert rig.enter("the venue", 100) == 100
    assert rig.enter("another place", 10) == 1
    rig.now += 59
    assert rig.enter("elsewhere", 10) == 0
    rig.now += 1
    assert rig.enter("elsewhere", 10) == 1
    assert rig.redemptions.elsewhere == 3


def test_where_people_come_from_everywhere_no_network_is_slowed() -> None:
    rig = Rig(crowd=500)
    for number in range(200):
        assert rig.enter(f"phone {number}") == 1
    rig.now += 2
    assert rig.enter("a carrier", 30) == 30


def test_networks_are_forgotten_after_ten_minutes() -> None:
    rig = Rig(crowd=500)
    rig.enter("the venue", ENOUGH)
    rig.now += 2
    assert rig.enter("elsewhere", 2) == 1
    rig.now += 660
    assert rig.enter("elsewhere", 2) == 2


def test_networks_are_forgotten_though_nobody_comes() -> None:
    rig = Rig(crowd=500)
    rig.enter("the venue", ENOUGH)
    rig.now += 2
    rig.enter("elsewhere", 2)
    rig.now += 660
    rig.redemptions.forget()
    assert [len(minute) for minute in rig.redemptions._minutes] == [0] * 10
    assert len(rig.redemptions._let_in) == 0

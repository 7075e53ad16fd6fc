"""Guessing is slow from one network and from many; a crowd behind one address never notices."""

from __future__ import annotations

from beeplace.people.wrong_codes import FREE_TRIES, KEPT_SECONDS, NETWORK_TRIES, STRANGERS_TRIES, WrongCodes


class Rig:
    """Wrong codes at a time that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.codes = WrongCodes(lambda: self.now)

    def guess(self, network: str, times: int) -> int:
        """How many of so many are judged."""
        judged = 0
        for _ in range(times):
            if not self.codes.wait_ms(network):
                self.codes.count(network)
                judged += 1
        return judged


def test_a_network_that_guesses_is_judged_once_in_two_seconds() -> None:
    rig = Rig()
    assert rig.guess("home", 1000) == NETWORK_TRIES
    assert rig.codes.wait_ms("home") == 2000
    rig.now += 600
    assert rig.guess("home", 1000) == NETWORK_TRIES  # no more are saved up
    rig.now += 2
    assert rig.guess("home", 1000) == 1


def test_many_networks_that_guess_are_judged_as_some() -> None:
    rig = Rig()
    judged = sum(rig.guess(f"rented {number}", 30) for number in range(1000))
    assert judged <= STRANGERS_TRIES + 1000 * FREE_TRIES
    assert rig.guess("rented 0", 30) == 0
    assert not rig.codes.wait_ms("the venue")  # whose first person is judged all the same


def test_a_crowd_behind_one_address_may_mistype() -> None:
    rig = Rig()
    for _ in range(20_000):
        assert not rig.codes.wait_ms("the venue")
        rig.codes.count("the venue")
        rig.codes.entered("the venue")
        rig.now += 0.05
    rig.guess("elsewhere", 1000)
    assert not rig.codes.wait_ms("the venue")


def test_what_is_remembered_of_networks_is_bounded() -> None:
    rig = Rig()
    for number in range(30_000):
        rig.codes.wait_ms(f"network {number}")
    assert len(rig.codes._networks) == 20_000


def test_networks_are_forgotten_within_the_hour_though_nobody_comes() -> None:
    rig = Rig()
    rig.guess("home", 3)
    rig.now += KEPT_SECONDS / 2
    rig.codes.entered("the venue")
    rig.now += KEPT_SECONDS / 2 + 1
    rig.codes.forget()
    assert len(rig.codes._networks) == 1
    rig.now += KEPT_SECONDS
    rig.codes.forget()
    assert not rig.codes._networks
    assert KEPT_SECONDS < 3600

"""Deadlines by a clock that the test holds: on time, in order, and never a reason to keep what is gone."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass

from beeplace.gateway.connection.limits import Deadlines


@dataclass(eq=False)
class Guest:
    """Somebody who may be late."""

    name: str


class Hall:
    """Deadlines of five seconds, and the names of those who missed them."""

    def __init__(self) -> None:
        self.time = 100.0
        self.missed: list[str] = []
        self.deadlines: Deadlines[Guest] = Deadlines(
            5.0, lambda: self.time, lambda guest: self.missed.append(guest.name)
        )

    def at(self, seconds: float) -> list[str]:
        """Who has been missed when so many seconds have passed."""
        self.time = 100.0 + seconds
        self.deadlines.step(self.time)
        return self.missed


def test_a_deadline_is_looked_at_when_it_comes_and_not_before() -> None:
    hall, guest = Hall(), Guest("a")
    hall.deadlines.add(guest)
    assert hall.at(4.999) == []
    assert hall.at(5) == ["a"]
    assert hall.at(100) == ["a"]


def test_deadlines_come_in_the_order_in_which_they_were_set() -> None:
    hall, guests = Hall(), [Guest("a"), Guest("b"), Guest("c")]
    for number, guest in enumerate(guests):
        hall.at(number)
        hall.deadlines.add(guest)
    assert hall.at(6) == ["a", "b"]
    assert hall.at(7) == ["a", "b", "c"]


def test_who_is_gone_is_neither_missed_nor_kept() -> None:
    hall, guest = Hall(), Guest("a")
    hall.deadlines.add(guest)
    gone = weakref.ref(guest)
    del guest
    gc.collect()
    assert gone() is None
    assert hall.at(5) == []

"""What is a flood of newcomers, and what is none: doors that open, a crowd that comes and goes, a reload of all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from beeplace.people.newcomers import CALM, SECONDS, Newcomers
from beeplace.people.work import LEAST_TRIES, MOST_TRIES, Work, tries


class Rig:
    """Newcomers at a time that the test sets."""

    def __init__(self, present: int = 0) -> None:
        self.issued, self.present = 0, present
        work = cast(Work, SimpleNamespace())  # is not asked for any
        self.newcomers = Newcomers(work, lambda: self.issued, lambda: self.present)
        self._now = 0.0

    def minute(self, issued: int, come: int = 0, entered: int = 0) -> float:
        """A minute in which so many names are given and so many more are there at its end; the highest level in it."""
        highest = 0.0
        for second in range(1, SECONDS + 1):
            part = (second, second - 1)
            done = [[amount * at // SECONDS for at in part] for amount in (issued, come, entered)]
            self.issued += done[0][0] - done[0][1]
            self.present += done[1][0] - done[1][1]
            self.newcomers.entered += done[2][0] - done[2][1]
            self._now += 1
            self.newcomers.step(self._now)
            self.newcomers.step(self._now)  # more often than once a second is once a second
            highest = max(highest, self.newcomers.level)
        return highest


def test_doors_that_open_are_no_flood() -> None:
    rig = Rig()
    assert [rig.minute(issued=5000, come=4900), rig.minute(issued=20_000, come=19_000)] == [0, 0]


def test_a_crowd_that_comes_and_goes_is_no_flood() -> None:
    assert [Rig(present).minute(issued=max(CALM, present // 5)) for present in (0, 500, 20_000)] == [0, 0, 0]


def test_everybody_who_comes_back_under_the_old_name_is_no_flood() -> None:
    rig = Rig(5000)
    assert [rig.minute(issued=0, come=-5000), rig.minute(issued=0, come=5000)] == [0, 0]


def test_names_of_nobody_who_stays_are_a_flood_and_the_work_grows_with_it() -> None:
    rig = Rig(500)
    some, many = (rig.minute(issued=times * 500) for times in (1, 20))
    assert 1 < some < many
    assert 1 < LEAST_TRIES < tries(some) < tries(many) <= MOST_TRIES
    assert rig.minute(issued=0) == pytest.approx(many, rel=0.1)
    assert (rig.newcomers.level, tries(0)) == (0, 1)


def test_names_that_were_kept_for_later_are_counted_when_they_are_used() -> None:
    rig = Rig(500)
    assert rig.minute(issued=0, entered=5000) > 1


def test_within_a_second_a_script_gets_no_more_names_than_in_calm() -> None:
    rig, free = Rig(), 0
    for _ in range(5000):
        rig.issued += 1
        free += not rig.newcomers.flooded()
    assert free == CALM
    rig.present += 5000  # they were doors that opened
    assert not rig.newcomers.flooded()

"""What a rehearsal's report says of its figures: what stood in somebody's way, and nothing of what did not."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from beeplace.rehearsal.crowd import NOBODY
from beeplace.rehearsal.figures import Delays, RehearsalFigures
from beeplace.rehearsal.report import Rehearsed, report, what_to_change


def delays(*milliseconds: int) -> Delays:
    found = Delays()
    for one in milliseconds:
        found.add(one / 1000)
    return found


def held() -> RehearsalFigures:
    """A site that held what was asked of it."""
    return RehearsalFigures(joined={*range(100)}, placed=300, frame=delays(*[60] * 99, 140), own=delays(1, 2, 3))


def changes(figures: RehearsalFigures) -> list[str]:
    return list(what_to_change(Rehearsed("https://place.example.org", 100, 100, figures, "300 pixels")))


def test_parts_of_delays() -> None:
    assert [delays(*range(1, 101)).part(share) for share in (0.5, 0.99, 1)] == [50, 99, 100]
    assert (Delays().part(0.5), len(Delays())) == (0, 0)


def test_a_site_that_held_has_nothing_to_change() -> None:
    figures = replace(held(), rejected=Counter(cooldown=4), lost=Counter({"cut": 1}))
    assert changes(figures) == []
    page = list(report(Rehearsed("https://place.example.org", 100, 100, figures, "300 pixels")))
    assert page[-1] == "What to change: nothing; the site held."
    assert "  taken back          300 pixels" in page
    assert len(page) < 40  # one page of a terminal, or nearly


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (replace(held(), refused=Counter({"status 503": 7})), r"7 were not let in \(status 503\): .*HANDSHAKES"),
        (replace(held(), refused=Counter({"Connection refused": 2})), "LimitNOFILE"),
        (replace(held(), refused=Counter({"something new": 2})), r"2 were not let in \(something new\)$"),
        (replace(held(), rejected=Counter(entry=9)), "ENTRY"),
        (replace(held(), rejected=Counter(read_only=9)), "board read-only off"),
        (replace(held(), lost=Counter({"closed with 4408": 2})), "BOARD_REFRESH_RATE"),
        (replace(held(), lost=Counter({"cut": 2})), "without a word"),
        (replace(held(), unanswered=5), "5 placements were not answered in time"),
        (replace(held(), frame=delays(351)), r"351 ms \(p99\) .* 350 are promised"),
        (replace(held(), frame=delays(9_000), own=delays(400)), "this process was late by 400 ms itself"),
        (replace(held(), ended=NOBODY), "the site is down"),
    ],
)
def test_what_stood_in_the_way_is_said_with_what_to_do(figures: RehearsalFigures, said: str) -> None:
    [change] = changes(figures)
    assert re.search(said, change)

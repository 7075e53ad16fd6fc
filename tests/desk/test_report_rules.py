"""The rules of reports: who may, who works on what, and what a decision closes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beeplace.board.geometry import Area
from beeplace.desk.reports.rules import (
    ALIKE_MS,
    CLAIM_MS,
    MAX_OPEN,
    MAX_OPEN_OF_ANYBODY,
    PER_WINDOW,
    WINDOW_MS,
    Decided,
    QueueFull,
    ReportRefused,
    claimed,
    decided,
    filed,
    is_alike,
    muted,
    released,
)
from beeplace.errors import BadRequest, Busy, Reused
from beeplace.log.reports.report import Mute, ReportChange, ReportFacts, ReportPicture, StoredReport

NOW_MS = 10_000_000
ANNA, BERT, CAT = b"anna", b"bert", b"cat"
AREA = Area(10, 10, 8, 8)


def report(number: int = 1, area: Area = AREA, ago_ms: int = 1_000, **more: object) -> StoredReport:
    made = StoredReport(number, 0, NOW_MS - ago_ms, "epoch", 100, area, "hate", CAT, b"rid")
    return replace(made, **more)  # type: ignore[arg-type]


def facts(*open_reports: StoredReport, number: int = 1, **more: object) -> ReportFacts:
    named = next((one for one in open_reports if one.number == number), None)
    found = ReportFacts(NOW_MS, 5_000, 7, len(open_reports), named, tuple(r for r in open_reports if not r.outcome))
    return replace(found, **more)  # type: ignore[arg-type]


def new(**more: object) -> ReportPicture:
    return ReportPicture(report(0, **more), b"picture")  # type: ignore[arg-type]


def numbers(change: ReportChange) -> list[int]:
    return [one.number for one in change.updated]


def decision(outcome: str = "dismissed", action: int | None = None, by: bytes = ANNA, about: tuple[int, ...] = ()):  # type: ignore[no-untyped-def]
    return Decided(1, by, outcome, action, b"decision", frozenset(about))


def test_a_new_report_gets_the_next_number_and_the_moment() -> None:
    added = filed(new(), facts()).added
    assert added
    assert (added.report.number, added.report.board_ms, added.report.at_ms) == (8, NOW_MS, 5_000)


def test_too_many_in_a_window_are_refused_until_the_oldest_is_out_of_it() -> None:
    recent = tuple(NOW_MS - WINDOW_MS + 1 + number for number in range(PER_WINDOW))
    with pytest.raises(ReportRefused) as refused:
        filed(new(), facts(recent=recent))
    assert (refused.value.code, refused.value.retry_in_ms) == ("limited", 1)
    assert filed(new(), facts(recent=recent[1:])).added


def test_a_mute_ends_by_board_time() -> None:
    mute = Mute(CAT, NOW_MS + 7, 0, ANNA)
    with pytest.raises(ReportRefused) as refused:
        filed(new(), facts(mute=mute))
    assert (refused.value.code, refused.value.retry_in_ms) == ("muted", 7)
    assert filed(new(), facts(mute=mute._replace(until_ms=NOW_MS))).added


def test_a_report_that_was_confirmed_is_so_again_whatever_holds_by_now() -> None:
    mute = Mute(CAT, NOW_MS + 7, 0, ANNA)
    assert filed(new(), facts(again=report(), mute=mute, open_count=MAX_OPEN)) == ReportChange()
    with pytest.raises(Reused):
        filed(new(area=Area(0, 0, 1, 1)), facts(again=report()))


def test_a_full_queue_takes_no_more() -> None:
    with pytest.raises(Busy) as refused:
        filed(new(), facts(open_count=MAX_OPEN), drew=True)
    assert not isinstance(refused.value, QueueFull)


def test_the_last_places_of_a_queue_are_for_people_who_have_drawn() -> None:
    assert filed(new(), facts(open_count=MAX_OPEN_OF_ANYBODY - 1)).added
    with pytest.raises(QueueFull):
        filed(new(), facts(open_count=MAX_OPEN_OF_ANYBODY))
    assert filed(new(), facts(open_count=MAX_OPEN - 1), drew=True).added


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (report(2), True),
        (report(2, Area(14, 10, 8, 8)), True),  # half of it
        (report(2, Area(15, 10, 8, 8)), False),
        (report(2, Area(0, 0, 100, 100)), True),  # around it
        (report(2, Area(12, 12, 1, 1)), True),  # inside
        (report(2, Area(30, 10, 8, 8)), False),
        (report(2, epoch="another"), False),
        (report(2, ago_ms=ALIKE_MS + 1_001), False),
    ],
)
def test_reports_of_the_same_place_and_time_are_alike(other: StoredReport, alike: bool) -> None:
    assert is_alike(report(), other) is is_alike(other, report()) is alike


def test_a_claim_takes_what_is_alike_for_some_minutes() -> None:
    change = claimed(ANNA, facts(report(1), report(2), report(3, Area(90, 90, 2, 2))))
    assert numbers(change) == [1, 2]
    assert {(one.claimed_by, one.claimed_until_ms) for one in change.updated} == {(ANNA, NOW_MS + CLAIM_MS)}


@pytest.mark.parametrize(
    "rule", [lambda f: claimed(BERT, f), lambda f: released(BERT, f), lambda f: decided(decision(by=BERT), f)]
)
def test_what_another_has_claimed_is_left_alone_until_the_claim_ends(rule) -> None:  # type: ignore[no-untyped-def]
    hers = report(claimed_by=ANNA, claimed_until_ms=NOW_MS + 1)
    for found in (facts(hers), facts(report(outcome="dismissed"))):
        with pytest.raises(BadRequest) as refused:
            rule(found)
        assert refused.value.status == 409
    with pytest.raises(BadRequest) as refused:
        rule(facts())
    assert refused.value.status == 404
    assert rule(facts(replace(hers, claimed_until_ms=NOW_MS))) is not None
    other = report(2, claimed_by=ANNA, claimed_until_ms=NOW_MS + 1)
    assert 2 not in numbers(rule(facts(report(), other)))


def test_a_release_frees_what_was_claimed_with_it() -> None:
    mine = [report(number, claimed_by=ANNA, claimed_until_ms=NOW_MS + 9) for number in (1, 2)]
    change = released(ANNA, facts(*mine, report(3)))
    assert numbers(change) == [1, 2]
    assert {(one.claimed_by, one.claimed_until_ms) for one in change.updated} == {(None, None)}


def test_a_decision_closes_what_it_answers_once() -> None:
    open_reports = report(1), report(2), report(3, Area(90, 90, 2, 2)), report(4, Area(80, 80, 2, 2))
    change = decided(decision("acted", 120, about=(4,)), facts(*open_reports))
    assert numbers(change) == [1, 2, 4]
    assert {(one.outcome, one.decided_by, one.action) for one in change.updated} == {("acted", ANNA, 120)}
    again = facts(change.updated[0])
    assert decided(decision("acted", 120), again) == ReportChange()
    with pytest.raises(Reused):
        decided(decision(), again)


def test_a_report_that_came_while_a_moderator_looked_is_not_dismissed_unseen() -> None:
    mine = report(1, ago_ms=60_000, claimed_by=ANNA, claimed_until_ms=NOW_MS - 30_000 + CLAIM_MS)
    earlier, later = report(2, ago_ms=40_000), report(3, ago_ms=20_000, seq=110)
    assert numbers(decided(decision(), facts(mine, earlier, later))) == [1, 2]
    assert numbers(decided(decision("acted", 109), facts(mine, earlier, later))) == [1, 2]
    assert numbers(decided(decision("acted", 111), facts(mine, earlier, later))) == [1, 2, 3]


def test_a_mute_is_of_whoever_made_the_report() -> None:
    mute = muted(ANNA, 5_000 + 60_000, None, facts(report())).mute
    assert mute == Mute(CAT, NOW_MS + 60_000, 65_000, ANNA)
    lifted = muted(ANNA, 0, None, facts(report())).mute
    assert lifted
    assert lifted.until_ms == NOW_MS


def test_a_mute_can_dismiss_all_that_person_has_open() -> None:
    hers = report(3, claimed_by=BERT, claimed_until_ms=NOW_MS + 1)
    others = report(1), report(2, Area(90, 90, 2, 2)), hers, report(4, reporter=BERT)
    change = muted(ANNA, 5_000, decision(), facts(*others))
    assert numbers(change) == [1, 2]
    assert {(one.outcome, one.decided_by, one.decision_rid) for one in change.updated} == {
        ("dismissed", ANNA, b"decision")
    }
    assert not muted(ANNA, 5_000, None, facts(*others)).updated


def test_a_dismissal_can_be_of_all_that_lies_in_an_area() -> None:
    inside, across = report(2, Area(90, 90, 10, 10), reporter=BERT), report(3, Area(95, 95, 10, 10))
    hers = report(4, Area(90, 90, 2, 2), claimed_by=BERT, claimed_until_ms=NOW_MS + 1)
    of_area = replace(decision(), area=Area(50, 50, 50, 50))
    assert numbers(decided(of_area, facts(report(1), inside, across, hers))) == [1, 2]

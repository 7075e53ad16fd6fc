"""What a placement leads to: every rule of the board, without a store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beeplace.board.allowance import Allowance
from beeplace.board.changes.placement import Placement
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.rules import REMEMBERED_MS, Answer, CachedAnswer, Decision, PlacementRequest, decide
from tests.log.samples import ANN, BOB, HEIGHT, NO_LIMIT, STATE, WIDTH, facts, placement, rid


def codes(*placements: PlacementRequest, **state: object) -> list[str | None]:
    known = facts(replace(STATE, **state))  # type: ignore[arg-type]  # the fields' own types
    return [answer.code for answer in decide(placements, known).answers]


def test_a_pixel_on_the_board_is_placed() -> None:
    decision = decide([placement(4, 5, 2)], facts())
    assert decision.entries == [Entry(1, "first", 0, ANN, None, Placement(4, 5, 2))]
    assert decision.answers == [Answer(None, 1, remaining=2, retry_in_ms=10_000)]


@pytest.mark.parametrize(("x", "y"), [(0, 0), (WIDTH - 1, 0), (0, HEIGHT - 1), (WIDTH - 1, HEIGHT - 1)])
def test_the_corners_are_on_the_board(x: int, y: int) -> None:
    assert codes(placement(x, y)) == [None]


@pytest.mark.parametrize(("x", "y"), [(-1, 0), (0, -1), (WIDTH, 0), (0, HEIGHT), (HEIGHT, WIDTH), (2**62, 0)])
def test_pixel_outside_the_board_is_refused(x: int, y: int) -> None:
    assert codes(placement(x, y)) == ["out_of_board"]


@pytest.mark.parametrize("color", [-1, 4, 255, 256, 2**62])
def test_colour_outside_the_palette_is_refused(color: int) -> None:
    assert codes(placement(color=color)) == ["bad_color"]


@pytest.mark.parametrize("color", [0, 3])
def test_first_and_last_colour_of_the_palette_are_taken(color: int) -> None:
    assert codes(placement(color=color)) == [None]


def test_a_read_only_board_refuses() -> None:
    assert codes(placement(), read_only=True) == ["read_only"]


def test_a_pixel_drawn_on_another_epoch_is_refused() -> None:
    assert codes(placement(epoch="before"), placement(epoch="first"), placement()) == ["epoch", None, None]


def test_placements_are_numbered_in_their_order() -> None:
    decision = decide([placement(1), placement(2, by=BOB), placement(3)], facts(replace(STATE, seq=41)))
    assert [(e.seq, e.change.record().area) for e in decision.entries] == [
        (42, Area(1, 2, 1, 1)),
        (43, Area(2, 2, 1, 1)),
        (44, Area(3, 2, 1, 1)),
    ]
    assert decision.state.seq == 44


def test_a_refused_placement_takes_no_number() -> None:
    decision = decide([placement(), placement(-1), placement(2)], facts())
    assert [answer.seq for answer in decision.answers] == [1, None, 2]


def test_a_refused_placement_is_not_charged() -> None:
    assert decide([placement(-1), placement(color=9)], facts()).allowances == {}


def test_the_window_takes_its_pixels_and_no_more_within_one_commit() -> None:
    assert codes(*[placement(x) for x in range(5)]) == [None, None, None, "cooldown", "cooldown"]


def test_what_was_used_before_counts() -> None:
    decision = decide([placement(), placement()], facts(now_ms=4_000, ann=Allowance(2, 9_000)))
    assert decision.answers == [Answer(None, 1, 0, 5_000), Answer("cooldown", None, 0, 5_000)]


def test_each_identity_has_its_own_window() -> None:
    assert codes(*[placement(by=by) for by in (ANN, BOB) for _ in range(4)]) == 2 * [None, None, None, "cooldown"]


def test_the_allowance_is_back_when_the_window_has_ended() -> None:
    decision = decide([placement()], facts(now_ms=9_000, ann=Allowance(3, 9_000)))
    assert decision.answers == [Answer(None, 1, 2, 10_000)]
    assert decision.allowances == {ANN: Allowance(1, 19_000)}


def test_without_a_cooldown_nothing_is_counted() -> None:
    decision = decide([placement(x % 9) for x in range(20)], facts(replace(STATE, settings=NO_LIMIT)))
    assert [(a.code, a.remaining) for a in decision.answers] == 20 * [(None, 3)]
    assert decision.allowances == {}


def test_a_request_id_that_comes_twice_in_one_commit_has_one_effect() -> None:
    decision = decide([placement(rid=rid(1)), placement(rid=rid(1))], facts())
    assert decision.answers == 2 * [Answer(None, 1, 2, 10_000)]
    assert (len(decision.entries), decision.allowances[ANN].used) == (1, 1)


def again(second: PlacementRequest, first: PlacementRequest) -> Decision:
    """What becomes of `second` after `first` was answered in an earlier commit."""
    told = decide([first], facts()).remembered
    later = replace(facts(replace(STATE, seq=1), now_ms=700), answers={(r.identity, r.rid): r for r in told})
    return decide([second], later)


def test_a_repeated_request_gets_the_first_answer_and_changes_nothing() -> None:
    decision = again(placement(rid=rid(1)), placement(rid=rid(1)))
    assert decision == Decision(replace(STATE, seq=1), answers=[Answer(None, 1, 2, 10_000)])


def test_a_refusal_is_repeated_too() -> None:
    refused = decide([placement(rid=rid(1))], facts(ann=Allowance(3, 500)))
    later = replace(facts(now_ms=700), answers={(r.identity, r.rid): r for r in refused.remembered})
    assert decide([placement(rid=rid(1))], later).answers == [Answer("cooldown", None, 0, 500)]


@pytest.mark.parametrize("other", [{"x": 5}, {"y": 5}, {"color": 1}])
def test_a_request_id_for_another_pixel_is_a_duplicate(other: dict[str, int]) -> None:
    decision = again(placement(rid=rid(1), **other), placement(rid=rid(1)))  # type: ignore[arg-type]  # integers only
    assert [answer.code for answer in decision.answers] == ["duplicate"]
    assert decision.entries == []


def test_request_ids_belong_to_their_identity() -> None:
    assert again(placement(by=BOB, rid=rid(1)), placement(by=ANN, rid=rid(1))).entries


def test_an_answer_is_kept_for_ten_minutes() -> None:
    decision = decide([placement(rid=rid(1))], facts(now_ms=5))
    answer = Answer(None, 1, 2, 10_000)
    assert decision.remembered == [CachedAnswer(ANN, rid(1), placement().pixel, answer, 5 + REMEMBERED_MS)]
    assert REMEMBERED_MS == 10 * 60 * 1000


def test_a_placement_without_an_id_is_not_remembered() -> None:
    assert decide([placement()], facts()).remembered == []


def test_no_placements_change_nothing() -> None:
    assert decide([], facts()) == Decision(STATE)

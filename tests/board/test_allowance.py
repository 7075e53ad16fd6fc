"""How many pixels an identity may still place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.board.allowance import Allowance, Limits

LIMITS = Limits(max_pixels=3, cooldown_ms=10_000)


def test_the_first_pixel_opens_a_window() -> None:
    assert LIMITS.charge(None, 500) == Allowance(used=1, ends_ms=10_500)


def test_further_pixels_do_not_move_the_window() -> None:
    assert LIMITS.charge(Allowance(1, 10_500), 9_000) == Allowance(2, 10_500)


def test_a_used_up_window_takes_no_more() -> None:
    assert LIMITS.charge(Allowance(3, 10_500), 10_499) is None


def test_the_window_has_ended_at_its_end() -> None:
    assert LIMITS.charge(Allowance(3, 10_500), 10_500) == Allowance(1, 20_500)


def test_the_last_millisecond_still_belongs_to_the_window() -> None:
    assert LIMITS.charge(Allowance(1, 10_500), 10_499) == Allowance(2, 10_500)


@pytest.mark.parametrize(
    ("allowance", "now_ms", "left"),
    [
        (None, 0, (3, 0)),
        (Allowance(1, 10_000), 0, (2, 10_000)),
        (Allowance(3, 10_000), 9_999, (0, 1)),
        (Allowance(3, 10_000), 10_000, (3, 0)),
        (Allowance(5, 10_000), 0, (0, 10_000)),  # the organiser has lowered MAX_PIXELS since
    ],
)
def test_what_is_left_follows_from_the_window(allowance: Allowance | None, now_ms: int, left: tuple[int, int]) -> None:
    assert LIMITS.left(allowance, now_ms) == left


def test_without_a_cooldown_all_is_always_left() -> None:
    assert Limits(3, 0).left(Allowance(3, 10_000), 0) == (3, 0)


@given(
    st.lists(st.integers(0, 4_000), max_size=60),
    st.builds(Limits, st.integers(1, 4), st.integers(1, 5_000)),
)
def test_no_window_ever_has_more_than_its_pixels(pauses: list[int], limits: Limits) -> None:
    allowance, now_ms, taken = None, 0, []
    for pause in pauses:
        now_ms += pause
        if (charged := limits.charge(allowance, now_ms)) is not None:
            allowance = charged
            taken.append(now_ms)
    while taken:  # each window begins with its first pixel
        window = [at for at in taken if at < taken[0] + limits.cooldown_ms]
        assert len(window) <= limits.max_pixels
        taken = taken[len(window) :]


@given(st.integers(0, 5), st.integers(0, 20_000), st.integers(0, 20_000))
def test_a_pixel_is_taken_exactly_where_one_is_left(used: int, ends_ms: int, now_ms: int) -> None:
    allowance = Allowance(used, ends_ms)
    assert (LIMITS.charge(allowance, now_ms) is not None) == (LIMITS.left(allowance, now_ms)[0] > 0)

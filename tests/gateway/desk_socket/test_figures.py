"""What a desk's numbers are made of: minutes that are counted second by second, and the difference of two states."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from beeplace.gateway.desk_socket.minutes import MINUTES, SECONDS, Minutes
from beeplace.gateway.desk_socket.patches import difference
from tests.gateway.desk_socket.desks import merged

STATES = some.dictionaries(
    some.sampled_from("abcd"),
    some.recursive(
        some.integers() | some.text(max_size=2) | some.lists(some.integers(), max_size=3),
        lambda inner: some.dictionaries(some.sampled_from("abcd"), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def test_a_minute_is_the_last_60_seconds() -> None:
    minutes, total = Minutes(100), 100
    for second in range(1, 3 * SECONDS + 1):
        total += second
        minutes.note(total)
    assert minutes.minute == sum(range(2 * SECONDS + 1, 3 * SECONDS + 1))
    assert minutes.history == [sum(range(m * SECONDS + 1, (m + 1) * SECONDS + 1)) for m in range(3)]


def test_what_came_before_the_first_note_counts() -> None:
    minutes = Minutes(5)
    minutes.note(7)
    assert minutes.minute == 2


def test_the_history_ends_after_an_hour() -> None:
    minutes = Minutes()
    for second in range((MINUTES + 5) * SECONDS):
        minutes.note(second + 1)
    assert minutes.history == [SECONDS] * MINUTES


def test_a_number_that_falls_is_another_boards() -> None:
    minutes = Minutes(1_000)
    minutes.note(1_500)
    minutes.note(3)
    minutes.note(7)
    assert minutes.minute == 4


@given(STATES, STATES)
def test_a_difference_merged_is_the_other_state(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert merged(before, difference(before, after)) == after


@given(STATES)
def test_between_equal_states_there_is_none(state: dict[str, Any]) -> None:
    assert difference(state, state) == {}

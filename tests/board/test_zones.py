"""Zones: an area that is closed, or has colours or an allowance of its own, until an end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.board.allowance import Allowance, Limits
from beeplace.board.changes import read
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.changes.moderation.zone import Zone
from beeplace.board.geometry import Area
from beeplace.board.in_force import End
from beeplace.board.moderation import MAX_ZONES, NOTHING_IN_FORCE, Moderation
from beeplace.board.rules import Answer, Facts, decide, refusal, window
from beeplace.board.state import BoardState, LiveSettings
from tests.board.test_bans import after, undo
from tests.board.test_moderation import STATE
from tests.log.samples import ANN, BOB, placement

INSIDE = Area(0, 0, 3, 3)
CLOSED = Zone(Span(), INSIDE, closed=True, reason="the stage's")
ONE_AN_HOUR = Limits(1, 3_600_000)
LIMITED = Zone(Span(), INSIDE, limits=ONE_AN_HOUR)


def refused(state: BoardState, x: int, color: int = 3, now_ms: int = 0) -> str | None:
    return refusal(placement(x, 2, color), state, now_ms)


def test_nobody_draws_in_a_closed_zone_and_everybody_beside_it() -> None:
    state = after(STATE, CLOSED)
    assert [refused(state, x) for x in (0, 2, 3)] == ["protected", "protected", None]


def test_a_zone_may_have_colours_of_its_own() -> None:
    state = after(STATE, Zone(Span(), INSIDE, colors=(1, 3)))
    assert [refused(state, 1, color) for color in range(4)] == ["bad_color", None, "bad_color", None]
    assert refused(state, 3, 0) is None


def test_it_ends_in_board_time_and_is_forgotten_with_the_next() -> None:
    state = after(STATE, Zone(Span(End(10, 0)), INSIDE, closed=True))
    assert [refused(state, 1, now_ms=now_ms) for now_ms in (9, 10)] == ["protected", None]
    again = after(state, Zone(Span(made_ms=10), Area(5, 5, 1, 1), closed=True))
    assert [zone.area.x for zone in again.moderation.zones] == [5]


def test_where_zones_overlap_each_closes_and_the_newest_limits_count() -> None:
    wide = Zone(Span(), Area(0, 0, 9, 8), limits=Limits(7, 1000))
    state = after(STATE, LIMITED, CLOSED, wide)
    assert refused(state, 1) == "protected"
    _, limits = window(placement(1, 2), after(STATE, LIMITED, wide), 0)
    assert limits == Limits(7, 1000)
    _, limits = window(placement(1, 2), after(STATE, wide, LIMITED), 0)
    assert limits == ONE_AN_HOUR


def test_its_undo_lifts_it_and_the_undo_of_that_brings_it_back() -> None:
    zoned, lift = after(STATE, CLOSED), undo(CLOSED, STATE)
    free = after(zoned, lift)
    assert free.moderation == NOTHING_IN_FORCE
    assert after(free, undo(lift, zoned)).moderation == zoned.moderation


def placed(state: BoardState, x: int, **allowances: Allowance) -> tuple[Answer, dict[bytes, Allowance]]:
    zone = state.moderation.zones[0]
    known = {zone.window(ANN) if name == "zone" else name.encode().ljust(16): a for name, a in allowances.items()}
    decision = decide([placement(x, 2)], Facts(state, 5, 0, known))
    return decision.answers[0], decision.allowances


def test_an_allowance_of_its_own_is_counted_apart_from_the_boards() -> None:
    state = after(replace(STATE, settings=LiveSettings(max_pixels=3, cooldown_seconds=10)), LIMITED)
    name = state.moderation.zones[0].window(ANN)
    answer, charged = placed(state, 1, ann=Allowance(3, 9_000))  # nothing left elsewhere
    assert (answer.code, charged) == (None, {name: Allowance(1, 3_600_005)})
    assert (answer.remaining, answer.retry_in_ms) == (0, 8_995)  # of the board's: that is what phones show
    answer, _ = placed(state, 1, zone=Allowance(1, 3_600_005))
    assert answer == Answer("cooldown", None, 0, 3_600_000)
    answer, charged = placed(state, 3, zone=Allowance(1, 3_600_005))
    assert (answer.code, charged) == (None, {ANN: Allowance(1, 10_005)})


def test_a_zones_window_is_nobody_elses_and_of_no_other_zone() -> None:
    one, other = after(STATE, LIMITED, LIMITED).moderation.zones
    assert len({one.window(ANN), one.window(BOB), other.window(ANN), ANN, BOB}) == 5


def test_a_limit_counts_also_where_the_board_has_none() -> None:
    state = after(replace(STATE, settings=LiveSettings(cooldown_seconds=0)), LIMITED)
    assert placed(state, 1, zone=Allowance(1, 3_600_005))[0].code == "cooldown"
    assert placed(state, 4)[0].code is None


zones = st.builds(
    lambda x, y, limits, colors, end, reason: Zone(
        Span(end), Area(x, y, 2, 3), closed=True, limits=limits, colors=colors, reason=reason
    ),
    st.integers(0, 7), st.integers(0, 5),
    st.none() | st.builds(lambda most, ms: Limits(most, ms * 1000), st.integers(1, 1000), st.integers(1, 999)),
    st.none() | st.sets(st.integers(0, 3), min_size=1).map(tuple),
    st.none() | st.builds(End, st.integers(1, 2**40), st.integers(0, 2**40)),
    st.sampled_from(["", "the stage's", "é" * 200]),
)  # fmt: skip


@given(st.lists(zones, max_size=4))
def test_they_are_read_as_they_were_written(several: list[Zone]) -> None:
    state = after(STATE, *several)
    assert Moderation.read(state.moderation.text()) == state.moderation
    for zone in several:
        assert read(zone.record()) == zone


@pytest.mark.parametrize(
    "zone",
    [
        Zone(Span(), INSIDE), Zone(Span(), Area(0, 0, 10, 1), closed=True), Zone(Span(), Area(0, 0, 0, 1), closed=True),
        Zone(Span(), INSIDE, colors=()), Zone(Span(), INSIDE, colors=(4,)), Zone(Span(), INSIDE, colors=(1, 1)),
        Zone(Span(), INSIDE, limits=Limits(0, 1000)), Zone(Span(), INSIDE, limits=Limits(1, 0)),
        Zone(Span(), INSIDE, limits=Limits(1, 86_401_000)), Zone(Span(), INSIDE, limits=Limits(1001, 1000)),
        Zone(Span(End(5, 0), made_ms=5), INSIDE, closed=True), Zone(Span(), INSIDE, closed=True, reason="x" * 201),
    ],
)  # fmt: skip
def test_what_is_no_zone_of_this_board_does_not_fit(zone: Zone) -> None:
    assert not zone.fits(STATE)


def test_there_are_so_many_and_no_more() -> None:
    full = after(STATE, *[CLOSED] * MAX_ZONES)
    assert not CLOSED.fits(full)

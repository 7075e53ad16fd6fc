"""Bans: who may not draw and until when, in board time; lifted, undone, and undone again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.board.bitmap import Bitmap
from beeplace.board.changes import Change, read
from beeplace.board.changes.change import Before, next_state
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.in_force import MAX_REASON, End
from beeplace.board.moderation import MAX_PEOPLE, NOTHING_IN_FORCE, Moderation
from beeplace.board.rules import refusal
from beeplace.board.state import BoardState
from tests.board.test_moderation import STATE
from tests.log.samples import ANN, BOB, placement

HOUR_MS = 3_600_000


def person(identity: bytes, size: int = 4) -> str:
    return f"bee-{identity[:size].hex()}"


def after(state: BoardState, *changes: Change) -> BoardState:
    for change in changes:
        assert change.fits(state)
        state = next_state(change, state, state.epoch, state.seq + 1)
    return state


def undo(change: Change, before: BoardState) -> Change:
    found = change.undone(before.seq + 1, Before(before, b"", Bitmap(1), 1))
    assert found
    return found


def refused(state: BoardState, now_ms: int = 0) -> tuple[str | None, str | None]:
    """Ann and Bob."""
    return refusal(placement(by=ANN), state, now_ms), refusal(placement(by=BOB), state, now_ms)


@pytest.mark.parametrize("size", [4, 16])
def test_who_is_banned_may_not_draw_and_others_may(size: int) -> None:
    assert refused(after(STATE, Ban(Span(), (person(ANN, size),)))) == ("banned", None)


def test_a_ban_ends_in_board_time() -> None:
    state = after(STATE, Ban(Span(End(HOUR_MS, 0)), (person(ANN),)))
    assert (refused(state, HOUR_MS - 1), refused(state, HOUR_MS)) == (("banned", None), (None, None))


def test_the_longest_ban_counts_and_each_is_lifted_by_itself() -> None:
    short, long = Ban(Span(End(HOUR_MS, 0)), (person(ANN),)), Ban(Span(), (person(ANN), person(BOB)), "more")
    one = after(STATE, short)
    both = after(one, long)
    ban = both.moderation.ban_of(ANN, 0)
    assert ban
    assert (ban.reason, ban.end) == ("more", None)
    lifted = after(both, undo(short, STATE))
    assert refused(lifted) == ("banned", "banned")
    assert refused(after(lifted, undo(long, one))) == (None, None)


def test_an_undo_leaves_everything_as_before_and_its_undo_bans_again() -> None:
    ban = Ban(Span(End(HOUR_MS, 5)), (person(ANN),), "a flood")
    banned = after(STATE, ban)
    lift = undo(ban, STATE)
    free = after(banned, lift)
    assert free.moderation == NOTHING_IN_FORCE
    assert after(free, undo(lift, banned)).moderation == banned.moderation


def test_what_has_ended_is_forgotten_with_the_next_ban() -> None:
    first = after(STATE, Ban(Span(End(10, 0)), (person(ANN),)))
    second = after(first, Ban(Span(made_ms=10), (person(BOB),)))
    assert [ban.people for ban in second.moderation.bans] == [(person(BOB),)]


bans = st.builds(
    lambda people, reason, end, made_ms: Ban(Span(end, made_ms), people, reason),
    st.lists(st.binary(min_size=4, max_size=4).map(person), min_size=1, max_size=3, unique=True).map(tuple),
    st.text(max_size=MAX_REASON).filter(lambda text: "\0" not in text),
    st.none() | st.builds(End, st.integers(100, 2**40), st.integers(0, 2**40)),
    st.integers(0, 99),
)


@given(st.lists(bans, max_size=4))
def test_they_are_read_as_they_were_written(several: list[Ban]) -> None:
    state = after(STATE, *several)
    assert Moderation.read(state.moderation.text()) == state.moderation
    for ban in several:
        assert read(ban.record()) == ban


MANY = tuple(person(number.to_bytes(4, "big")) for number in range(MAX_PEOPLE + 1))


@pytest.mark.parametrize(
    "ban",
    [
        Ban(Span(), ()), Ban(Span(), (person(ANN),) * 2), Ban(Span(), ("ann",)), Ban(Span(), ("bee-1f2e3d4",)),
        Ban(Span(), ("bee-1F2E3D4C",)), Ban(Span(), ("bee-" + "0" * 16,)), Ban(Span(), MANY[:1_001]),
        Ban(Span(), (person(ANN),), "x" * (MAX_REASON + 1)), Ban(Span(), (person(ANN),), "\0"),
        Ban(Span(End(5, 0), made_ms=5), (person(ANN),)), Ban(Span(of=99), (person(ANN),)),
    ],
)  # fmt: skip
def test_what_is_no_ban_does_not_fit(ban: Ban) -> None:
    assert not ban.fits(STATE)


def test_so_many_may_be_banned_at_the_same_time_and_no_more() -> None:
    full = after(STATE, Ban(Span(), MANY[:1_000]), Ban(Span(), MANY[1_000:MAX_PEOPLE]))
    assert not Ban(Span(), MANY[MAX_PEOPLE:]).fits(full)
    text = full.moderation.text()
    assert text
    assert len(text) < 100_000


def test_a_board_without_bans_asks_nothing_of_them() -> None:
    assert not STATE.moderation.restricts
    assert after(STATE, Ban(Span(), (person(ANN),))).moderation.restricts
    assert refused(replace(STATE, read_only=True)) == ("read_only", "read_only")

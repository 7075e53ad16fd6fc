"""The board as it was a minute ago, compared with the log it is a view of."""

from __future__ import annotations

import pytest

from beeplace.board.board import Board
from beeplace.board.changes import Change
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.reset import Reset
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState
from beeplace.history.delayed_board import KEPT_SECONDS, DelayedBoard

STATE = BoardState("first", 0, 4, 3, Palette(("#FFFFFF", "#E50000", "#02BE01", "#0000EA")))


class Rig:
    """A board that commits one entry at a time, at moments that the test chooses."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.board = Board(STATE)
        self.delayed = DelayedBoard(self.board, lambda: self.now)

    def commit(self, change: Change, epoch: str = "first") -> None:
        seq = self.board.state.seq + 1
        state = BoardState(epoch, seq, 4, 3, STATE.palette)
        entry = Entry(seq, epoch, 0, b"", None, change)
        self.board.apply([entry], state)
        self.delayed.follow([entry], state)

    def place(self, x: int, y: int, color: int) -> None:
        self.commit(Placement(x, y, color))


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_young_placements_are_not_in_it(rig: Rig) -> None:
    rig.place(1, 1, 2)
    _, seq, pixels = rig.delayed.earlier()
    assert (seq, pixels) == (0, bytes(12))


def test_old_placements_are_in_it(rig: Rig) -> None:
    rig.place(1, 1, 2)
    rig.now += KEPT_SECONDS
    rig.place(2, 2, 3)
    state, seq, pixels = rig.delayed.earlier()
    assert (state.epoch, seq, pixels[5], pixels[10]) == ("first", 1, 2, 0)


def test_it_says_how_old_its_youngest_placement_is(rig: Rig) -> None:
    assert rig.delayed.age_seconds == 0
    rig.now += 30
    assert rig.delayed.age_seconds == 30
    rig.place(1, 1, 2)
    rig.now += KEPT_SECONDS + 5
    rig.delayed.earlier()
    assert rig.delayed.age_seconds == KEPT_SECONDS + 5


def test_a_reset_is_in_it_at_once_and_leaves_nothing_to_hide(rig: Rig) -> None:
    rig.place(1, 1, 2)
    rig.commit(Reset(Area(0, 0, 4, 3)), epoch="second")
    state, seq, pixels = rig.delayed.earlier()
    assert (state.epoch, seq, pixels, rig.delayed.age_seconds) == ("second", 2, bytes(12), float("inf"))


def test_what_follows_it_is_read_from_memory_in_order(rig: Rig) -> None:
    for x in range(4):
        rig.place(x, 0, 1)
    found = rig.delayed.after(1, 2)
    assert found is not None
    assert [entry.seq for entry in found] == [2, 3]
    assert rig.delayed.after(4, 9) == []


def test_it_does_not_claim_to_know_what_is_older_than_itself(rig: Rig) -> None:
    rig.place(0, 0, 1)
    rig.place(1, 0, 1)
    rig.now += KEPT_SECONDS
    rig.place(2, 0, 1)
    assert rig.delayed.after(1, 9) is None
    found = rig.delayed.after(2, 9)
    assert found is not None
    assert [entry.seq for entry in found] == [3]


def test_it_folds_in_steps_and_is_right_after_each(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beeplace.history.delayed_board.FOLDED_AT_ONCE", 2)
    for x in range(4):
        rig.place(x, 0, 1)
    rig.now += 2 * KEPT_SECONDS
    for seq in (2, 4, 4):
        _, found, pixels = rig.delayed.earlier()
        assert (found, pixels) == (seq, bytes([1] * seq + [0] * (12 - seq)))
        assert len(rig.delayed.after(found, 9) or []) == 4 - seq


def test_it_is_bounded_and_says_that_it_is_shorter_then(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beeplace.history.delayed_board.MAX_ENTRIES", 3)
    rig.now += 100
    for x in range(4):
        rig.place(x, 0, 1)
    _, seq, pixels = rig.delayed.earlier()
    assert (seq, pixels[0], pixels[1], rig.delayed.age_seconds) == (1, 1, 0, 0)

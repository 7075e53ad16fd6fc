"""What an organiser's action leads to, without a store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beeplace.board.changes.fill import Fill
from beeplace.board.changes.recolor import Recolor
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.rules import Action, Decision, decide_action
from tests.log.samples import HEIGHT, ORGANISER, STATE, WHOLE, WIDTH, facts, fill, read_only, reset

AT_7 = replace(STATE, seq=7)


def test_a_fill_is_one_entry_that_names_its_action() -> None:
    decision = decide_action(fill(Area(1, 2, 3, 4), 2), facts(AT_7))
    assert decision.entries == [Entry(8, "first", 0, ORGANISER, 8, Fill(Area(1, 2, 3, 4), 2))]
    assert decision.state == replace(AT_7, seq=8)


@pytest.mark.parametrize(
    "area",
    [
        Area(-1, 0, 2, 1),
        Area(0, -1, 1, 2),
        Area(WIDTH, 0, 1, 1),
        Area(0, HEIGHT, 1, 1),
        Area(1, 0, WIDTH, 1),
        Area(0, 1, 1, HEIGHT),
        Area(0, 0, 0, 1),
        Area(0, 0, 1, 0),
        Area(3, 3, -1, 1),
    ],
)
def test_a_fill_that_is_not_wholly_on_the_board_changes_nothing(area: Area) -> None:
    assert decide_action(fill(area), facts(AT_7)) == Decision(AT_7)


@pytest.mark.parametrize("color", [-1, 4])
def test_a_fill_with_a_colour_outside_the_palette_changes_nothing(color: int) -> None:
    assert decide_action(fill(WHOLE, color), facts(AT_7)) == Decision(AT_7)


@pytest.mark.parametrize("area", [WHOLE, Area(WIDTH - 1, HEIGHT - 1, 1, 1)])
def test_a_fill_up_to_the_edges_is_carried_out(area: Area) -> None:
    assert len(decide_action(fill(area), facts(AT_7)).entries) == 1


def test_an_organiser_paints_a_read_only_board() -> None:
    assert decide_action(fill(), facts(replace(AT_7, read_only=True))).entries


@pytest.mark.parametrize("color", [0, 1])
def test_read_only_is_turned_on_and_off(color: int) -> None:
    decision = decide_action(read_only(color), facts(replace(AT_7, read_only=not color)))
    assert (decision.state.read_only, decision.state.seq, decision.state.epoch) == (bool(color), 8, "first")


def test_a_reset_begins_a_new_epoch_and_goes_on_counting() -> None:
    decision = decide_action(replace(reset(), epoch="next"), facts(replace(AT_7, read_only=True)))
    assert decision.state == replace(AT_7, epoch="next", seq=8, read_only=True)
    assert [entry.epoch for entry in decision.entries] == ["next"]


def test_a_new_palette_begins_a_new_epoch() -> None:
    palette = Palette(("#000000", "#FFFFFF"))
    decision = decide_action(Action(Recolor(palette), ORGANISER, epoch="next"), facts(AT_7))
    assert decision.state == replace(AT_7, epoch="next", seq=8, palette=palette)


def test_the_action_is_handed_on_with_what_was_there_before() -> None:
    decision = decide_action(fill(before=b"before"), facts(AT_7))
    assert decision.action is not None
    assert decision.action.before == b"before"

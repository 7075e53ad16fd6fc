"""Live settings as state of the board: colours that are disabled or added, a name, and how each is taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beeplace.board.bitmap import Bitmap
from beeplace.board.changes import read
from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.change import Before
from beeplace.board.changes.recolor import Recolor
from beeplace.board.geometry import Pixel
from beeplace.board.palette import Palette
from beeplace.board.rules import PlacementRequest, refusal
from beeplace.board.state import BoardState, LiveSettings
from tests.log.samples import ANN, PALETTE, STATE

MORE = Palette((*PALETTE.colors, "#123456"))
BLANK = replace(STATE, settings=LiveSettings(initial_color=0))


def before(state: BoardState) -> Before:
    return Before(state, b"", Bitmap(state.width * state.height), state.width, ())


def test_nobody_may_place_a_disabled_colour() -> None:
    state = Adjust((("disabledColors", [1, 3]),)).state_after(BLANK)
    asked = [refusal(PlacementRequest(ANN, Pixel(0, 0, color)), state, 0) for color in range(4)]
    assert asked == [None, "bad_color", None, "bad_color"]


def test_only_who_has_entered_places_where_not_everyone_may() -> None:
    state = Adjust((("entry", ["code"]),)).state_after(BLANK)
    until = [PlacementRequest(ANN, Pixel(0, 0, 1), entered_until_ms=ms) for ms in (0, 999, 1000, 1001)]
    assert [refusal(asked, state, 1000) for asked in until] == ["entry", "entry", "entry", None]
    opened = Adjust((("entry", ["open"]),)).state_after(state)
    assert [refusal(asked, opened, 1000) for asked in until] == [None] * 4


def test_settings_come_back_from_text_as_they_were() -> None:
    settings = LiveSettings(disabled_colors=(1, 2), event_name="Äpfel & Bienen")
    assert LiveSettings.read(settings.text()) == settings
    assert hash(LiveSettings.read(settings.text())) == hash(settings)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"disabledColors": [4]}, "indices of the palette"),
        ({"disabledColors": [0]}, "initial colour"),
        ({"disabledColors": [1, 1]}, "distinct"),
        ({"disabledColors": 1}, "list"),
        ({"initialColor": 4}, "indices of the palette"),
        ({"eventName": "a\tb"}, "printable"),
        ({"entry": []}, "open alone"),
        ({"entry": ["open", "code"]}, "open alone"),
        ({"entry": ["code", "code"]}, "open alone"),
        ({"entry": "code"}, "a list"),
        ({"eventName": "x" * 81}, "80"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(values: dict[str, object], reason: str) -> None:
    change = Adjust(tuple(values.items()))
    assert reason in str(change.objection(BLANK))
    assert not change.fits(BLANK)


def test_an_organiser_only_adds_colours() -> None:
    assert Recolor(MORE, by_organiser=True).fits(BLANK)
    for wrong in (PALETTE, Palette(PALETTE.colors[:3]), Palette(("#000000", *MORE.colors[1:]))):
        assert not Recolor(wrong, by_organiser=True).fits(BLANK)
        assert Recolor(wrong).fits(BLANK)  # what a start brings in is judged there, by the pixels


def test_no_environment_changes_colours_that_an_organiser_chose() -> None:
    change = Recolor(MORE, by_organiser=True)
    assert read(change.record()) == change
    assert "colors" in change.state_after(BLANK).settings.chosen
    assert "colors" not in Recolor(MORE).state_after(BLANK).settings.chosen


def test_colours_that_were_added_are_disabled_where_that_is_taken_back_and_again_enabled() -> None:
    change = Recolor(MORE, by_organiser=True)
    added = change.state_after(BLANK)
    undo = change.undone(1, before(BLANK))
    assert undo == Adjust((("disabledColors", [4]),))
    without = undo.state_after(added)
    assert (without.palette, without.settings.disabled_colors) == (MORE, (4,))
    again = undo.undone(2, before(added))
    assert again is not None
    assert again.state_after(without).settings.disabled_colors == ()

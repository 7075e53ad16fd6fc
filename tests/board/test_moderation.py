"""What is in force: as text and back, and taken back by the undo of what brought it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beeplace.board.bitmap import Bitmap
from beeplace.board.changes import Change
from beeplace.board.changes.change import Before, next_state
from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.changes.moderation.safe_picture import MAX_PICTURE_BYTES, PNG, SafePicture
from beeplace.board.moderation import NOTHING_IN_FORCE, ApprovedPicture, Moderation
from beeplace.board.palette import Palette
from beeplace.board.rules import refusal
from beeplace.board.state import BoardState
from tests.log.samples import placement

STATE = BoardState("e", 4, 9, 8, Palette(("#000000", "#FFFFFF", "#FF0000", "#00FF00")))


def undone(change: Change, before: BoardState) -> tuple[BoardState, BoardState]:
    """The state after a change, and after its undo."""
    after = next_state(change, before, before.epoch, before.seq + 1)
    undo = change.undone(after.seq, Before(before, b"", Bitmap(1), 1))
    assert undo
    assert undo.fits(after)
    return after, next_state(undo, after, after.epoch, after.seq + 1)


@pytest.mark.parametrize(
    "moderation",
    [
        Moderation(), Moderation(panic=True), Moderation(safe_picture=ApprovedPicture(7)),
        Moderation(panic=True, safe_picture=ApprovedPicture(7, armed=False)),
    ],
)  # fmt: skip
def test_it_is_read_as_it_was_written(moderation: Moderation) -> None:
    assert Moderation.read(moderation.text()) == moderation
    assert (moderation.text() is None) is (moderation == NOTHING_IN_FORCE)


@pytest.mark.parametrize("text", ["[]", '{"panic":1,"safePicture":null}', '{"panic":true,"safePicture":{"seq":0}}'])
def test_what_is_none_is_not_read(text: str) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        Moderation.read(text)


def test_panic_closes_the_board_and_its_undo_opens_it() -> None:
    assert refusal(placement(), STATE, 0) is None
    after, back = undone(Panic(begun=True), STATE)
    assert (refusal(placement(), after, 0), refusal(placement(), back, 0)) == ("read_only", None)


def test_the_undo_of_an_end_of_panic_begins_it_again() -> None:
    _, back = undone(Panic(begun=False), replace(STATE, moderation=Moderation(panic=True)))
    assert back.moderation.panic


def test_the_undo_of_a_safe_picture_brings_the_one_before_back() -> None:
    first, none = undone(SafePicture(PNG, armed=False), STATE)
    assert (first.moderation.safe_picture, none.moderation) == (ApprovedPicture(5, armed=False), NOTHING_IN_FORCE)
    second, back = undone(SafePicture(PNG), first)
    assert (second.moderation.safe_picture, back.moderation) == (ApprovedPicture(6), first.moderation)


@pytest.mark.parametrize(
    "change",
    [
        SafePicture(b"GIF89a"), SafePicture(PNG + bytes(MAX_PICTURE_BYTES)), SafePicture(PNG, earlier=1),
        SafePicture(b"", earlier=5), SafePicture(b"", earlier=-1),
    ],
)  # fmt: skip
def test_what_is_no_picture_of_this_log_does_not_fit(change: SafePicture) -> None:
    assert not change.fits(STATE)

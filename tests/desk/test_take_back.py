"""What an organiser takes back, and what stays: rewinds, undos, and what they answer."""

from __future__ import annotations

import asyncio
import os

import pytest

from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.moderation.safe_picture import PNG, SafePicture
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.reset import Reset
from beeplace.board.changes.restoration import Left
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.desk.take_back import Order
from beeplace.errors import BadRequest, Reused
from tests.desk.office import Office, order
from tests.log.samples import ANN, BOB, ORGANISER, PALETTE, WHOLE, placement


async def test_one_person_is_taken_out_and_what_others_drew_stays(office: Office) -> None:
    await office.draw(0, 0, 1, BOB)
    await office.draw(0, 0, 2, ANN)  # over Bob's
    await office.draw(1, 0, 2, ANN)
    seq = await office.draw(1, 0, 3, BOB)  # over Ann's
    await office.draw(2, 0, 2, ANN)
    outcome = await office.rewind(office.of(ANN))
    assert [office.color(x, 0) for x in range(3)] == [1, 3, 0]
    assert (outcome.changed, outcome.left, outcome.told) == (2, 1, (Left(1, 0, seq),))


async def test_people_beneath_each_other_are_taken_out_in_any_order(office: Office) -> None:
    """Bob's colour, which a rewind of Ann shows again, is Bob's still."""
    await office.draw(0, 0, 1, BOB)
    await office.draw(0, 0, 2, ANN)
    await office.rewind(office.of(ANN))
    assert office.color(0, 0) == 1
    outcome = await office.rewind(office.of(BOB))
    assert (office.color(0, 0), outcome.changed, outcome.left) == (0, 1, 0)


async def test_an_action_is_undone_and_the_undo_too(office: Office) -> None:
    await office.draw(0, 0, 1, ANN)
    fill = await office.act(Fill(WHOLE, 3))
    first = await office.undo(fill)
    assert first.entry
    assert (office.color(0, 0), office.color(5, 5), first.changed, first.left) == (1, 0, 72, 0)
    second = await office.undo(first.entry.seq)
    assert (office.color(0, 0), office.color(5, 5), second.changed) == (3, 3, 72)
    again = await office.undo(fill)  # what it made is back
    assert (office.color(0, 0), office.color(5, 5), again.changed, again.left) == (1, 0, 72, 0)


async def test_what_covered_an_action_is_taken_back_and_then_the_action(office: Office) -> None:
    fill = await office.act(Fill(Area(0, 0, 3, 1), 3))
    other = await office.act(Fill(Area(0, 0, 2, 1), 2))
    await office.undo(other)
    seq = await office.draw(1, 0, 1, BOB)
    outcome = await office.undo(fill)
    assert (outcome.changed, outcome.left, outcome.told) == (2, 1, (Left(1, 0, seq),))
    assert [office.color(x, 0) for x in range(3)] == [0, 1, 0]


async def test_what_a_rewind_shows_again_of_an_action_is_taken_back_with_it(office: Office) -> None:
    fill = await office.act(Fill(WHOLE, 3))
    await office.draw(0, 0, 1, ANN)
    await office.draw(1, 0, 1, BOB)
    await office.rewind(office.of(ANN))
    outcome = await office.undo(fill)
    assert ([office.color(x, 0) for x in range(3)], outcome.changed, outcome.left) == ([0, 1, 0], 71, 1)


async def test_an_undo_says_what_it_left_and_why(office: Office) -> None:
    fill = await office.act(Fill(Area(0, 0, 3, 1), 3))
    seq = await office.draw(1, 0, 1, BOB)
    outcome = await office.undo(fill)
    assert (outcome.changed, outcome.left, outcome.told) == (2, 1, (Left(1, 0, seq),))
    assert [office.color(x, 0) for x in range(3)] == [0, 1, 0]


async def test_what_is_drawn_while_a_rewind_is_worked_out_stays(office: Office) -> None:
    for round_ in range(20):
        begin = office.session.board.state.seq
        for y in range(8):
            await office.place(*[placement(x, y, 2, by=ANN) for x in range(0, 9, 2)])
        rewinding = asyncio.create_task(office.rewind(office.of(ANN)))
        drawn: dict[tuple[int, int], int] = {}
        while not rewinding.done():
            x, y = round_ % 9, len(drawn) % 8
            await office.draw(x, y, drawn.setdefault((x, y), 1 + round_ % 3), BOB)
        outcome = await rewinding
        assert {at: office.color(*at) for at in drawn} == drawn
        assert outcome.changed + outcome.left == 40
        again = await office.take_back.preview(office.of(ANN, after=begin))  # looks through the rewind
        assert (again.pixels, again.left) == (0, outcome.left)
        await office.take_back.act(Reset(WHOLE), order(), epoch=os.urandom(8).hex())


async def test_what_was_asked_for_twice_happens_once(office: Office) -> None:
    await office.draw(0, 0, 1, ANN)
    asked = Order(ORGANISER, "because", os.urandom(16), b"rewind Ann")
    first = await office.take_back.rewind(office.of(ANN), asked)
    await office.draw(0, 0, 2, ANN)
    again = await office.take_back.rewind(office.of(ANN), asked)
    assert (again.changed, again.left) == (first.changed, first.left) == (1, 0)
    assert first.entry
    assert again.entry
    assert (again.entry.seq, office.color(0, 0)) == (first.entry.seq, 2)
    with pytest.raises(Reused):
        await office.take_back.rewind(office.of(BOB), asked._replace(request=b"rewind Bob"))


async def test_a_setting_goes_back_unless_it_was_changed_again(office: Office) -> None:
    first = await office.act(Adjust((("maxPixels", 7), ("cooldown", 60))))
    await office.act(Adjust((("cooldown", 90),)))
    outcome = await office.undo(first)
    settings = office.session.board.state.settings
    assert (settings.max_pixels, settings.cooldown_seconds) == (3, 90)
    assert outcome.entry
    await office.undo(outcome.entry.seq)
    assert office.session.board.state.settings.max_pixels == 7


async def test_the_drawing_is_opened_and_closed_again_by_undos(office: Office) -> None:
    closed = await office.act(ReadOnly(True))
    outcome = await office.undo(closed)
    assert not office.session.board.state.read_only
    assert outcome.entry
    await office.undo(outcome.entry.seq)
    assert office.session.board.state.read_only
    assert (await office.undo(closed)).entry is None  # it was opened and closed since
    assert office.session.board.state.read_only


async def test_a_reset_is_undone_where_nobody_has_drawn_since(office: Office) -> None:
    await office.draw(0, 0, 1, ANN)
    await office.draw(1, 0, 1, ANN)
    outcome = await office.take_back.act(Reset(WHOLE), order(), epoch="another")
    assert outcome.entry
    await office.draw(1, 0, 2, BOB)
    undone = await office.undo(outcome.entry.seq)
    assert ([office.color(x, 0) for x in range(3)], undone.left) == ([1, 2, 0], 1)
    await office.rewind(office.of())  # all of this epoch: the picture that was put back, too
    assert [office.color(x, 0) for x in range(3)] == [0, 0, 0]


async def test_a_palette_goes_back_in_an_epoch_of_its_own(office: Office) -> None:
    other = Palette(("#000000", "#111111", "#222222", "#333333"))
    outcome = await office.take_back.act(Recolor(other), order(), epoch="another")
    assert outcome.entry
    await office.undo(outcome.entry.seq)
    state = office.session.board.state
    assert (state.palette, state.epoch != "another") == (PALETTE, True)


async def test_what_is_no_action_cannot_be_undone(office: Office) -> None:
    seq = await office.draw(0, 0, 1, ANN)
    for wrong in (seq, seq + 1, 0):
        with pytest.raises(BadRequest, match="no action"):
            await office.undo(wrong)


async def test_a_rewind_of_nothing_is_no_entry(office: Office) -> None:
    await office.draw(0, 0, 1, ANN)
    outcome = await office.rewind(office.of(BOB))
    assert (outcome.entry, outcome.changed, outcome.left) == (None, 0, 0)
    assert office.session.board.state.seq == 1


async def test_the_undo_of_a_safe_picture_brings_back_the_one_before_whatever_was_drawn_between(office: Office) -> None:
    await office.draw(0, 0, 1, ANN)
    await office.draw(1, 0, 1, ANN)
    first = await office.act(SafePicture(PNG + b"first"))
    await office.draw(2, 0, 1, ANN)
    second = await office.act(SafePicture(PNG + b"second"))
    await office.undo(second)
    approved = office.session.board.state.moderation.safe_picture
    assert approved
    assert approved.seq == first

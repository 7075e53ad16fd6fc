"""A ban with what those people had drawn, in one entry: what comes back, what stays, and what its undo gives back."""

from __future__ import annotations

import pytest

from beeplace.board.changes.fill import Fill
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.ban_and_rewind import BanAndRewind
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.changes.restoration import Left
from beeplace.board.geometry import Area
from beeplace.board.rules import Action
from beeplace.desk.ban_rewind import BanRewind
from beeplace.desk.beside import Beside
from beeplace.desk.take_back import Effect
from beeplace.errors import BadRequest, Outdated
from beeplace.log.past import HEAD_BYTES, ActionFilter
from beeplace.log.reads import Reads
from beeplace.people.identities import pseudonym
from tests.desk.office import Office, order
from tests.log.samples import ANN, BOB, ORGANISER

OF_ANN = Ban(Span(), (pseudonym(ANN[:4]),), "a flood")


async def ban(office: Office, *, goes_on: bool = True) -> Effect:
    return await office.take_back.ban(OF_ANN, office.of(ANN), order(), goes_on=goes_on)


def is_banned(office: Office, identity: bytes) -> bool:
    return office.session.board.state.moderation.ban_of(identity, 0) is not None


async def test_both_are_one_entry_and_one_undo_is_everything_as_before(office: Office) -> None:
    await office.draw(0, 0, 1, BOB)
    await office.draw(0, 0, 2, ANN)
    await office.draw(1, 0, 2, ANN)
    last = await office.draw(1, 0, 3, BOB)
    done = await ban(office)
    assert done.entry
    assert (done.entry.seq, done.changed, done.left, done.told) == (last + 1, 1, 1, (Left(1, 0, last),))
    assert ([office.color(x, 0) for x in range(2)], is_banned(office, ANN)) == ([1, 3], True)
    undone = await office.undo(done.entry.seq)
    assert undone.entry
    assert ([office.color(x, 0) for x in range(2)], is_banned(office, ANN)) == ([2, 3], False)
    await office.undo(undone.entry.seq)
    assert ([office.color(x, 0) for x in range(2)], is_banned(office, ANN)) == ([1, 3], True)
    assert (await office.session.store.state()) == office.session.board.state


async def test_the_ban_alone_ends_and_begins_again_and_pixels_go_back_with_a_whole_undo(office: Office) -> None:
    await office.draw(0, 0, 2, ANN)
    done = await ban(office)
    assert done.entry
    lifted = await office.take_back.undo(done.entry.seq, order(), pixels=False)
    assert lifted.entry
    assert (office.color(0, 0), is_banned(office, ANN), lifted.changed) == (0, False, 0)
    await office.undo(lifted.entry.seq)
    assert (office.color(0, 0), is_banned(office, ANN)) == (0, True)
    whole = await office.undo(done.entry.seq)
    assert (office.color(0, 0), is_banned(office, ANN), whole.changed) == (2, True, 1)  # somebody banned again since
    fill = await office.act(Fill(Area(0, 0, 1, 1), 3))
    with pytest.raises(BadRequest):
        await office.take_back.undo(fill, order(), pixels=False)


async def test_what_is_left_of_either_is_undone_alone(office: Office) -> None:
    await office.draw(0, 0, 2, ANN)
    done = await ban(office)
    assert done.entry
    drawn_over = await office.draw(0, 0, 3, BOB)
    undone = await office.undo(done.entry.seq)  # of its pixels none is left
    assert undone.entry
    assert (undone.changed, undone.left, undone.told) == (0, 1, (Left(0, 0, drawn_over),))
    assert (office.color(0, 0), is_banned(office, ANN)) == (3, False)
    nothing = await office.undo(done.entry.seq)
    assert (nothing.entry, nothing.changed, nothing.left) == (None, 0, 1)


async def test_who_has_nothing_to_be_seen_is_banned_and_what_stays_is_said(office: Office) -> None:
    await office.draw(0, 0, 1, ANN)
    await office.draw(0, 0, 2, BOB)
    done = await ban(office)
    assert done.entry
    assert (done.changed, done.left, is_banned(office, ANN), office.color(0, 0)) == (0, 1, True, 2)
    assert BanAndRewind.listed(done.entry.change.record()).area is None
    lifted = await office.undo(done.entry.seq)
    assert lifted.entry
    assert (lifted.changed, lifted.left, is_banned(office, ANN)) == (0, 0, False)
    await office.undo(lifted.entry.seq)
    assert is_banned(office, ANN)


async def test_people_are_banned_in_a_selection_that_ends_and_what_came_later_stays(office: Office) -> None:
    await office.draw(0, 0, 2, ANN)
    drawn = office.of(ANN)
    await office.draw(1, 0, 2, ANN)
    done = await office.take_back.ban(OF_ANN, drawn, order(), goes_on=False)
    assert (done.changed, [office.color(x, 0) for x in range(2)]) == (1, [0, 2])


async def late(office: Office) -> BanRewind:
    board = office.session.board
    drawn = BanRewind(board, Reads(office.session.store), Beside(), OF_ANN, office.of(ANN), goes_on=True)
    await drawn.work_out(board.state)
    return drawn


async def test_what_they_draw_while_it_is_worked_out_is_taken_back_too(office: Office) -> None:
    for x, color, by in ((0, 2, ANN), (1, 1, BOB), (2, 1, BOB), (3, 2, ANN), (4, 2, ANN)):
        await office.draw(x, 0, color, by)
    source = office.session.board.state.seq - 3  # Bob's of x 1
    drawn = await late(office)
    await office.draw(0, 0, 3, ANN)  # over her own
    await office.draw(1, 0, 3, ANN)  # over Bob's
    await office.draw(2, 0, 3, ANN)
    await office.draw(2, 0, 2, BOB)  # who is over hers again
    await office.draw(3, 0, 3, BOB)  # over hers
    await office.draw(5, 0, 3, BOB)
    between = await office.draw(5, 0, 3, BOB)
    await office.draw(5, 0, 2, ANN)  # over what Bob drew meanwhile
    await office.draw(6, 0, 1, ANN)
    change = await drawn.latest(office.session.board.state)
    assert isinstance(change, BanAndRewind)
    assert [change.color_of(x, 0) for x in range(7)] == [0, 1, None, None, 0, 3, 0]
    numbers = [
        int.from_bytes(change.sources(0, change.size)[at : at + 8], "little") for at in range(0, 8 * change.size, 8)
    ]
    assert numbers == [0, source, 0, between, 0]
    await office.draw(6, 0, 2, ANN)  # once more
    await office.draw(4, 0, 1, BOB)
    action = Action(await drawn.latest(office.session.board.state), ORGANISER, rid=b"r" * 16)
    assert await office.loop.act(action)
    assert [office.color(x, 0) for x in range(7)] == [0, 1, 2, 3, 1, 3, 0]


async def test_another_action_on_what_they_draw_has_it_worked_out_anew(office: Office) -> None:
    await office.draw(0, 0, 2, ANN)
    drawn = await late(office)
    await office.act(Fill(Area(0, 0, 1, 1), 3))
    await office.draw(0, 0, 1, ANN)
    with pytest.raises(Outdated):
        await drawn.latest(office.session.board.state)
    done = await ban(office)
    assert (done.changed, office.color(0, 0)) == (1, 3)


async def test_a_thousand_people_are_named_in_the_list_and_what_is_undone_of_them_is_known(office: Office) -> None:
    await office.draw(0, 0, 2, ANN)
    people = (pseudonym(ANN[:4]), *(f"bee-{number:08x}" for number in range(999)))
    selection = office.of(ANN, *(number.to_bytes(4, "big") for number in range(999)))
    done = await office.take_back.ban(Ban(Span(), people), selection, order(), goes_on=True)
    rewound = await office.rewind(selection)
    assert done.entry
    assert rewound.entry is None
    [listed] = await office.session.store.actions(ActionFilter(10**6), 5)
    assert listed.payload
    assert len(listed.payload) > HEAD_BYTES
    fields = BanAndRewind.listed(done.entry.change.record()._replace(payload=listed.payload)).fields
    assert (fields["people"], fields["changed"], fields["until"]) == ([*people], 1, None)
    assert "people" not in fields["selection"]

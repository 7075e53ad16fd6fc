"""A board gets another size, on each store: what stays, what is cut off, and what comes back."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from beeplace.board.changes.change import next_state
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.changes.moderation.safe_picture import PNG, SafePicture
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.resize import Resize, Size
from beeplace.board.geometry import Area
from beeplace.people.identities import pseudonym
from tests.desk.office import Office, order
from tests.log.samples import ANN, BOB, WHOLE

WAS = Size(WHOLE.width, WHOLE.height)
LARGER, SMALLER = Size(20, 12), Size(8, 8)


async def resize(office: Office, after: Size) -> int:
    state = office.session.board.state
    change = Resize.to(after, Size(state.width, state.height))
    outcome = await office.take_back.act(change, order(), epoch=f"{state.seq:016x}")
    assert outcome.entry
    return outcome.entry.seq


def size(office: Office) -> Size:
    state = office.session.board.state
    assert len(office.session.board.pixels) == state.width * state.height
    return Size(state.width, state.height)


async def opened_again(office: Office) -> tuple[bytes, list[int]]:
    """The board as a start finds it: pixels, and when each changed last."""
    board = await office.session.store.load()
    assert board.state.seq == office.session.board.state.seq
    versions = board.bitmap.versions
    return bytes(board.pixels), [versions.at(offset) for offset in range(len(board.pixels))]


async def same_as_stored(office: Office) -> None:
    board = office.session.board
    versions = [board.bitmap.versions.at(offset) for offset in range(len(board.pixels))]
    assert await opened_again(office) == (bytes(board.pixels), versions)


async def test_growing_keeps_the_picture_and_its_coordinates(office: Office) -> None:
    await office.draw(0, 0, 1, ANN)
    await office.draw(8, 7, 2, BOB)
    seq = await resize(office, LARGER)
    assert size(office) == LARGER
    assert (office.color(0, 0), office.color(8, 7), office.color(19, 11)) == (1, 2, 0)
    await office.draw(19, 11, 3, ANN)
    await same_as_stored(office)
    state = office.session.board.state
    assert state.settings.chosen >= {"width", "height"}
    assert (await office.session.store.entries_after(seq - 1, 1))[0].epoch == state.epoch


async def test_what_is_cut_off_comes_back_with_the_undo_and_who_drew_it(office: Office) -> None:
    for x, color, who in ((8, 1, ANN), (8, 2, BOB), (0, 3, ANN)):
        await office.draw(x, 1, color, who)
    seq = await resize(office, SMALLER)
    assert size(office) == SMALLER
    await office.draw(1, 1, 2, BOB)
    await same_as_stored(office)
    outcome = await office.undo(seq)
    assert outcome.entry
    assert (outcome.entry.change.NAME, outcome.left, size(office)) == ("size", 0, WAS)
    assert [office.color(x, 1) for x in (0, 1, 8)] == [3, 2, 2]  # also what was drawn meanwhile
    await same_as_stored(office)
    await office.rewind(office.of(BOB))
    assert [office.color(x, 1) for x in (0, 1, 8)] == [3, 0, 1]  # through what was cut off, to Ann's
    await office.undo(outcome.entry.seq)
    assert size(office) == SMALLER


async def test_growing_again_shows_nothing_of_what_was_cut_off(office: Office) -> None:
    await office.draw(8, 1, 1, ANN)
    await resize(office, SMALLER)
    await resize(office, WAS)
    assert office.color(8, 1) == 0
    outcome = await office.rewind(office.of(ANN))
    assert (outcome.changed, office.color(8, 1)) == (0, 0)


async def test_an_undone_growth_cuts_off_what_was_drawn_there_and_its_undo_brings_it_back(office: Office) -> None:
    seq = await resize(office, LARGER)
    await office.draw(15, 2, 1, ANN)
    undone = await office.undo(seq)
    assert undone.entry
    assert size(office) == WAS
    again = await office.undo(undone.entry.seq)
    assert (size(office), office.color(15, 2), again.left) == (LARGER, 1, 0)


async def test_an_action_that_is_partly_cut_off_is_undone_where_the_board_is(office: Office) -> None:
    await office.draw(2, 2, 1, ANN)
    fill = await office.act(Fill(WHOLE, 3))
    cut = await resize(office, SMALLER)
    outcome = await office.undo(fill)
    assert (office.color(2, 2), office.color(7, 7)) == (1, 0)
    assert outcome.changed == SMALLER.width * SMALLER.height
    await office.undo(cut)
    assert [office.color(*at) for at in ((2, 2), (8, 1), (7, 7))] == [1, 3, 0]
    await office.undo(fill)  # what was cut off still is what the fill made
    assert [office.color(*at) for at in ((2, 2), (8, 1), (7, 7))] == [1, 0, 0]


async def test_a_size_that_was_changed_again_stays(office: Office) -> None:
    seq = await resize(office, LARGER)
    await resize(office, SMALLER)
    outcome = await office.undo(seq)
    assert (outcome.entry, size(office)) == (None, SMALLER)


async def test_an_action_beyond_the_board_that_is_now_changes_nothing(office: Office) -> None:
    fill = await office.act(Fill(Area(8, 0, 1, 1), 3))
    await resize(office, SMALLER)
    outcome = await office.undo(fill)
    assert (outcome.entry, outcome.left) == (None, 1)


async def test_each_pixel_has_its_history_across_sizes(office: Office) -> None:
    await office.draw(8, 1, 1, ANN)
    cut = await resize(office, SMALLER)
    back = await office.undo(cut)
    await office.draw(8, 1, 2, BOB)
    await office.draw(0, 0, 2, BOB)
    history = await office.session.store.history(8, 1, 10)
    assert [entry.change.NAME for entry in history][:2] == ["placement", "size"]
    assert back.entry
    assert history[1].seq == back.entry.seq
    assert [entry.change.NAME for entry in await office.session.store.history(0, 0, 10)] == ["placement"]


@pytest.mark.parametrize("after", [Size(7, 9), Size(9, 4097), WAS])
async def test_what_is_no_size_for_a_board_does_not_happen(office: Office, after: Size) -> None:
    outcome = await office.take_back.act(Resize(WAS, after, None), order(), epoch="0" * 16)
    assert (outcome.entry, size(office)) == (None, WAS)


async def test_what_an_undo_asks_of_the_state_has_no_pixels_and_no_pictures(office: Office) -> None:
    large, crowd = Size(300, 200), tuple(f"bee-{number:08x}" for number in range(1_000))
    await resize(office, large)
    noise = random.Random(1).randbytes(large.width * large.height).translate(bytes(n % 4 for n in range(256)))
    await office.act(Paste(Area(0, 0, *large), noise))
    cut = await resize(office, SMALLER)
    await office.undo(cut)
    approved = await office.act(SafePicture(PNG + random.Random(2).randbytes(300_000)))
    await office.draw(1, 1, 3, ANN)
    banned = await office.take_back.ban(Ban(Span(), crowd), office.of(ANN), order(), goes_on=False)
    assert banned.entry
    lifted = await office.undo(banned.entry.seq)
    assert lifted.entry
    await office.undo(lifted.entry.seq)
    store, state = office.session.store, await office.session.store.first_state()
    entries = {entry.seq: entry for entry in await store.entries_after(0, 100)}
    changes = await store.state_changes(0, 2**62)
    assert [entry.seq for entry in changes] == [
        seq for seq, entry in entries.items() if entry.change.in_state.area is None or entry.change.RESIZES
    ]
    for entry in changes:
        state = next_state(entry.change, state, entry.epoch, entry.seq)
        assert entry.change.area is None
        assert len(entry.change.record().payload or b"") < 20_000, entry
    now = office.session.board.state
    assert replace(state, seq=now.seq, term=now.term) == now
    outcome = await office.undo(approved)
    assert outcome.entry
    assert office.session.board.state.moderation.safe_picture is None


async def test_what_was_selected_before_a_resize_is_taken_back_where_the_board_still_is(office: Office) -> None:
    of_ann = Ban(Span(), (pseudonym(ANN[:4]),))
    for x, y in ((0, 0), (1, 0), (8, 7)):
        await office.draw(x, y, 1, ANN)
    everywhere, beyond = office.of(ANN), office.of(ANN, area=Area(8, 0, 1, 8))
    await resize(office, SMALLER)
    shown = await office.take_back.preview(everywhere)
    assert (shown.pixels, (await office.take_back.preview(beyond)).pixels) == (2, 0)
    nothing = await office.rewind(beyond)
    assert (nothing.entry, nothing.changed) == (None, 0)
    done = await office.rewind(everywhere)
    assert done.entry
    assert (done.changed, office.color(0, 0), office.color(1, 0)) == (2, 0, 0)
    await office.undo(done.entry.seq)
    banned = [await office.take_back.ban(of_ann, one, order(), goes_on=True) for one in (beyond, everywhere)]
    assert [one.changed for one in banned] == [0, 2]
    assert len(office.session.board.state.moderation.bans) == 2

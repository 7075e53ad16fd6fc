"""What every store guarantees: one suite, run with each adapter."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from beeplace.board.allowance import Allowance
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.reset import Reset
from beeplace.board.geometry import Area
from beeplace.board.rules import REMEMBERED_MS, Action, Decision, Facts, PlacementRequest, decide
from beeplace.board.versions import BLOCK
from beeplace.errors import StoreUnavailable
from beeplace.log.store import BoardBehind, BoardSpec, FactsNeeded
from tests.log.samples import (
    ANN,
    BOB,
    ORGANISER,
    PALETTE,
    WANTED,
    Session,
    fill,
    placement,
    postgres,
    read_only,
    reset,
    rid,
)
from tests.log.stores import change, of


async def test_an_empty_store_begins_with_the_wanted_board(session: Session) -> None:
    state = session.board.state
    assert (state.width, state.height, state.palette, state.seq, state.read_only) == (9, 8, PALETTE, 0, False)
    assert session.board.pixels == bytes(72)


async def test_what_was_committed_is_in_the_log(session: Session) -> None:
    await session.place(placement(4, 5, 2), placement(1, 0, 3, by=BOB))
    state = session.board.state
    assert [(e.seq, e.epoch, e.change, e.identity) for e in await session.log()] == [
        (1, state.epoch, Placement(4, 5, 2), ANN),
        (2, state.epoch, Placement(1, 0, 3), BOB),
    ]


@pytest.mark.parametrize("lost", ["seq <= 2", "seq = 3", "seq >= 5", "true"])
async def test_a_log_that_lacks_entries_is_not_opened(session: Session, lost: str) -> None:
    await session.place(*[placement(x, by=bytes([x]) * 16) for x in range(5)])
    await session.store.close()
    statement = f"DELETE FROM {{}}log WHERE {lost}"
    if session.make is postgres:
        of(session, statement.format("{}."))
    else:
        change(session.folder / "board.db", statement.format(""))
    with pytest.raises(StoreUnavailable, match=r"the log lacks entries after \d of 5"):
        await session.open()


async def test_the_log_is_read_in_order_and_in_parts(session: Session) -> None:
    await session.place(*[placement(x, by=bytes([x]) * 16) for x in range(7)])
    assert [e.seq for e in await session.store.entries_after(2, 3)] == [3, 4, 5]
    assert await session.store.entries_after(7, 3) == []


async def test_the_last_change_before_a_moment_is_found(session: Session) -> None:
    await session.place(*[placement(x, by=bytes([x]) * 16) for x in range(7)])
    first, last = [entry.at_ms for entry in await session.log()][::6]
    assert await session.store.seqs_before([0, first, last + 1, 2**52]) == [0, 0, 7, 7]


async def test_an_empty_log_has_no_change_before_any_moment(session: Session) -> None:
    assert await session.store.seqs_before([0, 2**52]) == [0, 0]


async def test_an_action_is_in_the_log_with_its_name(session: Session) -> None:
    [entry] = await session.act(fill(Area(1, 1, 3, 2), color=3))
    assert await session.log() == [entry]
    assert (entry.change, entry.action) == (Fill(Area(1, 1, 3, 2), 3), 1)


async def test_a_decision_that_fails_leaves_nothing(session: Session) -> None:
    def fails(facts: Facts) -> Decision:
        decide([placement()], facts)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await session.store.commit(FactsNeeded(), fails)
    assert await session.log() == []
    assert [answer.seq for answer in await session.place(placement())] == [1]


async def test_two_commits_at_once_are_put_in_an_order(session: Session) -> None:
    async def one(by: bytes) -> Decision:
        while True:
            try:
                return await session.store.commit(FactsNeeded(frozenset([by])), partial(decide, [placement(by=by)]))
            except BoardBehind:
                await session.replica.catch_up()

    decisions = await asyncio.gather(*[one(bytes([n]) * 16) for n in range(20)])
    assert sorted(d.entries[0].seq for d in decisions) == list(range(1, 21))
    assert [e.seq for e in await session.log()] == list(range(1, 21))


async def test_the_window_is_charged_over_several_commits(session: Session) -> None:
    answers = [(await session.place(placement(x)))[0] for x in range(4)]
    assert [(a.code, a.remaining) for a in answers] == [(None, 2), (None, 1), (None, 0), ("cooldown", 0)]


async def test_the_window_ends_by_board_time(session: Session) -> None:
    await session.place(*[placement(x) for x in range(3)])
    session.ticks.now_ms += 9_999
    assert [a.code for a in await session.place(placement())] == ["cooldown"]
    session.ticks.now_ms += 1
    assert [a.code for a in await session.place(placement())] == [None]


async def test_a_repeated_request_has_one_effect_and_the_first_answer(session: Session) -> None:
    first = await session.place(placement(rid=rid(1)))
    await session.place(placement(5, by=BOB))
    session.ticks.now_ms += REMEMBERED_MS - 1
    assert await session.place(placement(rid=rid(1))) == first
    assert len(await session.log()) == 2


async def test_a_request_id_is_new_again_after_ten_minutes(session: Session) -> None:
    await session.place(placement(rid=rid(1)))
    session.ticks.now_ms += REMEMBERED_MS
    assert [a.seq for a in await session.place(placement(rid=rid(1)))] == [2]
    assert [a.seq for a in await session.place(placement(rid=rid(1)))] == [2]


async def test_a_refusal_is_repeated_also_when_it_would_be_a_yes_by_now(session: Session) -> None:
    await session.place(*[placement(x) for x in range(3)])
    refused = await session.place(placement(rid=rid(1)))
    session.ticks.now_ms += 10_000
    assert await session.place(placement(rid=rid(1))) == refused
    assert [answer.code for answer in refused] == ["cooldown"]


@pytest.mark.parametrize("wish", [placement(), placement(rid=rid(1))])
async def test_board_log_and_answers_are_the_same_after_a_restart(session: Session, wish: PlacementRequest) -> None:
    first = await session.place(wish)
    await session.act(fill(Area(5, 5, 4, 3), color=1))
    pixels, state, log = session.board.pixels, session.board.state, await session.log()
    await session.restart()
    assert (session.board.pixels, session.board.state, await session.log()) == (pixels, state, log)
    if wish.rid:
        assert await session.place(wish) == first


async def test_exact_deltas_are_the_same_after_a_restart(session: Session) -> None:
    for n in range(12):
        await session.place(placement(n % 5, n % 3, by=bytes([n]) * 16))
    await session.act(fill(Area(0, 1, 2, 1)))
    deltas = [session.board.changed_since(seq, 100) for seq in range(14)]
    await session.restart()
    assert [session.board.changed_since(seq, 100) for seq in range(14)] == deltas


async def test_open_windows_are_the_same_after_a_restart(session: Session) -> None:
    await session.place(placement(), placement(2))
    await session.restart()
    assert session.board.allowances == {ANN: Allowance(2, 10_000)}
    assert [a.code for a in await session.place(placement(), placement())] == [None, "cooldown"]


async def test_time_between_stop_and_start_counts(session: Session) -> None:
    await session.place(*[placement(x) for x in range(3)])
    session.ticks.now_ms += 10_000
    await session.restart()
    assert session.board.allowances == {}
    assert [a.code for a in await session.place(placement())] == [None]


async def test_board_time_never_goes_back(session: Session) -> None:
    await session.place(placement())
    before = session.store.now_ms()
    session.ticks.now_ms += 40
    await session.restart()
    assert session.store.now_ms() == before + 40


async def test_read_only_survives_a_restart(session: Session) -> None:
    await session.act(read_only())
    await session.restart()
    assert session.board.state.read_only
    assert [a.code for a in await session.place(placement())] == ["read_only"]


async def test_a_reset_survives_a_restart(session: Session) -> None:
    await session.place(placement())
    await session.act(reset())
    await session.place(placement(7, 7, 1))
    state, pixels = session.board.state, session.board.pixels
    await session.restart()
    assert (session.board.state, session.board.pixels) == (state, pixels)
    assert session.board.changed_since(0, 100) == [7 * 9 + 7]


async def test_kept_blocks_and_the_tail_make_the_board(session: Session) -> None:
    await session.place(placement(1, 1, 1))
    await session.store.keep([session.board.bitmap.block(0)], 1)
    await session.place(placement(1, 1, 2), placement(2, 2, 3))
    pixels, deltas = bytes(session.board.pixels), [session.board.changed_since(seq, 100) for seq in range(4)]
    await session.restart()
    assert session.board.pixels == pixels
    assert [session.board.changed_since(seq, 100) for seq in range(4)] == deltas


async def test_blocks_without_their_seq_do_not_count_as_kept(session: Session) -> None:
    """A slice of a pass that was never finished: newer blocks, and the whole tail is played over them."""
    await session.place(placement(1, 1, 1))
    await session.act(fill(Area(0, 0, 2, 2), color=2))
    await session.place(placement(0, 0, 3))
    await session.store.keep([session.board.bitmap.block(0)], None)
    pixels, deltas = bytes(session.board.pixels), [session.board.changed_since(seq, 100) for seq in range(4)]
    await session.restart()
    assert session.board.pixels == pixels
    assert [session.board.changed_since(seq, 100) for seq in range(4)] == deltas


async def test_a_board_of_several_blocks_is_restored(
    session: Session, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Session(tmp_path_factory.mktemp("other"), session.make)
    wanted = BoardSpec(100, 50, PALETTE)
    await other.open(wanted)
    await other.act(fill(Area(0, 0, 100, 50), color=1))
    await other.place(placement(99, 49, 2), placement(0, 0, 3))
    await other.store.keep([other.board.bitmap.block(n) for n in range(-(-5_000 // BLOCK))], 3)
    pixels = bytes(other.board.pixels)
    await other.restart(wanted)
    assert other.board.pixels == pixels
    await other.store.close()


async def test_a_pixel_s_history_has_its_placements_and_the_areas_over_it(session: Session) -> None:
    await session.place(placement(1, 1, 1), placement(2, 1, 1))
    await session.act(fill(Area(0, 0, 2, 2), color=2))
    await session.act(fill(Area(5, 5, 2, 2), color=2))
    await session.act(read_only(0))
    await session.place(placement(1, 1, 3))
    history = await session.store.history(1, 1, 10)
    assert [(e.seq, e.change.color_of(1, 1)) for e in history] == [(6, 3), (3, 2), (1, 1)]
    assert [e.seq for e in await session.store.history(1, 1, 2)] == [6, 3]


async def test_a_pixel_s_history_begins_with_the_reset(session: Session) -> None:
    await session.place(placement(1, 1, 1))
    await session.act(reset())
    assert [type(e.change) for e in await session.store.history(1, 1, 10)] == [Reset]


async def test_a_pixel_s_history_goes_on_over_a_new_palette(session: Session) -> None:
    """Its pixels stay, and so does who placed them; only a reset leaves nothing."""
    first = session.board.state.epoch
    await session.act(reset())
    await session.place(placement(1, 1, 1))
    await session.act(Action(Recolor(PALETTE), ORGANISER, epoch="recolored"))
    await session.place(placement(1, 1, 2))
    history = await session.store.history(1, 1, 10)
    assert [(e.seq, type(e.change)) for e in history] == [(4, Placement), (2, Placement), (1, Reset)]
    assert history[0].epoch == "recolored"
    assert history[1].epoch == history[2].epoch not in (first, "recolored")


async def test_secrets_are_stable_and_apart(session: Session) -> None:
    one, two = await session.store.secret("one"), await session.store.secret("two")
    assert len(one) == len(two) == 32
    assert one != two
    await session.restart()
    assert (await session.store.secret("one"), await session.store.secret("two")) == (one, two)


async def test_each_store_has_its_own_secrets(session: Session, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Session(tmp_path_factory.mktemp("other"), session.make)
    await other.open(WANTED)
    assert await other.store.secret("one") != await session.store.secret("one")
    await other.store.close()


async def test_when_changes_were_made_is_told_of_those_that_there_are(session: Session) -> None:
    await session.place(*[placement(x, by=bytes([x]) * 16) for x in range(3)])
    assert await session.store.moments([]) == await session.store.moments([7]) == {}
    assert await session.store.moments([3, 9, 1]) == {e.seq: e.at_ms for e in await session.log() if e.seq != 2}

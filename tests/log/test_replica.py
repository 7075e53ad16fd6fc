"""The replica: every entry once and in order, whoever tells of it, and the log where nobody did."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beeplace.board.allowance import Allowance
from beeplace.board.changes.recolor import Recolor
from beeplace.board.entries import Entry
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState
from beeplace.errors import StoreUnavailable
from beeplace.log import replica
from beeplace.log.committed import Committed
from beeplace.log.replica import Replica
from tests.log.samples import ANN, BOB, ORGANISER, STATE, Session, entry, placement, read_only, reset, sqlite
from tests.log.stores import change
from tests.waiting import until


class Gateway:
    """A gateway that commits, and beside it the replica of another one on the same log, with all that it told."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.board = session.board.twin()
        self.replica = Replica(self.board, session.store)
        self.told: list[list[int]] = []
        self.states: list[BoardState] = []
        self.reloaded: list[BoardState] = []
        self.replica.follow(self._heard, lambda: self.reloaded.append(self.board.state))

    def _heard(self, entries: Sequence[Entry], state: BoardState) -> None:
        assert self.board.state == state
        self.told.append([entry.seq for entry in entries])
        self.states.append(state)

    async def news(self) -> Committed:
        """All that is in the log, as one."""
        return Committed(await self.session.log(), self.session.board.state, self.session.board.allowances)

    def equals(self) -> bool:
        ours, theirs = ((b.state, b.pixels, b.changed_since(0, 99)) for b in (self.board, self.session.board))
        return ours == theirs


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Gateway]:
    session = Session(tmp_path, sqlite)
    await session.open()
    yield Gateway(session)
    await session.store.close()


def told(state: BoardState, *seqs: int) -> Committed:
    """News of such placements, which are not in the log."""
    return Committed([entry(seq, epoch=state.epoch) for seq in seqs], replace(state, seq=seqs[-1]))


async def test_what_was_told_is_on_the_board_and_told_on(other: Gateway) -> None:
    await other.session.place(placement(1, 1, 1), placement(2, 2, 2))
    assert other.replica.take(await other.news())
    assert other.equals()
    assert (other.told, other.board.allowances[ANN].used) == ([[1, 2]], 2)


async def test_what_was_told_twice_is_taken_once(other: Gateway) -> None:
    await other.session.place(placement(1, 1, 1))
    first = await other.news()
    await other.session.place(placement(2, 2, 2))
    assert [other.replica.take(news) for news in (first, first, await other.news(), first)] == [True] * 4
    assert other.equals()
    assert other.told == [[1], [2]]


async def test_with_a_hole_before_it_nothing_is_taken(other: Gateway) -> None:
    await other.session.place(placement(1, 1, 1), placement(2, 2, 2))
    news = await other.news()
    assert not other.replica.take(news._replace(entries=news.entries[1:]))
    assert (other.told, other.board.state.seq) == ([], 0)


async def test_a_hole_is_filled_from_the_log(other: Gateway) -> None:
    await other.session.place(placement(1, 1, 1), placement(2, 2, 2), placement(3, 3, 3, by=BOB))
    await other.replica.catch_up()
    assert other.equals()
    assert (other.told, other.replica.repairs, other.board.allowances[BOB].used) == ([[1, 2, 3]], 1, 1)
    await other.replica.catch_up()
    assert (other.told, other.replica.repairs) == ([[1, 2, 3]], 1)


async def test_a_hole_is_filled_part_by_part_and_each_part_says_how_far_it_goes(
    other: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "AT_ONCE", 2)
    await other.session.place(placement(1, 1, 1), placement(2, 2, 2), placement(3, 3, 3, by=BOB))
    await other.replica.catch_up()
    assert other.equals()
    assert other.told == [[1, 2], [3]]
    assert [state.seq for state in other.states] == [2, 3]


async def test_an_epoch_begins_a_piece_of_its_own(other: Gateway) -> None:
    await other.session.place(placement(1, 1, 1))
    await other.session.act(reset())
    await other.session.place(placement(2, 2, 2, by=BOB))
    await other.session.act(read_only())
    await other.replica.catch_up()
    assert other.equals()
    assert (other.told, [s.seq for s in other.states]) == ([[1], [2, 3, 4]], [1, 4])
    assert (len({s.epoch for s in other.states}), other.board.state.read_only) == (2, True)


def test_new_colours_begin_a_piece_and_leave_the_pixels() -> None:
    palette = Palette(("#000000", "#111111", "#222222", "#333333"))
    change = Entry(2, "second", 0, ORGANISER, 2, Recolor())
    state = replace(STATE, seq=3, epoch="second", palette=palette)
    pieces = list(Committed([entry(1), change, entry(3, epoch="second")], state).by_epoch())
    assert [[e.seq for e in piece.entries] for piece in pieces] == [[1], [2, 3]]
    assert [piece.state.epoch for piece in pieces] == ["first", "second"]


async def test_of_a_log_with_less_than_was_shown_the_board_is_read_anew(other: Gateway) -> None:
    await other.session.place(placement(1, 1, 1))
    other.replica.take(told(other.board.state, 1, 2))
    before, shown = other.board.state, bytes(other.board.pixels)
    await other.replica.catch_up()
    assert (other.board.state.seq, other.board.pixels, other.replica.reloads) == (1, other.session.board.pixels, 1)
    assert bytes(other.board.pixels) != shown
    assert other.reloaded == [other.board.state]
    assert [other.board.has(before.name, seq) for seq in (0, 1, 2)] == [True, False, False]
    assert other.board.state.term != before.term


async def test_a_term_that_has_all_that_was_shown_is_gone_on_with(other: Gateway) -> None:
    await other.session.place(placement(1, 1, 1))
    await other.replica.catch_up()
    before = other.board.state
    await other.session.restart()
    await other.session.place(placement(2, 2, 2))
    replica = Replica(other.board, other.session.store)
    replica.follow(lambda entries, _: other.told.append([entry.seq for entry in entries]))
    await replica.catch_up()
    assert (other.equals(), replica.reloads, other.told) == (True, 0, [[1], [2]])
    assert other.board.state.term == other.session.board.state.term != before.term
    assert [other.board.has(before.name, seq) for seq in (0, 1, 2)] == [True, True, False]
    assert [other.board.has(other.board.state.name, seq) for seq in (0, 2, 3)] == [True, True, False]


async def test_news_of_another_term_or_epoch_are_only_a_reason_to_look(other: Gateway) -> None:
    state = other.board.state
    await other.session.place(placement(1, 1, 1))
    await other.session.act(reset())
    for news in (told(replace(state, term="lost"), 1), told(replace(state, epoch="lost"), 1), await other.news()):
        other.replica.hear(news)
    assert (other.told, other.board.state) == ([], state)
    running = asyncio.create_task(other.replica.run(lambda: 3600.0))
    await until(other.equals)
    running.cancel()
    assert (other.replica.repairs, other.replica.reloads) == (1, 0)


async def test_what_was_heard_while_the_log_was_read_is_no_reason_to_doubt_it(other: Gateway) -> None:
    reading = asyncio.ensure_future(other.replica.catch_up())
    await asyncio.sleep(0)  # it has asked for the log's state, and waits
    other.replica.hear(told(other.board.state, 1))
    await reading
    assert (other.told, other.replica.reloads) == ([[1]], 0)


async def test_somebody_elses_older_window_takes_nothing_back(other: Gateway) -> None:
    other.board.spend({ANN: Allowance(2, 20_000)}, 0)
    other.replica.take(Committed([], other.board.state, {ANN: Allowance(1, 20_000), BOB: Allowance(3, 9_000)}))
    assert other.board.allowances == {ANN: Allowance(2, 20_000), BOB: Allowance(3, 9_000)}


async def test_it_reads_the_log_as_soon_as_something_is_missing(other: Gateway) -> None:
    running = asyncio.create_task(other.replica.run(lambda: 3600.0))
    await other.session.place(placement(1, 1, 1), placement(2, 2, 2))
    news = await other.news()
    other.replica.hear(news._replace(entries=news.entries[1:]))
    await until(lambda: bool(other.told))
    await other.session.place(placement(3, 3, 3))
    other.replica.hear(None)
    await until(lambda: len(other.told) == 2)
    running.cancel()
    assert (other.told, other.equals()) == ([[1, 2], [3]], True)


async def test_it_finds_what_nobody_told_of_at_its_pace(other: Gateway) -> None:
    await other.session.place(placement(1, 1, 1))
    running = asyncio.create_task(other.replica.run(lambda: 0.01))
    await until(lambda: bool(other.told))
    running.cancel()
    assert other.equals()


async def test_a_log_with_a_hole_is_an_error_and_no_endless_loop(other: Gateway) -> None:
    await other.session.place(placement(1, 1, 1), placement(2, 2, 2))
    change(other.session.folder / "board.db", "DELETE FROM log WHERE seq = 1")
    with pytest.raises(StoreUnavailable, match="hole"):
        await other.replica.catch_up()
    change(other.session.folder / "board.db", "DELETE FROM log")
    with pytest.raises(StoreUnavailable, match="hole"):
        await other.replica.catch_up()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 6))))
def test_however_news_overlap_everything_is_taken_once_and_in_order(pieces: list[tuple[int, int]]) -> None:
    asyncio.run(taken_once_and_in_order(pieces))


async def taken_once_and_in_order(pieces: list[tuple[int, int]]) -> None:
    with TemporaryDirectory() as folder:
        session, seen = Session(Path(folder), sqlite), list[int]()
        await session.open()
        session.replica.follow(lambda entries, _: seen.extend(e.seq for e in entries))
        for first, count in pieces:
            before = len(seen)
            taken = session.replica.take(told(session.board.state, *range(first, first + count)))
            assert taken == (first <= before + 1)
        assert seen == list(range(1, len(seen) + 1))
        await session.store.close()

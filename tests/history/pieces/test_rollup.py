"""The evening's figures equal a slow count of the log, whoever counted its stretches and however often."""

from __future__ import annotations

import io
import random
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from beeplace.board.entries import Entry
from beeplace.errors import Busy, RollupDamaged
from beeplace.history import evening_counts, evening_figures
from beeplace.history.evening_counts import heat, most_placed
from beeplace.history.evening_figures import EveningFigures
from beeplace.log.pieces.columns import Columns
from beeplace.log.pieces.rollup import NEWCOMER_MS, Rollup
from beeplace.log.pieces.rollup_builder import RollupBuilder
from beeplace.log.reads import Reads
from tests.log.samples import HEIGHT, WIDTH, Session, fill, placement, reset

ENTRIES = 40  # of a stretch here
MINUTE = 60_000


async def draw(session: Session, count: int, seed: int) -> None:
    """Placements of some people, and now and then what an organiser does."""
    chance = random.Random(seed)
    people = [bytes([n]) * 16 for n in range(1, 8)]
    for _ in range(count):
        what = chance.random()
        if what < 0.02:
            await session.act(reset(before=bytes(session.board.pixels)))
        elif what < 0.06:
            await session.act(fill(before=bytes(session.board.pixels)))
        else:
            x, y, color = chance.randrange(WIDTH), chance.randrange(HEIGHT), chance.randrange(4)
            await session.place(placement(x, y, color, by=chance.choice(people)))


def slow_count(log: list[Entry]) -> dict[str, Any]:
    """By a loop over all entries."""
    placed = [entry for entry in log if entry.change.NAME == "placement" and entry.change.area]
    places = Counter((entry.change.area.x, entry.change.area.y) for entry in placed if entry.change.area)
    firsts: dict[bytes, int] = {}
    for entry in placed:
        firsts.setdefault(entry.identity, entry.at_ms)
    newcomers = sum(entry.at_ms - firsts[entry.identity] < NEWCOMER_MS for entry in placed)
    minutes = Counter(entry.at_ms // MINUTE for entry in placed)
    return {
        "seq": len(log),
        "placements": len(placed),
        "people": len(firsts),
        "newcomers": round(newcomers / len(placed), 4),
        "perMinute": [{"at": minute * MINUTE, "placements": count} for minute, count in sorted(minutes.items())],
        "colors": [sum(entry.change.record().color == color for entry in placed) for color in range(4)],
        "contested": sorted((count for count in places.values()), reverse=True)[:10],
        "first": _told(placed[0]),
        "last": _told(placed[-1]),
    }


def _told(entry: Entry) -> dict[str, int]:
    assert entry.change.area
    return {
        "x": entry.change.area.x, "y": entry.change.area.y, "color": entry.change.record().color, "at": entry.at_ms,
    }  # fmt: skip


def evening_of(session: Session, doubt: Callable[[], None]) -> EveningFigures:
    return EveningFigures(Reads(session.store), session.board, lambda: 0.0, doubt, ENTRIES)


async def figures_of(session: Session) -> dict[str, Any]:
    """As the interface tells them, with the contested pixels as their counts alone."""
    told = (await evening_of(session, pytest.fail).latest()).told
    return {**told, "contested": [pixel["placements"] for pixel in told["contested"]]}


async def counts_are_right(session: Session) -> None:
    told, expected = await figures_of(session), slow_count(await session.log())
    assert {name: told[name] for name in expected} == expected


async def test_figures_equal_a_slow_count_however_they_came_about(session: Session) -> None:
    builders = [RollupBuilder(session.store, session.board, ENTRIES) for _ in range(2)]
    await draw(session, ENTRIES - 1, 1)
    assert not await builders[0].build_next()
    await draw(session, 4 * ENTRIES + 9, 2)
    assert [await builders[number].build_next() for number in (0, 1, 1, 0, 0, 1)] == [*5 * [True], False]
    kept = await session.store.rollup()
    assert kept
    assert kept[0] == 5

    await session.store.keep_rollup(3, b"less", session.board.state.term)  # another gateway comes late
    await session.store.keep_rollup(9, b"another log's", "another term")
    assert await session.store.rollup() == kept

    await counts_are_right(session)
    await session.restart()
    await draw(session, ENTRIES, 3)
    assert await RollupBuilder(session.store, session.board, ENTRIES).build_next()
    await counts_are_right(session)


async def test_the_longest_standing_pixels_are_those_that_changed_last_the_longest_ago(session: Session) -> None:
    for x in range(WIDTH):
        for y in range(2):
            await session.place(placement(x, y, 1))
    for x in range(3):
        await session.place(placement(x, 0, 2))
    told = await figures_of(session)
    log = await session.log()
    latest = {entry.change.area[:2]: entry for entry in log if entry.change.area}
    oldest = sorted(latest.values(), key=lambda entry: entry.seq)[:10]
    assert [(one["seq"], one["at"]) for one in told["longest"]] == [(entry.seq, entry.at_ms) for entry in oldest]
    assert [(one["x"], one["y"]) for one in told["longest"]] == [e.change.area[:2] for e in oldest if e.change.area]


async def test_an_evening_without_a_placement_has_figures(session: Session) -> None:
    told = await figures_of(session)
    assert (told["placements"], told["people"], told["newcomers"], told["first"], told["last"]) == (0, 0, 0, None, None)
    assert (told["longest"], told["contested"], told["perMinute"]) == ([], [], [])


rows = st.lists(
    st.tuples(*[st.integers(0, most) for most in (3, 2, 255, 40 * MINUTE, 5)]),
    max_size=60,
)


@settings(deadline=None, max_examples=50)  # a machine may be busy
@given(rows, st.lists(st.integers(0, 60), max_size=4))
def test_any_parts_give_the_same_rollup_as_the_whole(told: list[tuple[int, ...]], cuts: list[int]) -> None:
    def columns(some: list[tuple[int, ...]]) -> Columns:
        xs, ys, colors, at_ms, who = np.array(some, np.int64).reshape(-1, 5).T
        names = b"".join(bytes([person]) * 16 for person in who.tolist())
        return Columns(np.arange(1, len(some) + 1), xs, ys, colors.astype(np.uint8), at_ms, names)

    whole, parts = Rollup(), Rollup()
    whole.add(columns(told))
    ends = [0, *sorted(cuts), len(told)]
    for begin, end in pairwise(ends):
        parts = Rollup.unpack(parts.pack())
        parts.add(columns(told[begin:end]))
    assert Rollup.unpack(parts.pack()).pack() == whole.pack()
    counts = Counter((x, y) for x, y, *_ in told)
    assert whole.within(5, 2).tolist() == [counts[x, y] for y in range(2) for x in range(5)]


def test_heat_goes_from_none_to_most() -> None:
    assert heat(np.zeros(3, np.uint32)) == bytes(3)
    assert heat(np.array([0, 1, 1], np.uint32)) == bytes([0, 255, 255])
    assert list(heat(np.array([0, 1, 10, 100], np.uint32))) == [0, 1, 128, 255]


def test_what_is_counted_next_takes_no_memory_for_each_pixel_of_the_board() -> None:
    def columns(last: int) -> Columns:
        places = np.array([0, 7, 7, last])
        return Columns(np.arange(1, 5), places, places, np.zeros(4, np.uint8), np.arange(4), bytes(64))

    rollup = Rollup()
    rollup.add(columns(1023))
    tracemalloc.start()
    try:
        rollup.add(columns(1023))
        assert tracemalloc.get_traced_memory()[1] < rollup.placed.nbytes / 4
    finally:
        tracemalloc.stop()
    assert (rollup.placements, rollup.placed[7, 7], rollup.placed[1023, 1023]) == (8, 4, 2)


@given(st.lists(st.integers(0, 3), max_size=200))
def test_most_placed_are_those_with_the_highest_counts(counts: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evening_counts, "_PIECE", 16)
        found = most_placed(np.array(counts, np.uint32))
    assert [count for count, _ in found] == sorted((count for count in counts if count), reverse=True)[:10]
    assert len({offset for _, offset in found}) == len(found)
    assert all(counts[offset] == count for count, offset in found)


def test_a_large_board_is_packed_and_unpacked_beside_its_counts_alone() -> None:
    rollup = Rollup(placed=np.zeros((4096, 4096), np.uint32), newcomers=7)
    rollup.placed[4000, 7] = 3
    tracemalloc.start()
    try:
        body = rollup.pack()
        assert tracemalloc.get_traced_memory()[1] < rollup.placed.nbytes / 2
        tracemalloc.reset_peak()
        again = Rollup.unpack(body)
        assert tracemalloc.get_traced_memory()[1] < rollup.placed.nbytes * 1.25
    finally:
        tracemalloc.stop()
    assert (again.placed[4000, 7], int(again.placed.sum()), again.newcomers) == (3, 3, 7)


def some_rollup() -> Rollup:
    rollup = Rollup()
    places = np.array([0, 7, 7, 9])
    rollup.add(Columns(np.arange(1, 5), places, places, np.ones(4, np.uint8), np.arange(4), b"ab" * 32))
    return rollup


def first_form(rollup: Rollup) -> bytes:
    """As an earlier version packed it."""
    told = io.BytesIO()
    arrays: dict[str, Any] = {one.name: np.atleast_1d(getattr(rollup, one.name)) for one in fields(rollup)}
    np.savez(told, **arrays)
    return zlib.compress(told.getvalue(), 1)


def test_the_form_of_an_earlier_version_is_read() -> None:
    assert Rollup.unpack(first_form(some_rollup())).pack() == some_rollup().pack()


@pytest.mark.parametrize("pack", [Rollup.pack, first_form])
def test_no_damage_gives_other_figures(pack: Callable[[Rollup], bytes]) -> None:
    body = pack(some_rollup())
    for at in range(0, len(body), 3):
        for damaged in (body[:at], body[:at] + bytes([body[at] ^ 1 << at % 8]) + body[at + 1 :]):
            try:
                found = Rollup.unpack(damaged)
            except RollupDamaged:
                continue
            assert found.pack() == some_rollup().pack()  # gzip's head has bytes that say nothing of what is packed


async def test_damaged_figures_are_counted_anew(session: Session) -> None:
    builder = RollupBuilder(session.store, session.board, ENTRIES)
    evening = evening_of(session, builder.doubt)
    await draw(session, 2 * ENTRIES + 9, 4)
    await session.store.keep_rollup(2, b"damaged", session.board.state.term)
    assert not await builder.build_next()  # nothing is to be counted, and nobody has asked
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evening_figures, "_MOST_AFTER", 0)
        with pytest.raises(Busy, match="being counted"):
            await evening.latest()
    told = (await evening.latest()).told
    assert told["placements"] == slow_count(await session.log())["placements"]  # a short log is counted at once

    with capture_logs() as logged:
        assert [await builder.build_next() for _ in range(4)] == [True, True, True, False]
    assert [line["log_level"] for line in logged] == ["error"]
    kept = await session.store.rollup()
    assert kept
    assert kept[0] == 2
    await counts_are_right(session)

    await session.store.drop_rollup(b"damaged")  # another gateway found the same damage, and comes late
    assert await session.store.rollup() == kept

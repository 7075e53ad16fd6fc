"""What a refresh sends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beeplace.board.batch import MAX_PIXELS, SMALL_BYTES, Batch, Changes, most_pixels
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.reset import Reset
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState
from beeplace.gateway.wire.protocol import encode_pixels
from tests.log.samples import ORGANISER, STATE, WIDTH, entry

WIDE = replace(STATE, width=512, height=512)


def add(batch: Batch, *entries: Entry, state: BoardState = STATE) -> None:
    batch.add(entries, replace(state, seq=entries[-1].seq, epoch=entries[-1].epoch))


def filled(seq: int, area: Area) -> Entry:
    return Entry(seq, "first", 0, ORGANISER, seq, Fill(area, 1))


def test_nothing_changed_nothing_is_sent() -> None:
    assert Batch(STATE).take() is None


def test_a_batch_covers_the_range_since_the_last() -> None:
    batch = Batch(replace(STATE, seq=10))
    add(batch, entry(11, x=3, y=1), entry(12, x=4, y=1))
    assert batch.take() == Changes("first", 10, 12, [WIDTH + 3, WIDTH + 4])
    add(batch, entry(13, x=0, y=0))
    assert batch.take() == Changes("first", 12, 13, [0])


def test_a_batch_names_each_position_once() -> None:
    batch = Batch(STATE)
    add(batch, entry(1, x=3, y=0))
    add(batch, entry(2, x=4, y=0), entry(3, x=3, y=0))
    assert batch.take() == Changes("first", 0, 3, [3, 4])


def test_a_batch_is_sent_once() -> None:
    batch = Batch(STATE)
    add(batch, entry(1))
    assert batch.take()
    assert batch.take() is None


def test_changes_without_a_pixel_are_covered_by_the_next_batch() -> None:
    batch = Batch(STATE)
    add(batch, Entry(1, "first", 0, ORGANISER, 1, ReadOnly(True)))
    assert batch.take() is None
    add(batch, entry(2, x=1, y=0))
    assert batch.take() == Changes("first", 0, 2, [1])


def test_a_fill_is_sent_pixel_by_pixel() -> None:
    batch = Batch(STATE)
    add(batch, filled(1, Area(1, 1, 2, 2)))
    assert batch.take() == Changes("first", 0, 1, [WIDTH + 1, WIDTH + 2, 2 * WIDTH + 1, 2 * WIDTH + 2])


def test_a_reset_forgets_what_was_collected_before() -> None:
    batch = Batch(STATE)
    add(batch, entry(1, x=3, y=0))
    add(batch, Entry(2, "second", 0, ORGANISER, 2, Reset(Area(0, 0, WIDTH, 8))))
    assert batch.take() is None
    add(batch, entry(3, x=4, y=0, epoch="second"))
    assert batch.take() == Changes("second", 2, 3, [4])


def test_a_large_fill_is_worth_a_snapshot() -> None:
    batch = Batch(WIDE)
    add(batch, filled(1, Area(0, 0, 512, 33)), state=WIDE)
    assert batch.take() == Changes("first", 0, 1, None)


def test_the_largest_batch_is_still_collected() -> None:
    batch = Batch(WIDE)
    add(batch, filled(1, Area(0, 0, 512, 32)), state=WIDE)
    changes = batch.take()
    assert changes is not None
    assert changes.offsets == list(range(MAX_PIXELS))


def test_many_small_changes_become_worth_a_snapshot_too() -> None:
    batch = Batch(WIDE)
    add(batch, filled(1, Area(0, 0, 512, 32)), entry(2, x=0, y=32), state=WIDE)
    assert batch.take() == Changes("first", 0, 2, None)


def test_after_a_snapshot_batches_go_on() -> None:
    batch = Batch(WIDE)
    add(batch, filled(1, Area(0, 0, 512, 512)), entry(2, x=7, y=0), state=WIDE)
    assert batch.take() == Changes("first", 0, 2, None)
    add(batch, entry(3, x=8, y=0), state=WIDE)
    assert batch.take() == Changes("first", 2, 3, [8])


@pytest.mark.parametrize("side", [8, 64, 100, 256, 300, 1024, 4096])
@pytest.mark.parametrize("colors", [2, 16, 256])
def test_no_batch_is_longer_than_the_snapshot(side: int, colors: int) -> None:
    palette = Palette(tuple(f"#0000{color:02X}" for color in range(colors)))
    most = most_pixels(replace(STATE, width=side, height=side, palette=palette))
    last = range(max(0, side * side - most), side * side)  # those with the longest numbers
    text = encode_pixels(bytes([colors - 1]) * side**2, side, last)
    assert len(text) <= max(side * side * 4 // 3, SMALL_BYTES)
    assert most <= MAX_PIXELS

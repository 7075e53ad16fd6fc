"""Pixels in memory, and when each last changed."""

from __future__ import annotations

import zlib
from array import array

from hypothesis import example, given
from hypothesis import strategies as st

from beeplace.board.bitmap import Bitmap
from beeplace.board.versions import BLOCK, packed


def changed(bitmap: Bitmap, seq: int) -> list[int]:
    return bitmap.versions.since(seq, 10**6, 10**6) or []


def test_a_new_bitmap_has_the_first_colour_everywhere() -> None:
    assert Bitmap(70).pixels == bytes(70)


def test_a_pixel_takes_its_colour() -> None:
    bitmap = Bitmap(70)
    bitmap.set(69, 5, seq=1)
    assert bitmap.pixels == bytes(69) + b"\x05"


def test_a_newer_change_replaces_an_older_one() -> None:
    bitmap = Bitmap(70)
    bitmap.set(7, 5, seq=1)
    bitmap.set(7, 6, seq=2)
    assert bitmap.pixels[7] == 6


def test_an_older_change_never_replaces_a_newer_one() -> None:
    bitmap = Bitmap(70)
    bitmap.set(7, 6, seq=2)
    bitmap.set(7, 5, seq=1)
    assert (bitmap.pixels[7], changed(bitmap, 1)) == (6, [7])


def test_changes_since_a_seq_leave_that_seq_out() -> None:
    bitmap = Bitmap(70)
    for seq in (1, 2, 3):
        bitmap.set(10 * seq, 1, seq)
    assert [changed(bitmap, seq) for seq in range(4)] == [[10, 20, 30], [20, 30], [30], []]


def test_a_pixel_changed_twice_is_named_once() -> None:
    bitmap = Bitmap(70)
    bitmap.set(7, 5, seq=1)
    bitmap.set(7, 6, seq=2)
    assert changed(bitmap, 0) == [7]


def test_changes_are_found_on_both_sides_of_a_block() -> None:
    bitmap = Bitmap(3 * BLOCK)
    for seq, offset in enumerate((BLOCK - 1, BLOCK, 2 * BLOCK - 1, 2 * BLOCK), start=1):
        bitmap.set(offset, 1, seq)
    assert changed(bitmap, 1) == [BLOCK, 2 * BLOCK - 1, 2 * BLOCK]


def test_the_last_block_may_be_short() -> None:
    bitmap = Bitmap(BLOCK + 1)
    bitmap.set(BLOCK, 9, seq=1)
    assert bitmap.block(1).pixels == b"\x09"


def test_a_fill_paints_its_rows_and_nothing_else() -> None:
    bitmap = Bitmap(20)
    bitmap.fill([range(2, 4), range(12, 14)], 7, seq=1)
    assert [i for i, color in enumerate(bitmap.pixels) if color == 7] == [2, 3, 12, 13] == changed(bitmap, 0)


def test_a_fill_crosses_blocks() -> None:
    bitmap = Bitmap(4 * BLOCK)
    bitmap.fill([range(BLOCK - 2, 3 * BLOCK + 2)], 7, seq=4)
    assert changed(bitmap, 3) == list(range(BLOCK - 2, 3 * BLOCK + 2))


def test_blocks_with_news_are_those_that_changed_since() -> None:
    bitmap = Bitmap(5 * BLOCK)
    bitmap.set(0, 1, seq=1)
    bitmap.fill([range(2 * BLOCK, 4 * BLOCK)], 1, seq=2)
    assert [bitmap.blocks_since(seq) for seq in range(3)] == [[0, 2, 3], [2, 3], []]


def test_a_restored_block_is_as_it_was() -> None:
    bitmap, copy = Bitmap(BLOCK + 10), Bitmap(BLOCK + 10)
    bitmap.set(BLOCK + 3, 4, seq=6)
    bitmap.set(BLOCK + 5, 2, seq=9)
    copy.restore(bitmap.block(1))
    assert copy.pixels == bitmap.pixels
    assert [changed(copy, seq) for seq in (0, 6, 9)] == [[BLOCK + 3, BLOCK + 5], [BLOCK + 5], []]


def test_what_was_played_again_over_a_restored_block_changes_nothing() -> None:
    """A stored block may be newer than the seq from which the log is played."""
    bitmap, copy = Bitmap(BLOCK), Bitmap(BLOCK)
    changes = [(1, 5, 1), (1, 6, 2), (2, 7, 3)]
    for change in changes:
        bitmap.set(*change)
    copy.restore(bitmap.block(0))
    for change in changes:
        copy.set(*change)
    assert (copy.pixels, changed(copy, 1)) == (bitmap.pixels, changed(bitmap, 1))


class Plain:
    """One number a pixel: what a bitmap has to be equal to."""

    def __init__(self, size: int) -> None:
        self.pixels, self.versions = bytearray(size), array("Q", bytes(8 * size))

    def fill(self, row: range, color: int, seq: int) -> None:
        for offset in row:
            self.pixels[offset], self.versions[offset] = color, seq


SIZE = 3 * BLOCK + 5
ranges = st.tuples(st.integers(0, SIZE - 1), st.integers(1, SIZE)).map(lambda r: range(r[0], min(SIZE, r[0] + r[1])))


@example([range(SIZE), range(SIZE - 4)], 0)  # a last block of two seqs
@example([range(SIZE), SIZE - 5], 0)  # the same, and one number for each pixel
@given(st.lists(st.one_of(ranges, st.integers(0, SIZE - 1)), max_size=12), st.integers(0, 12))
def test_any_order_of_fills_and_placements_equals_one_number_a_pixel(changes: list[range | int], since: int) -> None:
    bitmap, plain = Bitmap(SIZE), Plain(SIZE)
    for seq, change in enumerate(changes, start=1):
        if isinstance(change, range):
            bitmap.fill([change], seq % 7, seq)
        else:
            bitmap.set(change, seq % 7, seq)
        plain.fill(change if isinstance(change, range) else range(change, change + 1), seq % 7, seq)
    restored = Bitmap(SIZE)
    for number in bitmap.blocks_since(0):
        restored.restore(bitmap.block(number))
    for one in (bitmap, bitmap.twin(), restored):
        assert one.pixels == plain.pixels
        assert b"".join(one.versions.pieces([range(SIZE)])) == plain.versions.tobytes()
        assert [one.versions.at(offset) for offset in range(0, SIZE, 7)] == list(plain.versions[::7])
        assert changed(one, since) == [i for i, version in enumerate(plain.versions) if version > since]


def test_a_fill_keeps_one_number_for_a_whole_block() -> None:
    bitmap = Bitmap(4096 * 4096)
    bitmap.fill([range(y * 4096, (y + 1) * 4096) for y in range(4096)], 3, seq=9)
    assert not any(isinstance(versions, array) for versions in bitmap.versions._blocks)


def test_changes_are_given_up_where_too_many_blocks_have_to_be_looked_through() -> None:
    bitmap = Bitmap(8 * BLOCK)
    for block in range(8):
        bitmap.set(block * BLOCK, 1, seq=block + 1)
    assert bitmap.versions.since(0, 100, 7) is None
    assert bitmap.versions.since(0, 7, 100) is None
    assert bitmap.versions.since(0, 8, 8) == [block * BLOCK for block in range(8)]


@given(st.lists(st.sampled_from([b"", b"1" * 8, b"2" * 800, bytes(range(256)) * 40]), max_size=9))
def test_what_is_packed_piece_by_piece_is_one_zlib_stream(pieces: list[bytes]) -> None:
    assert zlib.decompress(packed(pieces)) == b"".join(pieces)

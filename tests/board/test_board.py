"""The board in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beeplace.board.allowance import Allowance
from beeplace.board.board import Board
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.reset import Reset
from beeplace.board.changes.restore import Restore
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.log.committed import Committed
from tests.log.samples import ANN, ORGANISER, STATE, WHOLE, WIDTH, entry


def board_with(*entries: Entry) -> Board:
    board = Board(STATE)
    for one in entries:
        board.apply([one], replace(STATE, seq=one.seq, epoch=one.epoch))
    return board


def test_a_new_board_is_empty() -> None:
    assert Board(STATE).pixels == bytes(9 * 8)


def test_a_placement_paints_its_pixel() -> None:
    board = board_with(entry(1, x=4, y=2, color=3))
    assert board.pixels[2 * WIDTH + 4] == 3
    assert sum(board.pixels) == 3


def test_a_fill_paints_its_area() -> None:
    board = board_with(Entry(1, "first", 0, ORGANISER, 1, Fill(Area(7, 6, 2, 2), 1)))
    assert [i for i, color in enumerate(board.pixels) if color] == [61, 62, 70, 71]


def test_the_board_stands_where_its_last_entry_stands() -> None:
    assert board_with(entry(1), entry(2)).state == replace(STATE, seq=2)


def test_a_reset_empties_the_board() -> None:
    board = board_with(entry(1), Entry(2, "second", 0, ORGANISER, 2, Reset(WHOLE)))
    assert (bytes(board.pixels), board.changed_since(0, 100)) == (bytes(72), [])


def test_read_only_paints_nothing() -> None:
    board = board_with(Entry(1, "first", 0, ORGANISER, 1, ReadOnly(True)))
    assert board.pixels == bytes(72)


def test_a_new_palette_leaves_the_pixels() -> None:
    board = board_with(entry(1, color=3))
    recolored = replace(STATE, seq=2, epoch="second", palette=Palette(("#000000", "#111111", "#222222", "#333333")))
    board.apply([Entry(2, "second", 0, ORGANISER, 2, Recolor())], recolored)
    assert (board.state, max(board.pixels)) == (recolored, 3)


def test_a_restore_begins_an_epoch_and_leaves_the_pixels() -> None:
    board = board_with()
    restored = replace(STATE, seq=2, epoch="second")
    entries = [entry(1, color=3), Entry(2, "second", 0, ORGANISER, 2, Restore())]
    pieces = list(Committed(entries, restored).by_epoch())
    assert [(piece.state.epoch, piece.state.seq) for piece in pieces] == [("first", 1), ("second", 2)]
    for piece in pieces:
        board.apply(piece.entries, piece.state)
    assert (board.state, board.changed_since(0, 100), max(board.pixels)) == (restored, [2 * WIDTH + 1], 3)


def test_a_delta_is_what_changed_since() -> None:
    board = board_with(entry(1, x=1, y=0), entry(2, x=2, y=0), entry(3, x=1, y=0))
    assert [board.changed_since(seq, 100) for seq in range(4)] == [[1, 2], [1, 2], [1], []]


@pytest.mark.parametrize(("most", "delta"), [(2, [1, 2]), (1, None)])
def test_a_delta_longer_than_allowed_is_none(most: int, delta: list[int] | None) -> None:
    assert board_with(entry(1, x=1, y=0), entry(2, x=2, y=0)).changed_since(0, most) == delta


def test_a_copy_is_the_area_row_by_row() -> None:
    board = board_with(entry(1, x=1, y=1, color=2), entry(2, x=2, y=2, color=3), entry(3, x=3, y=1, color=1))
    assert board.copy(Area(1, 1, 2, 2)) == bytes((2, 0, 0, 3))


def test_what_was_spent_is_known() -> None:
    board = Board(STATE)
    board.spend({ANN: Allowance(1, 10)}, now_ms=0)
    board.spend({ANN: Allowance(2, 10)}, now_ms=5)
    assert board.allowances == {ANN: Allowance(2, 10)}


def test_ended_windows_are_forgotten_once_there_are_many() -> None:
    board = Board(STATE)
    many = {n.to_bytes(16, "big"): Allowance(1, 10) for n in range(5_000)}
    board.spend({**many, ANN: Allowance(1, 500)}, now_ms=400)
    assert board.allowances == {ANN: Allowance(1, 500)}

"""Where a large board opens: in the middle of what was drawn lately, where most of it was."""

from __future__ import annotations

from dataclasses import replace

from beeplace.board.board import Board
from beeplace.board.busiest import Busiest, busiest
from beeplace.board.changes.fill import Fill
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from tests.log.samples import ORGANISER, STATE, entry

LARGE = replace(STATE, width=1024, height=512)


def drawn(board: Board, places: list[tuple[int, int]]) -> None:
    for x, y in places:
        seq = board.state.seq + 1
        board.apply([entry(seq, x=x, y=y, color=1)], replace(board.state, seq=seq))


def test_nothing_is_known_of_a_board_on_which_nobody_drew() -> None:
    assert busiest(Board(LARGE)) is None


def test_it_is_the_middle_of_what_lies_in_the_busiest_square() -> None:
    board = Board(LARGE)
    drawn(board, [(5, 5), (900, 300), (901, 300), (902, 303), (6, 500)])
    assert busiest(board) == (901, 301)


def test_what_was_drawn_long_ago_does_not_count() -> None:
    board = Board(LARGE)
    drawn(board, [(x, 3) for x in range(20)])
    drawn(board, [(500 + n % 3, 100 + n % 7) for n in range(2_000)])
    assert busiest(board) == (501, 103)


def test_an_area_that_is_painted_at_once_is_no_crowd() -> None:
    board = Board(LARGE)
    drawn(board, [(5, 5)])
    board.apply([Entry(2, "first", 0, ORGANISER, 1, Fill(Area(0, 0, 1024, 512), 2))], replace(LARGE, seq=2))
    assert busiest(board) is None


def test_a_crowd_that_asks_is_answered_from_a_few_seconds_ago() -> None:
    board, now = Board(LARGE), [0.0]
    asked = Busiest(board, lambda: now[0])
    drawn(board, [(5, 5)])
    assert asked() == (5, 5)
    drawn(board, [(100, 100), (100, 102)])
    assert asked() == (5, 5)
    now[0] = 5.0
    assert asked() == (100, 101)
    now[0] = 6.0
    board.state = replace(board.state, epoch="second")
    assert asked() == (100, 101)

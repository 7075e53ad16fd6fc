"""Positions and rectangles."""

from __future__ import annotations

from beeplace.board.geometry import Area


def test_an_area_is_its_offsets_row_by_row() -> None:
    assert [list(row) for row in Area(2, 1, 3, 2).rows(10)] == [[12, 13, 14], [22, 23, 24]]


def test_one_pixel_is_an_area() -> None:
    assert [list(row) for row in Area(9, 4, 1, 1).rows(10)] == [[49]]


def test_the_whole_board_is_an_area() -> None:
    offsets = [offset for row in Area(0, 0, 7, 5).rows(7) for offset in row]
    assert offsets == list(range(35))

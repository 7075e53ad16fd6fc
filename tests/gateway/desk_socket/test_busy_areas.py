"""Where people drew most in the last minute, and that it is forgotten after it."""

from __future__ import annotations

from dataclasses import replace

from beeplace.board.changes.fill import Fill
from beeplace.board.changes.placement import Placement
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState
from beeplace.gateway.desk_socket.busy_areas import SECONDS, BusyAreas, square

STATE = BoardState("first", 0, 100, 60, Palette(("#FFFFFF", "#E50000")))


def placed(*at: tuple[int, int]) -> list[Entry]:
    return [Entry(seq, "first", 0, bytes(16), None, Placement(x, y, 1)) for seq, (x, y) in enumerate(at, 1)]


def test_the_square_with_the_most_placements_is_told() -> None:
    areas = BusyAreas()
    areas.note(placed((99, 59), (98, 58), (1, 1)), STATE)
    areas.step()
    assert areas.busiest(STATE) == {"x": 96, "y": 56, "width": 4, "height": 4, "pixels": 2}


def test_what_organisers_fill_is_no_crowd() -> None:
    areas = BusyAreas()
    areas.note([Entry(1, "first", 0, bytes(16), 1, Fill(Area(0, 0, 50, 50), 1))], STATE)
    areas.step()
    assert areas.busiest(STATE) is None


def test_a_minute_later_it_is_forgotten() -> None:
    areas = BusyAreas()
    areas.note(placed((1, 1)), STATE)
    for _ in range(SECONDS):
        areas.step()
    assert areas.busiest(STATE) is not None
    areas.step()
    assert areas.busiest(STATE) is None


def test_nothing_is_left_once_nobody_looks() -> None:
    areas = BusyAreas()
    areas.note(placed((1, 1)), STATE)
    areas.step()
    areas.clear()
    areas.step()
    assert areas.busiest(STATE) is None


def test_a_square_that_is_not_on_the_board_any_more_is_not_told() -> None:
    areas = BusyAreas()
    areas.note(placed((99, 59)), STATE)
    areas.step()
    assert areas.busiest(replace(STATE, width=64)) is None


def test_squares_are_a_sixteenth_of_the_board_and_at_least_8_pixels() -> None:
    assert [square(replace(STATE, width=side, height=side)) for side in (8, 64, 1024, 4096)] == [8, 8, 64, 256]

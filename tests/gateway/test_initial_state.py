"""What clients are told of the board when they join."""

from __future__ import annotations

from dataclasses import replace

from beeplace.board.board import Board
from beeplace.board.geometry import Area
from beeplace.board.in_force import End, ZoneState
from beeplace.board.moderation import Moderation
from beeplace.board.palette import Palette
from beeplace.gateway.initial_state import client_settings
from tests.board.test_moderation import STATE


def test_what_is_in_force_is_told_until_it_ends_and_as_soon_as_it_is_another() -> None:
    board, now = Board(STATE), [1_000]
    tell = client_settings(board, lambda: True, lambda: now[0])
    assert tell()["zones"] == []
    zone = ZoneState(1, End(2_000, 2_000), Area(0, 0, 2, 2), closed=True)
    board.state = replace(STATE, moderation=Moderation(zones=(zone,)))
    assert [one["id"] for one in tell()["zones"]] == [1]
    now[0] = 2_000
    assert tell()["zones"] == []
    board.state = replace(STATE, moderation=Moderation(panic=True))
    assert tell()["panic"] is True


def test_what_rules_say_is_told_anew_as_soon_as_it_is_another_and_may_be_changed_by_who_is_told() -> None:
    board = Board(STATE)
    tell = client_settings(board, lambda: True, lambda: 0)
    tell()["userCount"] = 1
    assert "userCount" not in tell()
    board.state = replace(STATE, settings=replace(STATE.settings, max_pixels=STATE.settings.max_pixels + 1))
    assert tell()["maxPixels"] == STATE.settings.max_pixels + 1
    board.state = replace(board.state, palette=Palette(("#000000", "#FFFFFF")))
    assert tell()["colors"] == ["#000000", "#FFFFFF"]
    board.state = replace(board.state, width=STATE.width + 1)
    assert (tell()["width"], tell()["height"]) == (STATE.width + 1, STATE.height)

"""What clients are told of the board when they join."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from beeplace.board.board import Board
from beeplace.board.geometry import Area
from beeplace.board.in_force import End, ZoneState
from beeplace.board.moderation import Moderation
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState
from beeplace.gateway.initial_state import ClientSettings, entry_of
from beeplace.gateway.wire.plain_json import Long
from tests.board.test_moderation import STATE


def test_what_is_in_force_is_told_until_it_ends_and_as_soon_as_it_is_another() -> None:
    board, now = Board(STATE), [1_000]
    tell = ClientSettings(board, lambda: True, lambda: now[0])
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
    tell = ClientSettings(board, lambda: True, lambda: 0)
    tell()["userCount"] = 1
    assert "userCount" not in tell()
    board.state = replace(STATE, settings=replace(STATE.settings, max_pixels=STATE.settings.max_pixels + 1))
    assert tell()["maxPixels"] == STATE.settings.max_pixels + 1
    board.state = replace(board.state, palette=Palette(("#000000", "#FFFFFF")))
    assert tell()["colors"] == ["#000000", "#FFFFFF"]
    board.state = replace(board.state, width=STATE.width + 1)
    assert (tell()["width"], tell()["height"]) == (STATE.width + 1, STATE.height)


def test_an_answer_has_the_settings_and_what_is_a_clients_own() -> None:
    tell = ClientSettings(Board(STATE), lambda: True, lambda: 0)
    own = {"seq": 4, "userCount": 2, "board": Long(b"[1,", b"2]"), "token": "t"}
    answer = tell.initial_state(own, {"code": "entry"})
    state = {**settings(tell), **own, "board": [1, 2]}
    assert orjson.loads(b"".join(answer.pieces)) == {"initialState": state, "code": "entry"}
    short = tell.initial_state({"seq": 4, "readOnly": True, "entry": entry_of(STATE.settings, 7)}, {})
    told = orjson.loads(b"".join(short.pieces))["initialState"]
    entry = {**settings(tell)["entry"], "entered": True, "endsIn": 7}
    assert told == {**settings(tell), "seq": 4, "readOnly": True, "entry": entry}


@pytest.mark.parametrize("other", [
    replace(STATE, seq=5), replace(STATE, width=5), replace(STATE, palette=Palette(("#000000", "#FFFFFF"))),
    replace(STATE, read_only=True), replace(STATE, moderation=Moderation(panic=True)),
    replace(STATE, settings=replace(STATE.settings, max_pixels=17)),
    replace(STATE, settings=replace(STATE.settings, entry=("ticket",), wall_code_round=3)),
])  # fmt: skip
def test_whoever_joins_is_told_the_settings_as_they_are_by_then(other: BoardState) -> None:
    board, saving = Board(STATE), [True]
    tell = ClientSettings(board, lambda: saving[0], lambda: 0)
    for state in (STATE, other, STATE):
        for saving[0] in (True, False):
            board.state = state
            told = orjson.loads(b"".join(tell.initial_state({"seq": state.seq}, {}).pieces))["initialState"]
            assert told == {**settings(tell), "seq": state.seq}
            assert (told["width"], told["maxPixels"]) == (state.width, state.settings.max_pixels)
            assert (told["readOnly"], told["saving"]) == (state.closed, saving[0])
            assert told["entry"]["ways"] == list(state.settings.entry)


def settings(tell: ClientSettings) -> dict[str, Any]:
    """As JSON brings them."""
    told: dict[str, Any] = orjson.loads(orjson.dumps(tell()))
    return told

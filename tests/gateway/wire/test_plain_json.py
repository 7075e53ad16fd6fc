"""Long text that many are sent is a piece of its own, wherever in a value it stands."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from beeplace.gateway.wire.plain_json import Long, parted

BOARD = Long(orjson.dumps([*range(200)]))


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        ({"initialState": {"seq": 7, "board": BOARD}}, {"initialState": {"seq": 7, "board": [*range(200)]}}),
        ({"board": BOARD, "seq": 7}, {"board": [*range(200)], "seq": 7}),
        ([BOARD], [[*range(200)]]),
        (BOARD, [*range(200)]),
    ],
)
def test_what_is_long_is_not_copied(value: Any, whole: Any) -> None:
    found = parted(value).pieces
    assert orjson.loads(b"".join(found)) == whole
    assert any(piece is BOARD.text for piece in found)


@pytest.mark.parametrize("value", [{"ok": False}, [], "", {"board": None}, {"text": "\\u0000 \0 "}])
def test_without_it_there_is_one_piece(value: Any) -> None:
    assert parted(value).pieces == [orjson.dumps(value)]


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        parted({"board": object()})

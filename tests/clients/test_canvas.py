"""The test clients' board against the golden vectors that the pages read too (`tests/wire/`)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.clients.canvas import Canvas
from tests.project import tree


def vectors(name: str, table: str) -> list[Any]:
    rows: list[Any] = json.loads((tree.ROOT / "tests" / "wire" / f"{name}.json").read_text())[table]
    return rows


def canvas(epoch: str, seq: int, side: int = 4) -> Canvas:
    one = Canvas()
    one.begin({"width": side, "height": side, "epoch": epoch, "seq": seq, "board": [0] * side * side})
    return one


@pytest.mark.parametrize("row", vectors("range", "client"), ids=lambda row: row["range"])
def test_a_batch_is_applied_ignored_or_asked_for(row: dict[str, Any]) -> None:
    one = canvas(row["epoch"], row["seq"])
    assert one.hear("1,2,3", row["range"]) == row["does"]
    assert one.seq == row["then"]
    assert one.pixels[2 * 4 + 1] == (3 if row["does"] == "apply" else 0)


@pytest.mark.parametrize("row", vectors("batch", "good"), ids=lambda row: row["text"])
def test_the_last_colour_of_each_position_is_shown(row: dict[str, Any]) -> None:
    one = canvas("e", 1, 4096)
    one.paint(row["text"])
    assert {(x, y): one.pixels[y * 4096 + x] for x, y, _ in row["pixels"]} == {(x, y): c for x, y, c in row["pixels"]}


@pytest.mark.parametrize("text", ["1", "1,2", "1,2,3,", ",1,2,3", "1,2,x", "1.5,2,3", "1,2,3,4"])
def test_a_malformed_batch_is_a_failure(text: str) -> None:
    with pytest.raises(ValueError, match=r"zip\(\)|invalid literal"):
        canvas("e", 1).paint(text)


def test_a_canvas_outlives_its_connections() -> None:
    one = canvas("e", 1)
    one.begin({"width": 4, "height": 4, "epoch": "e", "seq": 3, "delta": {"pixels": "0,0,5"}})
    assert (one.wanted(), one.pixels[0]) == ({"epoch": "e", "seq": 3}, 5)
    one.catch_up({"epoch": "e", "from": 3, "to": 4, "pixels": "1,0,6"})
    assert (one.seq, one.pixels[1]) == (4, 6)
    one.empty("f:0")
    assert (one.epoch, one.seq, bytes(one.pixels)) == ("f", 0, bytes(16))

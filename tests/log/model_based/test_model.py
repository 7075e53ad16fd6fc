"""The model itself: its clients follow the golden rule, and its windows are those of the thesis."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.log.model_based.model import Model, Screen

GOLDEN = json.loads((Path(__file__).parents[2] / "wire" / "range.json").read_text())


@pytest.mark.parametrize("case", GOLDEN["client"], ids=lambda case: case["range"])
def test_a_screen_does_with_a_range_what_the_golden_vectors_say(case: dict[str, Any]) -> None:
    screen = Screen(case["epoch"], case["seq"], bytearray(1))
    epoch, from_seq, to_seq = case["range"].split(":")
    did = screen.hear(epoch, int(from_seq), int(to_seq), {0: 1})
    assert (did, screen.seq, screen.pixels[0]) == (case["does"], case["then"], case["does"] == "apply")


def test_a_window_begins_with_its_first_pixel_and_ends_after_the_cooldown() -> None:
    model = Model("e", most=2, cooldown_ms=10)
    wish = (b"a", 1, 1, 1, None, None)
    told = [model.place(wish, now_ms)[0] for now_ms in (5, 14, 14, 15, 24, 24)]
    assert told == [None, None, "cooldown", None, None, "cooldown"]

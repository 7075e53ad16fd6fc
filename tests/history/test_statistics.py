"""Counting colours, in pieces as long as the loop can wait."""

from __future__ import annotations

import random

import pytest

from beeplace.history import statistics


@pytest.mark.parametrize(("pixels", "colors"), [(64, 2), (1_000, 256), (300_001, 16), (2 * 262_144, 256)])
def test_every_colour_is_counted_whatever_the_size(pixels: int, colors: int) -> None:
    board = bytes(random.Random(pixels).choices(range(colors), k=pixels))
    assert statistics._counted(board, colors) == [board.count(color) for color in range(colors)]

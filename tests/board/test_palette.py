"""The colours of a board."""

from __future__ import annotations

import pytest

from beeplace.board.palette import THESIS_COLORS, Palette


def colors(count: int) -> tuple[str, ...]:
    return tuple(f"#{number:06X}" for number in range(count))


@pytest.mark.parametrize("count", [2, 16, 256])
def test_two_to_256_colours_make_a_palette(count: int) -> None:
    assert len(Palette(colors(count))) == count


@pytest.mark.parametrize("count", [0, 1, 257])
def test_fewer_or_more_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"not {count}"):
        Palette(colors(count))


@pytest.mark.parametrize(
    "wrong", ["", "red", "#FFF", "FFFFFF", "#GGGGGG", "#FFFFFF ", "#FFFFFF\n", "#FFFFFFFF", "#\uff11FFFFF", "#12345६"]
)
def test_a_colour_is_written_as_rrggbb(wrong: str) -> None:
    with pytest.raises(ValueError, match="#RRGGBB"):
        Palette(("#000000", wrong))


def test_equal_colours_are_refused_whatever_their_case() -> None:
    with pytest.raises(ValueError, match="distinct"):
        Palette(("#abcdef", "#ABCDEF"))


def test_an_index_names_its_colour() -> None:
    assert Palette(THESIS_COLORS)[5] == "#E50000"


def test_rgb_is_three_bytes_a_colour_in_order() -> None:
    assert Palette(("#010203", "#fFeE00")).rgb() == bytes((1, 2, 3, 255, 238, 0))


def test_the_thesis_has_sixteen_colours() -> None:
    assert len(Palette(THESIS_COLORS)) == 16

"""A resize: what is new around the old board, as it is written and read again, and worked off in short steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.board.bitmap import Bitmap
from beeplace.board.board import COPIED_AT_ONCE, Board
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.resize import Resize, Size
from tests.log.samples import STATE

SIZES = st.builds(Size, st.integers(8, 40), st.integers(8, 40))


@given(before=SIZES, after=SIZES, data=st.data())
def test_it_is_read_as_it_was_written_and_paints_what_is_new(before: Size, after: Size, data: st.DataObject) -> None:
    new = [(x, y) for area in after.beyond(before) for y in range(area.y, area.y + area.height)
           for x in range(area.x, area.x + area.width)]  # fmt: skip
    colors = data.draw(st.binary(min_size=len(new), max_size=len(new)))
    change = Resize.to(after, before, colors)
    again = Resize.read(change.record())
    assert again == change
    assert {at: again.color_of(*at) for at in new} == dict(zip(new, colors, strict=True))
    assert again.size == len(new)
    assert (again.added.fits(replace(STATE, width=after.width, height=after.height)) if again.added else True) == (
        max(colors, default=0) < len(STATE.palette)
    )


BEFORE, AFTER = Size(10, 9), Size(12, 11)
WHOLE = Resize.to(AFTER, BEFORE).added
assert WHOLE is not None
assert WHOLE.mask is not None


@pytest.mark.parametrize(
    "added",
    [
        None,
        Paste(WHOLE.pasted, WHOLE.colors),
        Paste(WHOLE.pasted, WHOLE.colors, b"\x01" + WHOLE.mask[1:]),
        Paste(WHOLE.pasted, WHOLE.colors, WHOLE.mask[:-1] + b"\x00"),
        Paste(WHOLE.pasted._replace(x=1), WHOLE.colors, WHOLE.mask),
    ],
)
def test_what_paints_anything_else_is_damaged(added: Paste | None) -> None:
    with pytest.raises(ValueError, match="what is new, and nothing else"):
        Resize.read(Resize(BEFORE, AFTER, added).record())


def test_what_it_cuts_off_is_copied_in_pieces() -> None:
    board = Board(replace(STATE, width=2000, height=1500))
    board.bitmap.set(2000 * 1499 + 1999, 3, 1)
    change = Resize.to(Size(1500, 8), Size(2000, 1500))
    pieces = [*board.replaced_by(change)]
    assert max(map(len, pieces)) <= COPIED_AT_ONCE
    assert len(pieces) == 1 + 3
    assert b"".join(pieces) == b"".join(map(board.copy, change.replaces()))
    assert pieces[-1][-1] == 3


def test_a_step_of_its_painting_is_a_row_or_a_block() -> None:
    steps = Resize.to(Size(64, 20), Size(64, 100)).repainted(Bitmap(64 * 100), 64, 1)
    assert sum(1 for _ in steps) >= 2 * 20

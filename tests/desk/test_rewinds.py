"""A rewind says of each pixel which change it shows again, also where others drew while it was worked out."""

from __future__ import annotations

import zlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from beeplace.board.changes.paste import Paste
from beeplace.board.changes.rewind import Rewind
from beeplace.board.geometry import Area
from beeplace.desk.walk import sources

WIDTH, AREA = 9, Area(2, 1, 4, 3)
OFFSETS = [offset for row in AREA.rows(WIDTH) for offset in row]


@given(st.binary(min_size=12, max_size=12), st.lists(st.sets(st.integers(0, 71)), max_size=3))
def test_each_pixel_keeps_its_source(chance: bytes, drawn: list[set[int]]) -> None:
    mask = bytes(byte & 1 for byte in chance)
    paste = Paste.over(AREA, bytes(byte & 3 for byte in chance), mask)
    if paste is None:
        return
    seqs = [100 + index if mask[index] else 0 for index in range(12)]
    packed = np.array([seq for seq in seqs if seq], "<u8").tobytes()
    rewind = Rewind(paste, 0, (), {}, zlib.compress(packed))
    for offsets in drawn:
        fewer = rewind.without(offsets, WIDTH)
        assert isinstance(fewer, Rewind)
        rewind = fewer
    gone = {index for index, offset in enumerate(OFFSETS) if any(offset in offsets for offsets in drawn)}
    assert rewind.left == sum(mask[index] for index in gone)
    for one in (rewind, Rewind.read(rewind.record())):
        found = sources(one, np.arange(12)).tolist()
        assert [seq for index, seq in enumerate(found) if index not in gone] == [
            seq for index, seq in enumerate(seqs) if index not in gone
        ]

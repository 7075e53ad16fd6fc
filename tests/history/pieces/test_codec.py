"""The form of a piece, against the golden vectors that the browser's code reads too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beeplace.board.changes.fill import Fill
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.log.pieces.codec import encode
from beeplace.log.pieces.columns import Columns
from tests.history.pieces.reader import read
from tests.history.test_log_text import entry

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "wire/pieces.json").read_text())


def encoded(entries: list[Entry]) -> bytes:
    placed = [(e.seq, *e.change.area[:2], e.change.record().color, e.at_ms) for e in entries
              if e.change.NAME == "placement" and e.change.area]  # fmt: skip
    seqs, xs, ys, colors, at_ms = np.array(placed, np.int64).reshape(-1, 5).T
    columns = Columns(seqs, xs, ys, colors.astype(np.uint8), at_ms, b"")
    return encode(columns, [e for e in entries if e.change.NAME != "placement"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_piece_is_written_as_agreed(vector: dict[str, Any]) -> None:
    entries = [entry(vector["first"] + index, told) for index, told in enumerate(vector["entries"])]
    assert encoded(entries).hex() == vector["piece"]
    assert [[line.seq, line.at_ms, ",".join(line.fields)] for line in read(encoded(entries))] == vector["lines"]


placements = st.tuples(st.integers(0, 4095), st.integers(0, 4095), st.integers(0, 255), st.integers(0, 2**41))


@settings(deadline=None)  # a machine may be busy
@given(st.lists(placements | st.integers(0, 2**41), min_size=1, max_size=40), st.integers(1, 2**40))
def test_any_entries_are_read_as_they_were_written(told: list[Any], first: int) -> None:
    """A number alone is the moment of a fill."""
    columns: list[tuple[int, ...]] = []
    others = []
    for seq, one in enumerate(told, first):
        if isinstance(one, int):
            others.append(Entry(seq, "e", one, b"who", seq, Fill(Area(1, 2, 3, 4), 5)))
        else:
            columns.append((seq, *one))
    seqs, xs, ys, colors, at_ms = np.array(columns, np.int64).reshape(-1, 5).T
    found = list(read(encode(Columns(seqs, xs, ys, colors.astype(np.uint8), at_ms, b""), others)))
    expected = [
        (one, "f,1,2,3,4,5,0") if isinstance(one, int) else (one[3], f"{one[0]},{one[1]},{one[2]}") for one in told
    ]
    assert [(line.at_ms, ",".join(line.fields)) for line in found] == expected
    assert [line.seq for line in found] == list(range(first, first + len(told)))

"""The sort on disk and the board that is played: against what a list and a dictionary say."""

from __future__ import annotations

import numpy
import pytest

from beeplace.history.imports.board import PlayedBoard
from beeplace.history.imports.records import RECORD
from beeplace.history.imports.sort import SortedRecords


@pytest.mark.parametrize("moments", [1, 50, 10**9])
def test_rows_come_by_time_and_those_of_one_moment_as_they_were(moments: int) -> None:
    chance, count = numpy.random.default_rng(moments), 600_000  # more than two runs
    records = numpy.zeros(count, RECORD)
    records["at_ms"] = chance.integers(0, moments, count)
    records["x"], records["y"] = divmod(numpy.arange(count), 30_000)
    with SortedRecords() as sort:
        for start in range(0, count, 70_000):
            sort.add(records[start : start + 70_000])
        found = numpy.concatenate(list(sort.read()))
    assert numpy.array_equal(found, records[numpy.argsort(records["at_ms"], kind="stable")])


def test_the_change_before_is_known_also_among_those_of_one_moment() -> None:
    chance = numpy.random.default_rng(5)
    board, latest, seq = PlayedBoard(20, 10), dict[tuple[int, int], int](), 0
    for _ in range(30):
        count = int(chance.integers(1, 400))
        xs, ys = chance.integers(0, 20, count), chance.integers(0, 10, count)
        seqs = numpy.arange(seq + 1, seq + count + 1)
        previous = board.place(xs, ys, xs % 5, seqs)
        for x, y, one, before in zip(xs.tolist(), ys.tolist(), seqs.tolist(), previous.tolist(), strict=True):
            assert before == latest.get((x, y), 0)
            latest[x, y] = one
        seq += count
    [block] = board.blocks()
    versions = numpy.frombuffer(block.versions, numpy.uint64)
    assert {(i % 20, i // 20): int(version) for i, version in enumerate(versions) if version} == latest
    assert all(block.pixels[y * 20 + x] == x % 5 for x, y in latest)

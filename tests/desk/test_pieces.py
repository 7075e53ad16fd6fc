"""What is kept of a long log while it is walked: people, not placements; of a rewind's sources those that are asked
for."""

from __future__ import annotations

import random
import zlib
from collections import defaultdict

import numpy as np
import pytest

from beeplace.board.changes.paste import Paste
from beeplace.board.changes.rewind import Rewind
from beeplace.board.geometry import Area
from beeplace.desk.authors import counted, summed
from beeplace.desk.selection import Selection
from beeplace.desk.walk import sources
from beeplace.log.pieces.columns import Columns
from beeplace.log.strips.packed import pack
from beeplace.log.strips.strip import Strip

WHOLE = Area(0, 0, 64, 16)
SIDE = 300


def strips(placed: list[tuple[int, int, int, bytes]]) -> list[Strip]:
    """Of placements: seq, x, y, identity."""
    seqs, xs, ys, identities = zip(*placed, strict=True)
    colors = np.ones(len(seqs), np.uint8)
    return pack(0, Columns(np.array(seqs), np.array(xs), np.array(ys), colors, np.array(seqs), b"".join(identities)))


def test_counts_have_a_row_for_each_person_whatever_they_drew() -> None:
    chance = random.Random(1)
    people = [chance.randbytes(16) for _ in range(5)]
    placed = [(seq, chance.randrange(64), chance.randrange(16), chance.choice(people)) for seq in range(1, 4_001)]
    parts = [
        counted((strips(placed[begin : begin + 1_000]), WHOLE, 0, 4_000), Selection(WHOLE, 100, 3_900))
        for begin in range(0, 4_000, 1_000)
    ]
    assert [len(part.names) for part in parts] == [5, 5, 5, 5]
    expected = defaultdict[bytes, list[int]](list)
    for seq, *_, identity in placed:
        if 100 < seq <= 3_900:
            expected[identity[:4]].append(seq)
    found = summed(parts)
    assert {
        name.tobytes(): told for name, *told in zip(found.names, *(c.tolist() for c in found[1:]), strict=True)
    } == {name: [len(seqs), seqs[0], seqs[-1]] for name, seqs in expected.items()}
    assert not len(counted((strips(placed[:9]), WHOLE, 0, 9), Selection(WHOLE, 100, 200)).names)


@pytest.fixture(scope="module")
def rewind() -> tuple[Rewind, list[int]]:
    """One of half the pixels of a large area, of which it keeps three, and the source of each pixel; 0 for none."""
    chance = random.Random(1)
    mask = bytes(chance.choices((0, 1), k=SIDE * SIDE))
    seqs = [chance.randrange(1, 2**40) if some else 0 for some in mask]
    packed = zlib.compress(b"".join(seq.to_bytes(8, "little") for seq in seqs if seq))
    changing = [index for index, some in enumerate(mask) if some]
    shown = Paste(Area(0, 0, SIDE, SIDE), bytes(SIDE * SIDE), mask).keeping([changing[0], changing[900], changing[-1]])
    return Rewind(shown, 0, (), {}, packed), seqs


@pytest.mark.parametrize(
    "some", [range(0), range(1), range(SIDE * SIDE), range(SIDE * 7, SIDE * 9), range(11, SIDE * SIDE, 977)]
)
def test_some_sources_are_those_of_all(rewind: tuple[Rewind, list[int]], some: range) -> None:
    change, seqs = rewind
    assert sources(change, np.array(some, np.int64)).tolist() == [seqs[index] for index in some]


@pytest.mark.parametrize("damage", [lambda packed: packed[:-900], lambda _: b"none of these"])
def test_damaged_sources_are_none(rewind: tuple[Rewind, list[int]], damage: object) -> None:
    change, _ = rewind
    assert callable(damage)
    broken = Rewind(change.shown, 0, (), {}, damage(change.packed_sources))
    with pytest.raises(ValueError, match="damaged"):
        sources(broken, np.arange(SIDE * SIDE))

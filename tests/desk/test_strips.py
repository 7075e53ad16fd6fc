"""What is taken back is the same, whether it is found in strips or in the log itself."""

from __future__ import annotations

import random

import numpy as np

from beeplace.board.geometry import Area
from beeplace.desk.rows import rows
from beeplace.log.strips.builder import StripBuilder
from beeplace.log.strips.strip import STRETCH
from tests.desk.office import Office
from tests.log.samples import HEIGHT, WHOLE, WIDTH, placement

AT_ONCE = 4_096


async def drawn(office: Office, count: int) -> list[tuple[int, int, int, bytes]]:
    """So many placements of a few people: x, y, colour and who, by their seqs."""
    chance = random.Random(count)
    people = [bytes([n, n + 1]) * 8 for n in range(5)]
    wishes = [
        (chance.randrange(WIDTH), chance.randrange(HEIGHT), chance.randrange(4), chance.choice(people))
        for _ in range(count)
    ]
    for begin in range(0, count, AT_ONCE):
        some = wishes[begin : begin + AT_ONCE]
        await office.session.place(*[placement(x, y, color, by=by) for x, y, color, by in some])
    return wishes


async def test_strips_have_what_the_log_has(office: Office) -> None:
    store, builder = office.session.store, StripBuilder(office.session.store, office.session.board)
    wishes = await drawn(office, STRETCH + 500)
    area, selection = Area(2, 3, 4, 4), office.of(bytes([1, 2]) * 8, area=Area(2, 3, 4, 4), after=60_000)
    previewed, told = await office.take_back.preview(selection), await office.take_back.authors(office.of(), 10)

    assert await builder.build_next()
    assert not await builder.build_next()  # the second stretch is not whole yet
    assert await store.stretches() == 1
    found = rows(await store.strips(area, 0, STRETCH + 500), area, 0, STRETCH + 500)
    expected = [
        (seq, (y - 3) * 4 + x - 2, color, by[:4])
        for seq, (x, y, color, by) in enumerate(wishes, 1)
        if 2 <= x < 6 and 3 <= y < 7
    ]
    names = [found.names[row : row + 1].tobytes() for row in range(len(found.seqs))]
    shown = zip(found.seqs.tolist(), found.offsets.tolist(), found.colors.tolist(), names, strict=True)
    assert sorted(shown) == expected
    assert await office.take_back.preview(selection) == previewed
    assert await office.take_back.authors(office.of(), 10) == told
    assert (told.people, told.pixels) == (5, len(wishes))

    await office.rewind(office.of(after=STRETCH - 1_000))
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    for x, y, color, _ in wishes[: STRETCH - 1_000]:
        picture[y, x] = color
    assert bytes(office.session.board.pixels) == picture.tobytes()


async def test_a_stretch_without_placements_is_passed_over(office: Office) -> None:
    """It has one strip, and that is empty: the next one is made in its turn."""
    store = office.session.store
    await store.keep_strips(await store.packed(0) or [])
    assert await store.stretches() == 0
    builder = StripBuilder(store, office.session.board)
    assert not await builder.build_next()
    await drawn(office, 3)
    assert [strip.number for strip in await store.packed(0)] == [0]
    assert await store.packed(1) == []
    assert rows(await store.strips(WHOLE, 0, 3), WHOLE, 1, 3).seqs.tolist() == [2, 3]

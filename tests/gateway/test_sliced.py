"""Large bodies that slow readers hold: bounded, and shared the longer the more there are."""

from __future__ import annotations

import asyncio
import gzip
import random
import tracemalloc

import pytest

from beeplace.gateway.sliced import FEWEST, SHARED_SECONDS, SLICE_BYTES, Bodies

SIZE = 100_000


class Cut(asyncio.Transport):
    """A connection that knows whether it was cut."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True


async def test_those_who_read_the_oldest_are_cut_where_too_many_are_read() -> None:
    bodies, cut = Bodies(most_bytes=5 * SIZE), [Cut() for _ in range(14)]
    different = [bytes(SIZE) + bytes([number]) for number in range(7)]
    readers = [bodies.slices(different[number // 2], one) for number, one in enumerate(cut)]
    for reader in readers:
        await anext(reader)
    assert [one.aborted for one in cut] == [True] * 6 + [False] * 8
    assert 0.7 * SHARED_SECONDS < bodies.shared_seconds <= SHARED_SECONDS
    for reader in readers:
        await reader.aclose()
    assert bodies.shared_seconds == 0


async def test_a_few_may_always_be_read_and_who_has_read_counts_no_more() -> None:
    bodies, cut = Bodies(most_bytes=1), [Cut() for _ in range(FEWEST + 1)]
    for number, one in enumerate(cut):
        async for _ in bodies.slices(bytes(SIZE) + bytes([number]), one):
            pass
    readers = [bodies.slices(bytes(SIZE) + bytes([number]), one) for number, one in enumerate(cut[:FEWEST])]
    for reader in readers:
        await anext(reader)
    assert not any(one.aborted for one in cut)
    for reader in readers:
        await reader.aclose()


async def test_unpacked_bodies_cut_nobody_and_take_no_memory() -> None:
    bodies, slow = Bodies(), Cut()
    download = bodies.slices(bytes(16_000_000), slow)
    await anext(download)
    packed = [gzip.compress(bytes(16_777_216) + bytes([number])) for number in range(8)]
    tracemalloc.start()
    try:
        readers = [bodies.unpacked(one, Cut()) for one in packed for _ in range(2)]
        for reader in readers:
            await anext(reader)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
    assert not slow.aborted
    for reader in (download, *readers):
        await reader.aclose()
    assert bodies.shared_seconds == 0


@pytest.mark.parametrize("size", [0, 1, SLICE_BYTES, SLICE_BYTES + 1, 3 * SLICE_BYTES + 7, 1_000_000])
@pytest.mark.parametrize("plain", [True, False])
async def test_what_was_packed_is_what_is_read(size: int, *, plain: bool) -> None:
    body = bytes(size) if plain else random.Random(size).randbytes(size)
    found = [some async for some in Bodies().unpacked(gzip.compress(body), Cut())]
    assert b"".join(found) == body
    assert max(map(len, found), default=0) <= SLICE_BYTES

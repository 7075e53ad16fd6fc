"""Large bodies that slow readers hold: bounded, and shared the longer the more there are."""

from __future__ import annotations

import asyncio

from beeplace.gateway.sliced import FEWEST, SHARED_SECONDS, Bodies

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

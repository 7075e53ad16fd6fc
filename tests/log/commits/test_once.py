"""A name can be used once, whichever store keeps it and however many try at the same time."""

from __future__ import annotations

import asyncio

from beeplace.log.once import Once
from tests.log.samples import ANN, BOB, Session, placement, rid


async def test_a_name_is_new_once(session: Session) -> None:
    once = Once(session.store)
    assert await once.first(ANN, rid(1))
    assert not await once.first(ANN, rid(1))
    assert await once.first(ANN, rid(2))
    assert await once.first(BOB, rid(1))


async def test_of_many_at_once_one_is_first(session: Session) -> None:
    once = Once(session.store)
    assert sorted(await asyncio.gather(*(once.first(ANN, rid(7)) for _ in range(20)))) == [False] * 19 + [True]


async def test_placements_go_on_meanwhile_and_the_log_has_nothing_of_it(session: Session) -> None:
    once = Once(session.store)
    assert await once.first(ANN, rid(1))
    await session.place(placement(4, 5, 2, rid=rid(2)))
    assert not await once.first(ANN, rid(1))
    assert [entry.seq for entry in await session.log()] == [1]

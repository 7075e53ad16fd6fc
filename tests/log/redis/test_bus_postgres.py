"""Two whole gateways but for their sockets: a store, a feed, commits and a bus each, on one database and one Redis."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from beeplace.log.store import Store
from tests.log.gateways import Gateway, Pair
from tests.log.samples import (
    BOB,
    HEIGHT,
    LIMITS,
    WANTED,
    WIDTH,
    Ticks,
    fill,
    placement,
    postgres,
    read_only,
    reset,
    rid,
)
from tests.redis import RedisServer
from tests.waiting import until


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Pair]:
    stores, gateways = list[Store](), list[Gateway]()
    with RedisServer() as server:
        for _ in range(2):
            stores.append(postgres(tmp_path, Ticks()))
            board = await stores[-1].open(WANTED)
            gateways.append(Gateway(server.url(), stores[-1], board, "beeplace", await stores[-1].secret("bus")))
            gateways[-1].start()
        both = Pair(server, "beeplace", gateways)
        try:
            await both.settled()
            await until(lambda: all(g.bus.gateways for g in gateways))
            yield both
        finally:
            for gateway, store in zip(gateways, stores, strict=True):
                await gateway.stop()
                await store.close()


async def test_both_place_at_once_and_have_one_order(both: Pair) -> None:
    one, two = list[int](), list[int]()
    both.one.replica.follow(lambda entries, _: one.extend(e.seq for e in entries))
    both.two.replica.follow(lambda entries, _: two.extend(e.seq for e in entries))
    for _ in range(5):
        await asyncio.gather(*[
            g.place(placement(i % WIDTH, i % HEIGHT, i % 4, by=f"{n} {i}".encode().ljust(16)))
            for n, g in enumerate(both.gateways)
            for i in range(20)
        ])  # fmt: skip
    await until(both.same)
    await until(both.right)
    log = [entry.seq for entry in await both.one.store.entries_after(0, 1_000)]
    assert log == one == two == list(range(1, len(log) + 1))
    assert len(log) == 2 * 20 * LIMITS.max_pixels


async def test_nobody_gets_more_by_asking_both(both: Pair) -> None:
    asked = [placement(number % WIDTH, 0, 1, by=BOB) for number in range(6)]
    answers = await asyncio.gather(*[gateway.place(*asked) for gateway in both.gateways])
    codes = Counter(answer.code for answered in answers for answer in answered)
    assert codes == {None: LIMITS.max_pixels, "cooldown": 12 - LIMITS.max_pixels}
    await until(both.same)
    assert [gateway.commits.left(BOB)[0] for gateway in both.gateways] == [0, 0]


async def test_a_request_is_answered_the_same_on_both(both: Pair) -> None:
    asked = placement(2, 2, 1, rid=rid(1))
    assert await both.one.place(asked) == await both.two.place(asked)
    assert both.one.board.state.seq == 1


async def test_an_organisers_actions_are_on_both(both: Pair) -> None:
    for action in (fill(color=2), reset(), read_only()):
        await both.two.commits.act(action)
        await until(lambda: both.same() and both.right())
    assert [a.code for a in await both.one.place(placement())] == ["read_only"]


async def test_nothing_is_lost_without_redis(both: Pair) -> None:
    async def draw() -> None:
        for number in range(30):
            person = f"person {number}".encode().ljust(16)
            answers = await both.gateways[number % 2].place(placement(number % WIDTH, 1, 1, by=person))
            assert [answer.code for answer in answers] == [None]

    both.server.kill()
    await draw()
    both.server.start()
    await until(both.same)
    await both.settled()
    assert both.one.board.state.seq == 30

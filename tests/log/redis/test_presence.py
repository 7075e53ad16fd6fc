"""How many people are on the other gateways: distinct ones, only of gateways that are alive, and no names."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.log.gateways import Gateway, Pair, pair, paused
from tests.redis import RedisServer, shared
from tests.waiting import until

OTHER = """
import asyncio, sys
from dataclasses import replace
from beeplace.board.board import Board
from beeplace.log.redis.bus import RedisBus
from tests.log.gateways import SECRET
from tests.log.samples import STATE

people = [bytes([n]) * 16 for n in range(7)]
board = Board(replace(STATE, term=sys.argv[3]))
asyncio.run(RedisBus(sys.argv[1], board, SECRET, "other", sys.argv[2]).run(lambda _: None, lambda: people))
"""
ROOT = Path(__file__).parents[3]


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Pair]:
    async with pair(shared(), tmp_path) as both:
        yield both


def crowd(first: int, count: int) -> set[bytes]:
    return {number.to_bytes(16, "big") for number in range(first, first + count)}


def elsewhere(both: Pair) -> tuple[int, int]:
    return both.one.bus.elsewhere, both.two.bus.elsewhere


async def test_people_on_both_gateways_count_once(both: Pair) -> None:
    both.one.people, both.two.people = crowd(0, 30), crowd(20, 50)
    await until(lambda: elsewhere(both) == (40, 20))
    both.one.people, both.two.people = crowd(5, 30), crowd(60, 1)
    await until(lambda: elsewhere(both) == (1, 30))
    both.one.people, both.two.people = set(), crowd(60, 1)
    await until(lambda: elsewhere(both) == (1, 0))


async def test_thousands_are_counted(both: Pair) -> None:
    both.one.people, both.two.people = crowd(0, 5_000), crowd(2_500, 5_000)
    await until(lambda: elsewhere(both) == (2_500, 2_500))
    both.two.people = crowd(5_000, 5_000)
    await until(lambda: elsewhere(both) == (5_000, 5_000))


async def test_nobody_is_named_in_redis(both: Pair) -> None:
    both.one.people = {secrets.token_bytes(16) for _ in range(5)}
    await until(lambda: elsewhere(both) == (0, 5))
    keys = both.server.command("KEYS", f"{{{both.name}}}:people:*")
    kept = [member for key in keys for member in both.server.command("SMEMBERS", key)]
    assert len(kept) == 5
    assert all(len(member) == 8 for member in kept)
    assert not any(member in person for member in kept for person in both.one.people)


async def test_the_people_of_a_gateway_that_dies_are_gone(both: Pair) -> None:
    both.one.people = {bytes([0]) * 16, bytes([99]) * 16}
    command = [sys.executable, "-c", OTHER, both.server.url(), both.name, both.one.board.state.term]
    other = subprocess.Popen(command, cwd=ROOT)
    try:
        await until(lambda: elsewhere(both) == (6, 8))
    finally:
        other.kill()
        other.wait()
    await until(lambda: elsewhere(both) == (0, 2))
    await until(lambda: both.one.bus.gateways == 1)
    keys = both.server.command("KEYS", f"{{{both.name}}}:people:*")
    assert keys == [key for key in keys if not key.endswith(b":other")]


async def test_the_people_of_a_gateway_that_leaves_are_gone(both: Pair) -> None:
    both.two.people = crowd(0, 3)
    await until(lambda: both.one.bus.elsewhere == 3)
    await both.two.stop()
    keys = both.server.command("KEYS", f"{{{both.name}}}:people:*")
    assert not any(both.server.command("SCARD", key) for key in keys)
    await until(lambda: both.one.bus.elsewhere == 0)


async def test_what_others_write_into_the_counts_does_not_stay(both: Pair) -> None:
    both.one.people, both.two.people = crowd(0, 4), crowd(4, 6)
    await until(lambda: elsewhere(both) == (6, 4))
    (count,) = both.server.command("KEYS", f"{{{both.name}}}:count:*")
    for command in ("SET 99999", "DEL; LPUSH 1", "SET 9 PX 900000", "SET x PX 500"):
        for words in command.split("; "):
            verb, *rest = words.split()
            both.server.command(verb, count, *rest)
        await until(lambda: elsewhere(both) == (6, 4) and both.one.bus.failing is None)
    keys = both.server.command("KEYS", f"{{{both.name}}}:people:*")

    def right() -> bool:
        kinds = [both.server.command("TYPE", key) for key in keys]
        return kinds == [b"set", b"set"] and {both.server.command("SCARD", key) for key in keys} == {4, 6}

    for words in ("SADD nobody nothing", "DEL", "SET x"):
        verb, *rest = words.split()
        for key in keys:
            both.server.command(verb, key, *rest)
        await until(lambda: right() and elsewhere(both) == (6, 4))


async def test_boards_that_share_a_name_have_people_of_their_own(both: Pair) -> None:
    board = both.one.board.twin()
    strangers = [Gateway(both.server.url(), both.one.store, board, both.name, bytes(32)) for _ in range(2)]
    both.one.people, strangers[0].people = crowd(0, 4), crowd(4, 6)
    try:
        for stranger in strangers:
            stranger.start()
        # All at the same moment: with one count for both, whoever asks second within a second has the other's.
        await until(lambda: (*elsewhere(both), *(stranger.bus.elsewhere for stranger in strangers)) == (0, 4, 0, 6))
    finally:
        for stranger in strangers:
            await stranger.stop()


async def test_nobody_is_elsewhere_while_redis_is_away(tmp_path: Path) -> None:
    with RedisServer() as server:
        async with pair(server, tmp_path) as both:
            both.one.people, both.two.people = crowd(0, 4), crowd(4, 6)
            await until(lambda: elsewhere(both) == (6, 4))
            with paused(server):
                await until(lambda: elsewhere(both) == (0, 0))
            await until(lambda: elsewhere(both) == (6, 4))
            await asyncio.gather(*[gateway.stop() for gateway in both.gateways])

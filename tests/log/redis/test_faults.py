"""Redis does what it should not: nothing is lost, nothing waits for it, and all is right again once it is back."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.log.gateways import Pair, pair, paused
from tests.log.samples import placement
from tests.redis import RedisServer, shared
from tests.waiting import until


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer(repl_diskless_sync_delay="0") as server:
        yield server


@pytest.fixture
async def both(server: RedisServer, tmp_path: Path) -> AsyncIterator[Pair]:
    async with pair(server, tmp_path) as both:
        await both.one.place(*[placement(x, 1, 2, by=secrets.token_bytes(16)) for x in range(8)])
        await both.settled()
        yield both


async def place(both: Pair) -> None:
    """One pixel on each, by people who have not drawn yet."""
    for gateway in both.gateways:
        answers = await gateway.place(placement(secrets.randbelow(9), 3, 1, by=secrets.token_bytes(16)))
        assert [answer.code for answer in answers] == [None]


async def test_everything_is_flushed(both: Pair) -> None:
    both.server.command("FLUSHALL")
    await until(both.right)
    await place(both)
    await both.settled()


@pytest.mark.parametrize("kept", ["yes", "no"])
async def test_it_is_killed_and_comes_back(kept: str, tmp_path: Path) -> None:
    with RedisServer(appendonly=kept) as server:
        async with pair(server, tmp_path) as both:
            await place(both)
            await both.settled()
            for gateway in both.gateways:
                gateway.heard.clear()
            server.kill()
            await until(lambda: all(g.bus.failing and None in g.heard for g in both.gateways))
            await place(both)
            server.start()
            await both.settled()
            assert both.one.board.state.seq == 4


async def test_it_hangs(both: Pair) -> None:
    with paused(both.server):
        await place(both)  # nobody waits for it
        await until(lambda: all(g.bus.failing == "Redis: no answer in time" for g in both.gateways))
        await place(both)
        assert all(g.bus.elsewhere == 0 for g in both.gateways)
    await both.settled()
    assert both.one.board.state.seq == 12


async def test_it_has_no_memory_left(both: Pair) -> None:
    both.server.command("CONFIG", "SET", "maxmemory", "1")
    await place(both)
    await until(both.same)  # what is told needs no memory
    await until(lambda: all("OOM" in (g.bus.failing or "") for g in both.gateways))
    both.server.command("CONFIG", "SET", "maxmemory", "0")
    await both.settled()


async def test_it_becomes_a_replica(both: Pair) -> None:
    with RedisServer(repl_diskless_sync_delay="0") as primary:
        both.server.command("REPLICAOF", "127.0.0.1", primary.port)
        await until(lambda: all("READONLY" in (g.bus.failing or "") for g in both.gateways))
        await place(both)
        both.server.command("REPLICAOF", "NO", "ONE")
        await both.settled()


async def test_an_older_replica_takes_over(server: RedisServer, tmp_path: Path) -> None:
    async with pair(server, tmp_path) as both:
        await place(both)
        await both.settled()
        with RedisServer(replicaof=f"127.0.0.1 {server.port}") as replica:
            await until(lambda: both.right(replica))
            replica.command("REPLICAOF", "NO", "ONE")
            await place(both)
            await both.settled()
            server.kill()
            assert not both.right(replica)
            replica.command("SAVE")
            (server.folder / "dump.rdb").write_bytes((replica.folder / "dump.rdb").read_bytes())
        server.start()
        assert int(server.command("HGET", both.state, "seq")) == 2  # what the replica had
        await both.settled()
        assert both.one.board.state.seq == both.two.board.state.seq == 4


async def test_its_scripts_are_flushed(both: Pair) -> None:
    both.server.command("SCRIPT", "FLUSH")
    await place(both)
    await both.settled()


async def test_a_listener_that_was_cut_off_says_that_something_may_be_missing(both: Pair) -> None:
    """When it is cut off, and when it hears again."""
    before = [gateway.heard.count(None) for gateway in both.gateways]
    both.server.command("CLIENT", "KILL", "TYPE", "pubsub")
    await until(lambda: all(g.heard.count(None) >= b + 2 for g, b in zip(both.gateways, before, strict=True)))


async def test_a_listener_that_was_cut_off_hears_what_it_missed(both: Pair) -> None:
    for _ in range(5):
        both.server.command("CLIENT", "KILL", "TYPE", "pubsub")
        await place(both)
        await until(both.same)
    await both.settled()


HOSTILE = (
    "SET board x", "DEL board; LPUSH board 1", "DEL board; DEL state", "SETRANGE board 1000000 x",
    "SETRANGE board 7 zzz", "DEL board; SADD board a", "PEXPIRE board 1", "PEXPIRE state 1",
    "DEL state; SET state 1", "HSET state seq nonsense", "HSET state seq -1", "HSET state seq 1e9",
    "HSET state seq 999999999999999", "HSET state seq 9999999999999999999999", "HSET state seq 3",
    "HSET state epoch other", "HSET state width 10", "HSET state height 99999999", "HDEL state seq",
    "HSET state epoch other; HSET state seq 4000", "HDEL state epoch width height", "HSET state seq 6; SET board 0",
)  # fmt: skip


async def test_whatever_stands_in_our_keys_is_put_right(tmp_path: Path) -> None:
    some = asyncio.Semaphore(6)

    async def case(number: int, commands: str) -> None:
        async with some, pair(shared(), tmp_path / str(number)) as both:
            await put_right(both, commands)

    await asyncio.gather(*[case(number, commands) for number, commands in enumerate(HOSTILE)])


async def put_right(both: Pair, commands: str) -> None:
    await place(both)
    await both.settled()
    for command in commands.split("; "):
        verb, key, *rest = command.split()
        both.server.command(verb, f"{{{both.name}}}:{key}", *rest)
    try:
        await until(both.right, every=0.1)
        await place(both)
        await until(both.right, every=0.1)
    except TimeoutError:
        raise AssertionError(f"not put right: {commands}") from None

"""A large bitfield is written in pieces beside the one that is read, and takes its place whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from beeplace.log.redis.address import Address
from beeplace.log.redis.connection import RedisConnection, Refused, Script
from tests.log.gateways import Pair, pair
from tests.log.samples import BOB, fill, placement
from tests.redis import RedisServer, shared
from tests.waiting import until

KEYS = ["board", "state", "owner", "staged"]


@pytest.fixture
async def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pair]:
    monkeypatch.setattr("beeplace.log.redis.bitfield.PIECE", 10)  # bytes, of a board of 72
    async with pair(shared(), tmp_path) as both:
        yield both


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
async def line(server: RedisServer) -> AsyncIterator[RedisConnection]:
    line = RedisConnection(Address(server.url()))
    yield line
    await line.close()


async def test_a_bitfield_in_pieces_is_the_board_and_stays(both: Pair) -> None:
    for command in ("DEL", "SET"):
        await both.one.place(placement(1, 1, 2, by=BOB))
        await both.one.commits.act(fill(color=3))
        await both.settled()
        before = both.one.bus.rebuilt + both.two.bus.rebuilt
        both.server.command(command, both.key, *(["x"] if command == "SET" else []))
        await both.settled()
        assert both.one.bus.rebuilt + both.two.bus.rebuilt > before
        assert both.server.command("PTTL", both.key) == -1
    await until(lambda: not both.server.command("KEYS", f"{{{both.name}}}:staged:*"))


async def stage(line: RedisConnection, *pieces: tuple[int, bytes]) -> None:
    for start, piece in pieces:
        await line.run(Script("stage"), ["staged"], start, piece, 60_000)


async def test_it_takes_its_place_only_where_it_is_newer_and_whole(server: RedisServer, line: RedisConnection) -> None:
    write = Script("write")
    await stage(line, (0, b"\1" * 32), (32, b"\2" * 32))
    assert await line.run(write, KEYS, "first", 5, 8, 8, b"", "", "me") == b"applied"
    assert server.command("GET", "board") == b"\1" * 32 + b"\2" * 32
    assert (server.command("PTTL", "board"), server.command("EXISTS", "staged")) == (-1, 0)
    await stage(line, (0, bytes(64)))
    assert await line.run(write, KEYS, "first", 4, 8, 8, b"", "", "me") == b"newer"
    await stage(line, (0, bytes(63)))
    with pytest.raises(Refused, match="gone"):
        await line.run(write, KEYS, "first", 6, 8, 8, b"", "", "me")
    assert (server.command("GET", "board")[:1], server.command("HGET", "state", "seq")) == (b"\1", b"5")


async def test_a_piece_without_those_before_it_is_refused(server: RedisServer, line: RedisConnection) -> None:
    await stage(line, (0, bytes(32)))
    assert 0 < server.command("PTTL", "staged") <= 60_000
    server.command("DEL", "staged")
    with pytest.raises(Refused, match="gone"):
        await stage(line, (32, bytes(32)))
    assert server.command("EXISTS", "staged") == 0

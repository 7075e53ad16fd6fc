"""Calls to Redis end in time, are not repeated, and never get another call's answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from time import monotonic

import pytest
import uvloop

from beeplace.board.board import Board
from beeplace.log.redis.address import Address
from beeplace.log.redis.bus import RedisBus
from beeplace.log.redis.connection import (
    LONGEST_PAUSE_SECONDS,
    Breaker,
    RedisConnection,
    Refused,
    Script,
    Unavailable,
)
from tests.chaos.links.proxy import Proxy
from tests.log.gateways import paused
from tests.log.samples import STATE
from tests.ports import free_port
from tests.redis import RedisServer
from tests.waiting import patiently, until

KEYS = ["board", "state", "owner"]


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
async def line(server: RedisServer) -> AsyncIterator[RedisConnection]:
    line = RedisConnection(Address(server.url()))
    yield line
    await line.close()


async def answered(line: RedisConnection, *words: str) -> object:
    """Asks until Redis is there again."""
    return await patiently(lambda: line.ask(*words), Unavailable)


async def test_a_call_that_is_not_answered_ends_and_is_not_made_twice(
    server: RedisServer, line: RedisConnection
) -> None:
    await line.ask("SET", "count", "0")
    with paused(server):
        with pytest.raises(Unavailable, match="no answer in time"):
            await line.ask("INCR", "count")
        began = monotonic()
        with pytest.raises(Unavailable, match="no answer in time"):
            await line.ask("INCR", "count")  # the breaker: it is not even asked
        assert monotonic() < began + 10
    await answered(line, "PING")
    assert await line.ask("GET", "count") == b"1"  # what was sent once was carried out once


def test_a_connection_that_was_reset_while_idle_fails_like_any_other(server: RedisServer) -> None:
    """In the server's own event loop, whose word for it is another than asyncio's."""

    async def use() -> None:
        async with Proxy(server.port) as proxy:
            line = RedisConnection(Address(server.url(port=proxy.port)))
            await line.ask("PING")
            proxy.cut()
            await asyncio.sleep(0.05)  # for the reset to arrive; before it does, another error says the same
            with pytest.raises(Unavailable):
                await line.ask("PING")
            assert await answered(line, "ECHO", "again") == b"again"
            await line.close()

    uvloop.run(use())


async def test_a_call_that_is_cancelled_leaves_its_answer_to_nobody(server: RedisServer, line: RedisConnection) -> None:
    await line.ask("SET", "secret", "of somebody else")
    with paused(server):
        task = asyncio.create_task(line.ask("GET", "secret", seconds=60))
        await asyncio.sleep(0.05)  # for it to be sent; the answer is right whenever it is cancelled
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await line.ask("ECHO", "mine") == b"mine"
    assert await line.ask("ECHO", "mine too") == b"mine too"


async def test_calls_at_the_same_time_get_their_own_answers(line: RedisConnection) -> None:
    numbers = [str(number) for number in range(100)]
    assert await asyncio.gather(*[line.ask("ECHO", n) for n in numbers]) == [n.encode() for n in numbers]


async def test_an_error_of_one_call_is_not_one_of_the_connection(line: RedisConnection) -> None:
    await line.ask("SET", "text", "text")
    with pytest.raises(Refused, match="Redis: WRONGTYPE"):
        await line.ask("LPUSH", "text", "1")
    assert line.breaker.seconds == 0
    assert await line.ask("GET", "text") == b"text"


async def test_a_server_that_restarts_is_found_again(server: RedisServer, line: RedisConnection) -> None:
    await line.ask("PING")
    server.kill()
    with pytest.raises(Unavailable):
        await line.ask("PING")
    server.start()
    assert await answered(line, "PING") == b"PONG"


async def test_a_script_the_server_forgot_is_sent_again(server: RedisServer, line: RedisConnection) -> None:
    for _ in range(2):
        server.command("SCRIPT", "FLUSH")
        assert (await line.run(Script("look"), ["nothing", "there"], 1))[4] == -1


async def test_pauses_grow_to_a_second_and_end_with_an_answer() -> None:
    breaker, pauses = Breaker(), list[float]()
    for _ in range(10):
        breaker.failed("away")
        pauses.append(breaker.seconds)
    assert pauses[0] <= 0.1
    assert LONGEST_PAUSE_SECONDS / 2 - 0.1 < pauses[-1] <= LONGEST_PAUSE_SECONDS
    breaker.well()
    assert (breaker.seconds, breaker.failing) == (0, None)


async def test_after_a_failure_redis_is_left_alone_for_a_while(server: RedisServer) -> None:
    calls: list[bytes] = []

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(b"")
        writer.close()

    listener = await asyncio.start_server(count, "127.0.0.1", free_port())
    line = RedisConnection(Address(f"redis://127.0.0.1:{listener.sockets[0].getsockname()[1]}"))
    for _ in range(50):
        with pytest.raises(Unavailable):
            await line.ask("PING")
    await until(lambda: len(calls) >= 1)
    assert len(calls) < 10
    listener.close()
    await listener.wait_closed()


NO_ANSWERS = (b":many\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"$-5\r\n", bytes(200_000), b"*1\r\n", b"*x\r\n")


@pytest.mark.parametrize("answer", NO_ANSWERS, ids=range(len(NO_ANSWERS)))
async def test_what_is_no_redis_is_not_believed(answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await reader.read(100)
        writer.close()

    listener = await asyncio.start_server(speak, "127.0.0.1", 0)
    line = RedisConnection(Address(f"redis://127.0.0.1:{listener.sockets[0].getsockname()[1]}"))
    with contextlib.suppress(Unavailable, Refused):
        assert await line.ask("PING") != b"PONG"
    await line.close()
    listener.close()
    await listener.wait_closed()


async def test_answers_to_something_else_end_nothing() -> None:
    """As after bytes that came twice: each answer is a lie, and the bus goes on trying."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(10_000):
            writer.write(b"+applied\r\n")
        writer.close()

    listener = await asyncio.start_server(speak, "127.0.0.1", 0)
    bus = RedisBus(f"redis://127.0.0.1:{listener.sockets[0].getsockname()[1]}", Board(STATE), bytes(32), "one")
    task = asyncio.create_task(bus.run(lambda _: None, list))
    await until(lambda: bus.failing == "Redis: not an answer to what was asked")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    listener.close()
    await listener.wait_closed()


async def test_an_offset_beyond_the_board_is_not_painted(server: RedisServer, line: RedisConnection) -> None:
    keys = KEYS
    await line.run(Script("write"), keys, "first", 1, 8, 8, bytes(64), "", "me")
    pixels = b"".join(offset.to_bytes(4, "big") + b"\x01" for offset in (3, 64))
    with pytest.raises(Refused, match="not on the board"):
        await line.run(Script("apply"), keys, "first", 1, 2, 8, 8, pixels, "me")
    assert server.command("GET", "board") == bytes(64)
    assert server.command("HGET", "state", "seq") == b"1"


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (("first", 5, 6), b"applied"), (("first", 3, 6), b"applied"), (("first", 4, 5), b"newer"),
        (("first", 1, 2), b"newer"), (("first", 6, 7), b"rebuild"), (("other", 5, 6), b"rebuild"),
    ],
)  # fmt: skip
async def test_pixels_are_painted_only_on_what_came_before(
    change: tuple[str, int, int], answer: bytes, server: RedisServer, line: RedisConnection
) -> None:
    keys = KEYS
    await line.ask("DEL", *keys)
    await line.run(Script("write"), keys, "first", 5, 8, 8, bytes(64), "", "me")
    painted = answer == b"applied"
    assert await line.run(Script("apply"), keys, *change, 8, 8, b"\0\0\0\x09\x02", "me") == answer
    assert server.command("GETRANGE", "board", 9, 9) == (b"\x02" if painted else b"\0")
    assert server.command("HGET", "state", "seq") == (str(change[2]).encode() if painted else b"5")


async def test_a_gateway_that_is_behind_never_overwrites(server: RedisServer, line: RedisConnection) -> None:
    keys = KEYS
    await line.ask("DEL", *keys)
    assert await line.run(Script("write"), keys, "second", 9, 8, 8, b"\x01" * 64, "", "me") == b"applied"
    for epoch, seq, known_false in (("second", 8, ""), ("first", 3, ""), ("second", 8, "second 10")):
        assert await line.run(Script("write"), keys, epoch, seq, 8, 8, bytes(64), known_false, "me") == b"newer"
    assert server.command("GET", "board") == b"\x01" * 64
    assert await line.run(Script("write"), keys, "second", 8, 8, 8, bytes(64), "second 9", "me") == b"applied"


async def test_others_read_the_bitfield_as_the_thesis_did(server: RedisServer, line: RedisConnection) -> None:
    await line.run(Script("write"), KEYS, "last", 99, 8, 8, bytes(range(64)), "", "me")
    assert server.command("BITFIELD", "board", "GET", "u8", "#42") == [42]

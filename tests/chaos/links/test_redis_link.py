"""The link to Redis says commands twice and loses announcements, and the client notices neither."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from redis.asyncio import Redis

from tests.chaos.links.redis_link import Frames, RedisLink, frame_end, words
from tests.redis import RedisServer

FRAME = b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$6\r\na\r\nb\r\n\r\n"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.mark.parametrize(
    "frame", [b"+OK\r\n", b":12\r\n", b"$-1\r\n", b"*0\r\n", b"$0\r\n\r\n", FRAME, b"%1\r\n" + b":1\r\n" * 2]
)
def test_a_frame_ends_where_the_protocol_says(frame: bytes) -> None:
    assert frame_end(frame + b"+next\r\n") == len(frame)
    assert all(frame_end(frame[:cut]) == -1 for cut in range(len(frame)))


def test_frames_come_out_as_they_went_in_however_they_were_cut() -> None:
    frames = Frames()
    data = FRAME * 3 + b":1\r\n"
    assert b"".join(frames.pass_on(data[at : at + 1]) for at in range(len(data))) == data
    assert words(FRAME) == [b"message", b"c"]


async def test_a_doubled_command_happens_twice_and_is_answered_once(redis: RedisServer) -> None:
    async with RedisLink(redis.port) as link, Redis(port=link.port) as client:
        link.double = 1.0
        assert await client.eval("return redis.call('INCR', 'x')", 0) == 1
        assert await client.get("x") == b"2"
        assert await client.eval("return redis.call('INCR', 'x')", 0) == 3
        assert link.doubled == 2


async def test_announcements_get_lost_or_come_twice(redis: RedisServer) -> None:
    async with (
        RedisLink(redis.port) as link,
        Redis(port=link.port) as client,
        client.pubsub() as hearing,
        asyncio.timeout(30),
    ):
        await hearing.subscribe("board")
        link.lose = 1.0
        await client.publish("board", "lost")
        await client.ping()
        while not link.lost:
            await hearing.get_message(timeout=0.1)
        link.heal()
        link.repeat = 1.0
        await client.publish("board", "twice")
        heard: list[bytes] = []
        while len(heard) < 2:
            message = await hearing.get_message(ignore_subscribe_messages=True, timeout=1)
            heard += [message["data"]] if message else []
        assert heard == [b"twice", b"twice"]

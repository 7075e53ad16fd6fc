"""The server's side of a WebSocket, on a real connection inside of the test."""

from __future__ import annotations

import asyncio

import pytest

from beeplace.gateway.wire.frames import close_frame
from beeplace.gateway.wire.handshake import accept
from tests.clients.frames import masked
from tests.gateway.peers import Peer, peer


async def sent(one: Peer, *frames: bytes) -> list[str | bytes]:
    """What was heard of these frames; a ping behind them says when all were read."""
    await asyncio.get_running_loop().sock_sendall(one.end, b"".join(frames) + masked(b"!", 0x89))
    assert await one.read(3) == b"\x8a\x01!"
    return one.host.received


async def closed(one: Peer, *frames: bytes) -> int:
    """The code with which the connection is closed after these frames."""
    await asyncio.get_running_loop().sock_sendall(one.end, b"".join(frames))
    data = await one.read(4)
    assert data[:2] == b"\x88\x02"
    return int.from_bytes(data[2:], "big")


async def test_messages_are_heard_in_order() -> None:
    async with peer() as one:
        assert await sent(one, masked(b"4a"), masked("4é".encode()), masked(b"4b")) == ["a", "é", "b"]


async def test_a_message_in_fragments_is_heard_whole() -> None:
    async with peer() as one:
        assert await sent(one, masked(b"4a", 0x01), masked(b"b", 0x00), masked(b"c", 0x80)) == ["abc"]


async def test_a_ping_between_fragments_is_answered() -> None:
    async with peer() as one:
        await asyncio.get_running_loop().sock_sendall(one.end, masked(b"4a", 0x01) + masked(b"now", 0x89))
        assert await one.read(5) == b"\x8a\x03now"
        assert await sent(one, masked(b"b", 0x80)) == ["ab"]


async def test_one_byte_at_a_time_is_enough() -> None:
    async with peer() as one:
        for byte in masked(b"4slowly"):
            await asyncio.get_running_loop().sock_sendall(one.end, bytes((byte,)))
            await asyncio.sleep(0)
        assert await sent(one) == ["slowly"]


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([masked(b"\xff\xfe")], 1007),
        ([masked(b"4" * 2049)], 1009),
        ([masked(b"4" * 1500, 0x01), masked(b"4" * 1500, 0x80)], 1009),
        ([masked(b"4a", 0x01), *[masked(b"", 0x00)] * 2000], 1009),
        ([masked(b"x", 0x80)], 1002),
        ([masked(b"4a", 0x01), masked(b"4b", 0x81)], 1002),
        ([b"\x81\x02hi"], 1002),
        ([masked(b"9")], 4400),
        ([masked(b"")], 4400),
    ],
)
async def test_what_is_wrong_closes_with_its_code(frames: list[bytes], code: int) -> None:
    async with peer() as one:
        assert await closed(one, *frames) == code


async def test_a_close_is_answered_with_the_same_code() -> None:
    async with peer() as one:
        assert await closed(one, masked(b"\x03\xe8", 0x88)) == 1000
        assert await one.read_all() == b""


async def test_a_kick_says_why_and_ends_the_session_once() -> None:
    async with peer() as one:
        one.session.kick(4429)
        one.session.kick(4400)
        assert await one.read(4) == close_frame(4429)
        await asyncio.get_running_loop().sock_sendall(one.end, masked(b"\x11\x4d", 0x88))
        await one.read_all()
        assert one.host.ended == [one.session]


KEY = {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


def test_the_standards_handshake_is_accepted() -> None:
    accepted = accept(KEY)
    assert accepted
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in accepted.answer


@pytest.mark.parametrize(
    "wrong",
    [
        {"Sec-WebSocket-Version": "8"},
        {"Sec-WebSocket-Key": ""},
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Key": "AAAA"},
        {"Sec-WebSocket-Key": "é" * 24},
    ],
)
def test_another_handshake_is_not(wrong: dict[str, str]) -> None:
    assert accept({**KEY, **wrong}) is None

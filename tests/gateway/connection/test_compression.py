"""Compressed messages: what a peer may send, and one frame for all who take it."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable
from contextlib import AsyncExitStack

import aiohttp
import pytest

from beeplace.gateway.connection.session import SharedMessage
from beeplace.gateway.fanout.io_uring import IoUring
from beeplace.gateway.fanout.senders import BatchSender, TransportSender, UringSender
from beeplace.gateway.fanout.subscribers import Subscribers
from tests.clients.frames import masked
from tests.conftest import StartServer
from tests.gateway.peers import narrow_pair, peer

TEXT, FINAL, RSV1, RSV2, PING = 0x01, 0x80, 0x40, 0x20, 0x09
BATCH = SharedMessage('2["u","' + ",".join(f"{at},{at * 7 % 64},{at % 16}" for at in range(64)) + '","e:0:64"]')
SENDERS: dict[str, Callable[[], BatchSender]] = {"ring": lambda: UringSender(IoUring()), "transports": TransportSender}


def packed(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


HELLO, LONG, BOMB = packed(b"4hello"), packed(b"4" + b"hello" * 30), packed(b"4" * 1_000_000)


@pytest.mark.parametrize(
    "frames",
    [
        [masked(HELLO, FINAL | RSV1 | TEXT)],
        [masked(HELLO[:2], RSV1 | TEXT), masked(HELLO[2:], FINAL)],
        [masked(HELLO[:2], RSV1 | TEXT), masked(b"!", FINAL | PING), masked(HELLO[2:4], 0), masked(HELLO[4:], FINAL)],
        [masked(b"4hello")],  # plain between compressed ones
        [masked(b"4he", TEXT), masked(b"llo", FINAL)],
    ],
)
async def test_a_compressed_message_is_heard_as_any_other(frames: list[bytes]) -> None:
    async with peer(deflates=True) as one:
        for byte_by_byte in (False, True):
            one.host.received.clear()
            data = b"".join(frames) + masked(b"!", FINAL | PING)
            for part in map(bytes, zip(data)) if byte_by_byte else [data]:
                await asyncio.get_running_loop().sock_sendall(one.end, part)
                await asyncio.sleep(0)
            pongs = b"\x8a\x01!" * (2 if masked(b"!", FINAL | PING) in frames else 1)
            assert await one.read(len(pongs)) == pongs
            assert one.host.received == ["hello"]


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([masked(BOMB, FINAL | RSV1 | TEXT)], 1009),
        ([masked(BOMB[:500], RSV1 | TEXT), masked(BOMB[500:], FINAL)], 1009),
        ([masked(packed(b"4" * 2049), FINAL | RSV1 | TEXT)], 1009),
        ([masked(b"\x07" + bytes(9), FINAL | RSV1 | TEXT)], 1007),  # no such block
        ([masked(zlib.compress(b"4hello"), FINAL | RSV1 | TEXT)], 1007),
        ([masked(packed(b"4\xff\xfe"), FINAL | RSV1 | TEXT)], 1007),
        ([masked(b"4hello", FINAL | RSV2 | TEXT)], 1002),
        ([masked(HELLO, FINAL | RSV1 | RSV2 | TEXT)], 1002),
        ([masked(HELLO[:2], RSV1 | TEXT), masked(HELLO[2:], FINAL | RSV1)], 1002),  # the bit in a continuation
        ([masked(b"4he", TEXT), masked(HELLO, FINAL | RSV1)], 1002),
        ([masked(b"", FINAL | RSV1 | PING)], 1002),
        ([masked(b"\x03\xe8", FINAL | RSV1 | 0x08)], 1002),
    ],
)
async def test_a_bad_compressed_message_closes_with_its_code(frames: list[bytes], code: int) -> None:
    async with peer(deflates=True) as one:
        await asyncio.get_running_loop().sock_sendall(one.end, b"".join(frames))
        assert await one.read(4) == b"\x88\x02" + code.to_bytes(2, "big")
        assert one.host.received == []


async def test_the_bit_is_refused_where_nothing_was_agreed_on() -> None:
    async with peer() as one:
        await asyncio.get_running_loop().sock_sendall(one.end, masked(HELLO, FINAL | RSV1 | TEXT))
        assert await one.read(4) == b"\x88\x02\x03\xea"


@pytest.mark.parametrize("sender", SENDERS)
async def test_each_gets_the_form_that_it_takes_and_all_of_a_form_the_same_bytes(sender: str) -> None:
    fanout = Subscribers(asyncio.get_running_loop().time, SENDERS[sender]())
    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(peer(deflates=number % 3 == 0)) for number in range(9)]
        for one in peers:
            fanout.add(one.session)
        for _ in range(2):  # the first to who is new, one by one
            fanout.send(BATCH, "e", 0)
        fanout.tell(people := SharedMessage('2["userCount",7]'))
        assert (len(fanout), fanout.frames) == (9, 27)
        for number, one in enumerate(peers):
            wanted = BATCH.frame if number % 3 else BATCH.deflated
            assert await one.read(2 * len(wanted)) == 2 * wanted
            assert await one.read(len(people.frame)) == people.frame  # too short to be compressed
        fanout.remove(peers[0].session)
        assert len(fanout) == 8
    fanout.close()
    assert len(BATCH.deflated) < 0.55 * len(BATCH.frame)


async def test_a_slow_reader_of_compressed_frames_gets_whole_ones() -> None:
    """What its connection does not take at once is the rest of its own form."""
    fanout = Subscribers(asyncio.get_running_loop().time, UringSender(IoUring()))
    large = SharedMessage('2["u","' + ",".join(str(at * 7919 % 1000) for at in range(200_000)) + '"]')
    async with peer(narrow_pair, deflates=True) as one, peer(narrow_pair) as other:
        fanout.add(one.session)
        fanout.add(other.session)
        fanout.send(BATCH, "e", 0)
        fanout.send(large, "e", 0)
        told = await asyncio.gather(
            one.read(len(BATCH.deflated + large.deflated)), other.read(len(BATCH.frame + large.frame))
        )
        assert [*told] == [BATCH.deflated + large.deflated, BATCH.frame + large.frame]
    fanout.close()


@pytest.mark.parametrize("deflate", ["on", "off"])
async def test_another_implementation_draws_and_reads_compressed(start_server: StartServer, deflate: str) -> None:
    server = start_server(DEFLATE=deflate, BOARD_REFRESH_RATE="20")
    url = f"{server.url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as http, http.ws_connect(url, compress=15) as socket, asyncio.timeout(20):
        assert bool(socket.compress) is (deflate == "on")
        assert (await socket.receive_str()).startswith("0{")
        await socket.send_str("40")
        assert (await socket.receive_str()).startswith("40{")
        await socket.send_str('420["join",{"board":"b64"}]')
        state = json.loads((await socket.receive_str())[3:])[0]["initialState"]
        assert len(state["board"]) == 5_464
        await socket.send_str('42["pixelFromPlayer",{"x":1,"y":2,"color":3}]')
        while not (told := await socket.receive_str()).startswith('42["u"'):
            pass
        assert json.loads(told[2:])[1] == "1,2,3"

"""The proxy breaks links as it says, and heals them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.chaos.links.proxy import Proxy

DEADLINE_SECONDS = 30.0
SHORT_SECONDS = 0.05  # nothing arrives within it: that it never would is what the faults are about

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo:
    """A server that answers every byte, and remembers what it heard."""

    def __init__(self) -> None:
        self.heard = b""
        self.stirred = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                self.heard += data
                self.stirred.set()
                writer.write(data)
                await writer.drain()
        writer.close()

    async def hears(self, data: bytes) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while data not in self.heard:
                self.stirred.clear()
                await self.stirred.wait()


@pytest.fixture
async def echo() -> AsyncIterator[tuple[Echo, int]]:
    server = Echo()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    yield server, listener.sockets[0].getsockname()[1]
    listener.close()


@pytest.fixture
async def link(echo: tuple[Echo, int]) -> AsyncIterator[Proxy]:
    async with Proxy(echo[1]) as proxy:
        yield proxy


async def opened(link: Proxy) -> Streams:
    return await asyncio.open_connection("127.0.0.1", link.port)


async def said(streams: Streams, data: bytes) -> bytes:
    streams[1].write(data)
    async with asyncio.timeout(DEADLINE_SECONDS):
        return await streams[0].readexactly(len(data))


async def ended(streams: Streams) -> None:
    """Waits for the connection's end, however it comes."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        with suppress(OSError):
            while await streams[0].read(65_536):
                pass


async def nothing_arrives(streams: Streams) -> bool:
    try:
        async with asyncio.timeout(SHORT_SECONDS):
            return await streams[0].read(1) == b"never"
    except TimeoutError:
        return True


async def test_a_whole_link_carries_everything_and_both_ends(link: Proxy) -> None:
    streams = await opened(link)
    data = bytes(range(256)) * 4_000
    assert await said(streams, data) == data
    streams[1].write_eof()
    await ended(streams)
    streams[1].close()


async def test_a_delay_holds_back_in_both_directions_and_keeps_the_order(link: Proxy) -> None:
    streams = await opened(link)
    link.delay(0.1, jitter=0.05)
    began = asyncio.get_running_loop().time()
    for number in range(10):
        streams[1].write(bytes((number,)))
    assert await said(streams, b"end") == bytes(range(3))
    assert await streams[0].readexactly(10) == bytes(range(3, 10)) + b"end"
    assert asyncio.get_running_loop().time() - began >= 0.2
    streams[1].close()


async def test_a_slow_link_carries_a_little_at_a_time(link: Proxy) -> None:
    streams = await opened(link)
    link.slow(2_000)
    began = asyncio.get_running_loop().time()
    assert await said(streams, bytes(200)) == bytes(200)
    assert asyncio.get_running_loop().time() - began >= 0.1
    streams[1].close()


async def test_a_cut_ends_what_is_open_and_nothing_else(link: Proxy) -> None:
    streams = await opened(link)
    assert await said(streams, b"before") == b"before"
    link.cut()
    await ended(streams)
    again = await opened(link)
    assert await said(again, b"after") == b"after"
    streams[1].close()
    again[1].close()


async def test_a_refusing_link_takes_nobody_until_it_is_healed(link: Proxy) -> None:
    link.refuse()
    with suppress(OSError):
        await ended(await opened(link))
    link.heal()
    streams = await opened(link)
    assert await said(streams, b"back") == b"back"
    streams[1].close()


async def test_a_silent_link_takes_everything_and_brings_nothing_not_even_an_end(
    echo: tuple[Echo, int], link: Proxy
) -> None:
    old = await opened(link)
    assert await said(old, b"old") == b"old"
    link.silence()
    new = await opened(link)
    for streams in (old, new):
        streams[1].write(b"lost")
        assert await nothing_arrives(streams)
    assert echo[0].heard == b"old"
    link.heal()
    await asyncio.gather(ended(old), ended(new))
    old[1].close()
    new[1].close()


async def test_what_was_not_read_arrives_once_it_is(echo: tuple[Echo, int], link: Proxy) -> None:
    streams = await opened(link)
    assert await said(streams, b"first") == b"first"
    link.stop_reading("up")
    streams[1].write(b"later")
    assert await nothing_arrives(streams)
    assert echo[0].heard == b"first"
    link.heal()
    assert await said(streams, b"") == b""
    assert await streams[0].readexactly(5) == b"later"
    streams[1].close()


async def test_who_is_not_read_is_held_back_in_the_end(link: Proxy) -> None:
    """The sender's buffers fill, as towards a phone that sleeps."""
    reader, writer = await opened(link)
    given = writer.get_extra_info("socket")
    given.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    link.stop_reading("up")
    writer.write(bytes(50_000_000))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await writer.drain()
    writer.transport.abort()
    assert await reader.read() == b""


async def test_a_link_is_cut_after_so_many_bytes(echo: tuple[Echo, int], link: Proxy) -> None:
    streams = await opened(link)
    link.cut_after(3, "down")
    streams[1].write(b"answer")
    async with asyncio.timeout(DEADLINE_SECONDS):
        heard = b""
        with suppress(OSError):
            while data := await streams[0].read(100):
                heard += data
    assert b"ans".startswith(heard)  # a reset may overtake what it follows
    await echo[0].hears(b"answer")
    again = await opened(link)
    assert await said(again, b"whole") == b"whole"
    streams[1].close()
    again[1].close()


@pytest.mark.parametrize("arrives", [True, False])
async def test_an_answer_gets_lost_once(echo: tuple[Echo, int], link: Proxy, arrives: bool) -> None:
    link.lose_answer(b"COMMIT", arrives=arrives)
    streams = await opened(link)
    assert await said(streams, b"BEGIN") == b"BEGIN"
    streams[1].write(b"COMMIT")
    await ended(streams)
    assert (b"COMMIT" in echo[0].heard) == arrives
    assert link.answers_lost == 1
    again = await opened(link)
    assert await said(again, b"COMMIT") == b"COMMIT"
    streams[1].close()
    again[1].close()

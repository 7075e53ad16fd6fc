"""Crowds on `/socket.io/`: who asks too much, who reads too little, who sends what nobody should."""

from __future__ import annotations

import asyncio
import resource
import time
from functools import partial

from tests.clients.frames import NO_MASK, masked
from tests.clients.tcp import SMALL_WINDOW_BYTES
from tests.siege.scenario import STEP_MS, Bounds, Siege, scenario
from tests.siege.socket_client import Client, dial
from tests.siege.traffic import FAST, fills, placements

SLOW_READER_BYTES = 1_024  # a second
PEOPLE = 8
LATE_SECONDS = 60.0  # in which late clients get 22 MB each
KEPT_OPEN_SECONDS = 45.0  # longer than the kernel's and our own patience with one who does not read at all


async def _watching(port: int, window_bytes: int = SMALL_WINDOW_BYTES) -> Client:
    return await (await Client.enter(port, window_bytes)).joined()


@scenario("join-flood", "one socket reads 28 kB/s and sends 17 joins a second", bounds=Bounds(STEP_MS, growth_mb=48))
async def join_flood(siege: Siege) -> None:
    [client] = await siege.crowd(1, partial(Client.enter, siege.port, SMALL_WINDOW_BYTES))

    async def ask() -> None:
        while client.end == "open":
            client.offer('421["join","a phone"]')
            await asyncio.sleep(1 / 17)

    seconds = siege.seconds(20)
    await siege.for_a_while(seconds, [ask(), client.read_for(seconds, 28_000)])


@scenario(
    "sleepers", "600 clients sleep for 15 s at 1,500 placements a second, then all read", settings=FAST,
    bounds=Bounds(growth_mb=600 * 0.256),
)  # fmt: skip
async def sleepers(siege: Siege) -> None:
    clients = await siege.crowd(siege.many(600), partial(_watching, siege.port))
    await placements(siege, 1_500, siege.seconds(15))
    await siege.for_a_while(siege.seconds(6), [client.read_for(60) for client in clients])
    siege.figures["largest message, kB"] = max(client.largest for client in clients) / 1000


@scenario(
    "late-readers", "10 clients do not read while the whole board is filled, then read", settings=FAST,
    bounds=Bounds(growth_mb=48),
)  # fmt: skip
async def late_readers(siege: Siege) -> None:
    """Each gets the whole board then: as one batch where it fits in, else as the snapshot that it asks for."""
    clients = await siege.crowd(10, partial(_watching, siege.port))
    for _ in range(2):
        await fills(siege, 3)
        await placements(siege, 500, siege.seconds(2))
        for client in clients:
            client.largest = 0
        await siege.for_a_while(LATE_SECONDS, [_until_larger(client, siege.side**2) for client in clients])
        least = min(client.largest for client in clients)
        siege.require(least > siege.side**2, f"a late client got {least} bytes at most, which is no board")
    siege.figures["largest message, MB"] = max(client.largest for client in clients) / 1e6


async def _until_larger(client: Client, size: int) -> None:
    while client.end == "open" and client.largest <= size:
        await client.read_for(0.5)


async def _changes(siege: Siege) -> None:
    siege.figures["from seq"] = (await siege.besieged.position())[1]
    await fills(siege, 1, 450)  # 200,000 pixels on boards that have so many
    await placements(siege, 1_500, siege.seconds(4))


@scenario(
    "sync-flood", "one socket sends 17 syncs a second from 200,000 changes back", prepare=_changes,
    bounds=Bounds(STEP_MS, growth_mb=48),
)  # fmt: skip
async def sync_flood(siege: Siege) -> None:
    epoch, _ = await siege.besieged.position()
    [client] = await siege.crowd(1, partial(_watching, siege.port, window_bytes=0))
    seq = int(siege.figures.pop("from seq"))

    async def ask() -> None:
        for number in range(100_000):
            if client.end != "open":
                return
            client.offer(f'42{number}["sync",{{"epoch":"{epoch}","seq":{seq + number % 2}}}]')
            await asyncio.sleep(1 / 17)

    seconds = siege.seconds(10)
    await siege.for_a_while(seconds, [ask(), client.read_for(seconds)])


@scenario(
    "refused-rids", "400 sockets of 8 people whose allowance is spent place with ever new request ids",
    settings={"COOLDOWN": 15, "MAX_PIXELS": 80, "HANDSHAKES_PER_SECOND": 10_000, "SOCKETS_PER_IDENTITY": 50},
)  # fmt: skip
async def refused_rids(siege: Siege) -> None:
    """The honest person has 80 in 15 s and takes 75; the others spend theirs first."""
    number = siege.many(400)
    names = iter(range(number))

    async def enter() -> Client:
        client = await Client.enter(siege.port)
        return await client.joined(f'{{"fingerprint":"phone {next(names) % PEOPLE}","board":"none"}}')

    clients = await siege.crowd(number, enter)
    reading = [asyncio.create_task(client.read_for(600)) for client in clients]
    seconds = siege.seconds(28)
    before = await asyncio.to_thread(siege.besieged.request_rows)
    _, first = await siege.besieged.position()
    await siege.for_a_while(seconds, [_place_with_ids(siege, client, number) for number, client in enumerate(clients)])
    _, last = await siege.besieged.position()
    rows = await asyncio.to_thread(siege.besieged.request_rows) - before - (last - first)
    for task in reading:
        task.cancel()
    siege.figures["durable rows of refusals"] = rows
    siege.require(rows <= 16 * number, f"durable rows of refusals: {rows}, at most 16 each")


async def _place_with_ids(siege: Siege, client: Client, number: int) -> None:
    for count in range(1_000_000):
        if client.end != "open":
            return
        rid = f"{number:06d}{count:014d}AA"
        pixel = f'"x":{number % siege.side},"y":{count % siege.side},"color":{count % 16}'
        client.offer(f'42["pixelFromPlayer",{{{pixel},"rid":"{rid}"}}]')
        await asyncio.sleep(1 / 10)


@scenario(
    "slow-reader", "20 clients read 1 kB/s all the time with a small window; they stay", settings=FAST,
    bounds=Bounds(growth_mb=48),
)  # fmt: skip
async def slow_reader(siege: Siege) -> None:
    clients = await siege.crowd(20, partial(_watching, siege.port))
    seconds = siege.seconds(KEPT_OPEN_SECONDS)
    work = [client.read_for(seconds, SLOW_READER_BYTES) for client in clients]
    await siege.for_a_while(seconds, [*work, placements(siege, 300, seconds)])
    left = [client.end for client in clients if client.end != "open"]
    siege.require(not left, f"clients that read all the time were cut: {left}")


@scenario(
    "idle", "10,000 sockets, half of them with nothing but a TCP connection", settings=FAST,
    bounds=Bounds(growth_mb=150),
)  # fmt: skip
async def idle(siege: Siege) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1_000
    number = min(siege.many(10_000), most)
    bare = [await dial(siege.port) for _ in range(number // 2)]
    await siege.crowd(number - len(bare), partial(Client.idle, siege.port))
    siege.figures["sockets"] = len(bare) + len(siege.clients)
    await asyncio.sleep(siege.seconds(8))
    for connection in bare:
        connection.close()


@scenario(
    "half-open", "300 clients join and vanish without a word, 100 of them half closed", settings=FAST,
    # Placements all over a large board touch the pages of its versions, 8 bytes a pixel, and its snapshot's.
    bounds=Bounds(growth_mb=300 * 0.256, growth_mb_each_megapixel=20),
)  # fmt: skip
async def half_open(siege: Siege) -> None:
    clients = await siege.crowd(siege.many(300), partial(_watching, siege.port))
    for client in clients[: len(clients) // 3]:
        client.write_eof()
    await placements(siege, 1_000, siege.seconds(45))  # until their buffers are full, and then for 30 s
    if siege.scale == 1:
        # An end is behind bytes that nobody reads, so it is the server that knows.
        reading_nothing = len(clients) - len(clients) // 3
        cut = await siege.besieged.metric('kicked_total{code="4408"}')
        siege.require(cut >= reading_nothing, f"{cut} of {reading_nothing} who read nothing for 45 s were cut")


@scenario("storm", "2,000 clients are cut and come back at once, by their position", settings=FAST,
    bounds=Bounds(growth_mb=150),
)  # fmt: skip
async def storm(siege: Siege) -> None:
    epoch, seq = await siege.besieged.position()
    clients = await siege.crowd(siege.many(2_000), partial(_watching, siege.port, window_bytes=0))
    await placements(siege, 500, siege.seconds(3))
    for client in clients:
        client.reset()
    siege.clients.clear()
    payload = f'{{"watch":true,"epoch":"{epoch}","seq":{seq}}}'

    async def come_back() -> Client:
        return await (await Client.enter(siege.port)).joined(payload)

    began = time.monotonic()
    await siege.crowd(len(clients), come_back)
    siege.figures["seconds until all were back"] = time.monotonic() - began
    siege.require(len(siege.clients) == len(clients), f"{len(clients) - len(siege.clients)} did not come back")


@scenario("odd-frames", "50 connections at once send oversized, fragmented and broken frames", settings=FAST)
async def odd_frames(siege: Siege) -> None:
    empty_pieces = masked(b"42", 0x01) + masked(b"", 0x00) * 200
    volleys = (
        masked(b"4" * 100_000), b"\x81\xff" + b"\x7f" + bytes(7) + NO_MASK + b"42", empty_pieces,
        masked(b'42["join', 0x01) + masked(b'","a"]', 0x80), masked(b"x", 0x82), b"\x81\x02ab",
        masked(b"", 0x89) * 300, masked(b'42["join",' + b"[" * 400 + b"]"), b"\x81\xfe\x00\x02" + NO_MASK + b"42",
    )  # fmt: skip

    async def fire(first: int) -> None:
        for number in range(first, 1_000_000):
            client = await Client.enter(siege.port)
            try:
                client.write(volleys[number % len(volleys)])
                await client.read_for(0.2)
            finally:
                client.reset()
            siege.ends[client.end] += 1

    await siege.for_a_while(siege.seconds(8), [fire(number) for number in range(50)])

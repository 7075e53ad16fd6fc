"""Clients that are late, and those who ask for much: each costs a bounded amount, and gets the board in the end."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from beeplace.gateway.connection.session import Session
from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.clients.polling import Address, Poller, open_poller
from tests.clients.raw_http import HttpConnection
from tests.clients.tcp import SMALL_WINDOW_BYTES
from tests.clients.websocket import WebSocket
from tests.conftest import StartServer
from tests.e2e.inside import Inside, inside
from tests.servers import API_KEY

CLIENT_BYTES = 256_000  # that one may cost beside what is shared
ASKED = 60
LATE = 10


@asynccontextmanager
async def large(folder: Path, side: int) -> AsyncIterator[Inside]:
    settings = {"SOCKET_EVENTS_PER_SECOND": 1_000, "BOARD_REFRESH_RATE": 20, "COOLDOWN": 0}
    async with inside(folder, BOARD_WIDTH=side, BOARD_HEIGHT=side, **settings) as server:
        yield server


def sessions() -> list[Session]:
    return [thing for thing in gc.get_objects() if isinstance(thing, Session) and not thing.closed]


async def fill(server: Inside, width: int, height: int, color: int) -> int:
    body = {"x1": 0, "y1": 0, "x2": width - 1, "y2": height - 1, "color": color}
    status, answer = await post(server.url, "/board/area", body, API_KEY)
    assert status == 200
    return int(answer["seq"])


@pytest.mark.parametrize("side", [128, 256, 1024])
async def test_late_clients_of_a_large_fill_get_the_snapshot(tmp_path: Path, side: int) -> None:
    async with large(tmp_path, side) as server, AsyncExitStack() as stack:
        connections = [dial(server.url, window_bytes=SMALL_WINDOW_BYTES) for _ in range(LATE)]
        late = [await stack.enter_async_context(one) for one in connections]
        for one in late:
            one.on_gap = one.sync
            await one.join()
            one.socket.pause()
        for number in range(9):  # fills their connections
            await fill(server, 64, 64, number)
            await asyncio.sleep(0.03)
        seq = await fill(server, side, side, 7)
        await server.until("slow_clients", LATE)
        assert max(session.backlog() for session in sessions()) <= CLIENT_BYTES
        for one in late:
            one.socket.resume()
        await asyncio.gather(*(one.reached(seq) for one in late))
        _, pixels, _ = await get(server.url, "/api/board")
        snapshot = max(side * side * 4 // 3, 65_536) + 2_000  # and the other fields of the answer
        assert [one.longest <= snapshot for one in late] == LATE * [True]
        assert all(one.board == pixels for one in late)


@pytest.mark.parametrize("side", [64, 1024])
@pytest.mark.parametrize("event", ["join", "sync"])
async def test_who_asks_on_without_reading_costs_one_snapshot(tmp_path: Path, side: int, event: str) -> None:
    asked = {"join": "{}", "sync": '{"epoch":"another","seq":0}'}[event]
    async with large(tmp_path, side) as server, dial(server.url) as fast:
        await fast.join()
        wire = await WebSocket.open(server.port)
        first = await wire.join("{}")
        for number in range(ASKED):
            wire.send(f'42{number + 2}["{event}",{asked}]')
            if number % 10 == 0:  # each has another snapshot, or batches, to wait for
                await fast.place(number, 1, 1)
        await fast.place(63, 63, 2)
        snapshot = len(first["board"])
        assert max(session.backlog() for session in sessions()) <= CLIENT_BYTES + snapshot
        answers: list[dict[str, Any]] = []
        while len(answers) < ASKED:
            text = await wire.text()
            if text.startswith("43"):
                answers.append(json.loads(text[text.index("[") :])[0])
        assert {"ok": False, "code": "busy", "message": "too many at once, try again", "retryIn": 1000} in answers
        assert side == 64 or sum("initialState" in answer for answer in answers) <= 8
        wire.close()


async def test_who_joins_again_is_still_behind(tmp_path: Path) -> None:
    async with large(tmp_path, 64) as server, dial(server.url) as fast:
        await fast.join()
        wire = await WebSocket.open(server.port)
        await wire.join()
        for number in range(40):
            await fast.reached(await fill(server, 64, 64, number % 15))
        await server.until("slow_clients", 1)
        wire.send('427["join",{}]')
        await fast.place(1, 1, 1)
        await fast.place(2, 2, 2)
        assert await server.metric("slow_clients") == 1
        assert max(session.backlog() for session in sessions()) <= CLIENT_BYTES
        wire.close()


async def test_answers_to_who_never_reads_are_bounded(tmp_path: Path) -> None:
    async with large(tmp_path, 1024) as server:
        wire = await WebSocket.open(server.port)
        await wire.join("{}")
        wire.send('422["join",{}]')
        await asyncio.sleep(0)
        async with asyncio.timeout(30):
            while await server.metric('kicked_total{code="4408"}') == 0:
                for number in range(100):
                    wire.send(f'42{number + 3}["pixelFromPlayer",{{"x":1,"y":1,"color":1}}]')
                await server.metric("clients")
                assert max([0, *(session.backlog() for session in sessions())]) <= CLIENT_BYTES + 1_400_000
        wire.close()


async def test_who_takes_nothing_is_cut_though_nothing_else_happens(tmp_path: Path) -> None:
    async with large(tmp_path, 1024) as server:
        wire = await WebSocket.open(server.port)
        wire.send('421["join",{}]')
        await server.until("joins_total", 1)
        assert await server.metric("clients") == 1
        await asyncio.sleep(1.1)  # the server looks once a second
        server.leap(20.1)
        await server.until("clients", 0)
        assert await server.metric('kicked_total{code="4408"}') == 1
        wire.close()


async def test_who_reads_slowly_stays_and_is_cut_once_it_takes_nothing(tmp_path: Path) -> None:
    async with large(tmp_path, 1024) as server:
        wire = await WebSocket.open(server.port)
        wire.send('421["join",{}]')
        await server.until("joins_total", 1)
        for _ in range(20):  # 1 kB/s for 200 s: two questions of the heartbeat wait behind the board
            await wire.read(10_000)
            server.leap(10)
            await asyncio.sleep(0.3)  # a turn of the pulse
        assert await server.metric("clients") == 1
        for _ in range(3):
            server.leap(10)
            await asyncio.sleep(0.3)
        await server.until("clients", 0)
        assert await server.metric('kicked_total{code="4408"}') == 1
        wire.close()


@pytest.mark.parametrize("event", ["join", "sync"])
async def test_who_polls_and_asks_on_costs_one_snapshot(tmp_path: Path, event: str) -> None:
    asked = {"join": "{}", "sync": '{"epoch":"another","seq":0}'}[event]
    async with large(tmp_path, 512) as server:
        poller = await open_poller(server)
        assert await poller.post(b'421["join",{}]') == 200
        for number in range(ASKED):
            assert await poller.post(f'42{number + 2}["{event}",{asked}]'.encode()) == 200
        assert max(session.backlog() for session in sessions()) <= CLIENT_BYTES + 512 * 512 * 4 // 3
        assert (await poller.poll()).count("initialState") == 1


async def test_those_who_poll_share_the_snapshot(start_server: StartServer) -> None:
    server = start_server(BOARD_SIZE=1024)
    assert (await get(server.url, "/api/board"))[0] == 200
    pollers = [await joined_poller(server) for _ in range(2)]
    before = server.resident_bytes()
    pollers += [await joined_poller(server) for _ in range(40)]
    assert server.resident_bytes() - before <= 40 * CLIENT_BYTES
    lines = [await HttpConnection.open(server.port) for _ in pollers]
    for line, poller in zip(lines, pollers, strict=True):
        line.begin("GET", poller.path)
    assert (await get(server.url, "/health"))[0] == 200
    assert server.resident_bytes() - before <= 40 * CLIENT_BYTES
    for line in lines:
        answer = await line.answer()
        assert answer.status == 200
        assert len(base64.b64decode(json.loads(answer.body[3:])[0]["initialState"]["board"])) == 1024 * 1024
        line.writer.close()


async def test_what_a_poll_is_still_sent_counts_as_unread(tmp_path: Path) -> None:
    async with large(tmp_path, 1024) as server:
        poller = await joined_poller(server)
        line = await HttpConnection.open(server.port)
        line.begin("GET", poller.path)
        await line.read(1)
        assert max(session.backlog() for session in sessions()) >= 1024 * 1024
        assert await poller.post(b'422["join",{}]') == 200
        await line.answer()
        assert (await poller.answer(2))["code"] == "busy"
        line.writer.close()


async def test_who_polls_twice_at_once_ends_even_while_a_long_answer_is_written(tmp_path: Path) -> None:
    async with large(tmp_path, 1024) as server:
        poller = await joined_poller(server)
        line = await HttpConnection.open(server.port)
        line.begin("GET", poller.path)
        await line.read(1)
        assert (await get(server.url, poller.path))[0] == 400
        await server.until("clients", 0)
        line.writer.close()


async def test_who_leaves_in_a_long_answer_to_a_poll_has_left(tmp_path: Path) -> None:
    async with large(tmp_path, 1024) as server:
        poller = await joined_poller(server)
        line = await HttpConnection.open(server.port)
        line.begin("GET", poller.path)
        await line.read(1)
        line.writer.transport.abort()
        await server.until("clients", 0)
        assert (await get(server.url, poller.path))[0] == 400


async def joined_poller(server: Address) -> Poller:
    """Its answer waits for it."""
    poller = await open_poller(server)
    assert await poller.post(b'421["join",{}]') == 200
    return poller

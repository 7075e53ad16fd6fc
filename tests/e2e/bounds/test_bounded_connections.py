"""Connections that say too much at once, or ask and do not listen: neither stuck nor kept."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from beeplace.gateway.http import errors as http_errors
from tests.clients.frames import FINAL, PING, masked, upgrade_request
from tests.clients.http import get
from tests.clients.phone import dial
from tests.clients.raw_http import HttpConnection
from tests.clients.websocket import WebSocket
from tests.conftest import StartServer
from tests.e2e.inside import DEADLINE_SECONDS, Inside, inside


async def test_who_says_much_before_the_handshake_is_answered_is_heard_all_the_same(start_server: StartServer) -> None:
    server = start_server(SOCKET_EVENTS_PER_SECOND=10_000)
    long = masked(b"a" * 120, FINAL | PING)
    wire = await WebSocket.upgraded(server.port, upgrade_request() + masked(b"40") + 1_500 * long)
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not (await wire.frame()).payload.startswith(b"40{"):
            pass
        wire.send('421["join",{"watch":true,"board":"none"}]')
        while not (await wire.frame()).payload.startswith(b"431["):
            pass
    wire.close()


async def ask(port: int) -> socket.socket:
    """Asks for the whole board, and never reads it."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, ("127.0.0.1", port))
    await loop.sock_sendall(connection, b"GET /api/board HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return connection


class Endless:
    """A route that writes as long as it is let, and says when that is over."""

    def __init__(self) -> None:
        self.ended: asyncio.Queue[None] = asyncio.Queue()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        try:
            await response.prepare(request)
            while True:
                await response.write(bytes(10_000))
        finally:
            self.ended.put_nowait(None)


@asynccontextmanager
async def serving(route: Endless) -> AsyncIterator[int]:
    """The route behind our error pages, as `app.py` puts it; its port."""
    app = web.Application(middlewares=[http_errors.errors])
    app.router.add_get("/", route.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def test_who_leaves_in_the_middle_of_an_answer_is_not_worth_a_line(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(route := Endless()) as port:
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await reader.readexactly(50_000)
            writer.transport.abort()
        async with asyncio.timeout(DEADLINE_SECONDS):
            for _ in range(3):
                await route.ended.get()
    assert caplog.records == []


async def test_an_answer_that_takes_too_long_ends_with_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_errors, "REQUEST_SECONDS", 0.2)
    async with serving(route := Endless()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        heard = b""
        with suppress(ConnectionError):
            async with asyncio.timeout(DEADLINE_SECONDS):
                while part := await reader.read(65_536):
                    heard = (heard + part)[-100_000:]
        assert b"408" not in heard
        assert route.ended.qsize() == 1
        writer.close()


def waiting_to_write(port: int) -> list[RequestHandler]:
    """Connections of the server on that port of which the other end does not read."""
    handlers = [thing for thing in gc.get_objects() if isinstance(thing, RequestHandler)]
    paused = [one for one in handlers if one.writing_paused and one.transport is not None]
    return [one for one in paused if one.transport and one.transport.get_extra_info("sockname")[1] == port]


async def until_waiting(server: Inside, count: int) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while len(waiting_to_write(server.port)) != count:
            await server.metric("clients")


async def test_who_asks_for_a_large_board_and_does_not_read_is_cut(tmp_path: Path) -> None:
    async with inside(tmp_path, BOARD_SIZE=4096) as server:
        connections = [await ask(server.port) for _ in range(5)]
        await until_waiting(server, 5)
        server.leap(19)
        assert len(waiting_to_write(server.port)) == 5
        server.leap(2)
        await until_waiting(server, 0)
        for connection in connections:
            connection.close()


async def test_who_reads_slowly_gets_it_all(tmp_path: Path) -> None:
    async with inside(tmp_path, BOARD_SIZE=1024) as server:
        connection = await ask(server.port)
        await until_waiting(server, 1)
        [writer] = waiting_to_write(server.port)
        loop = asyncio.get_running_loop()
        size = 0
        async with asyncio.timeout(5 * DEADLINE_SECONDS * 60):
            while size < 1024 * 1024:
                size += len(part := await loop.sock_recv(connection, 300_000))
                assert part
                if writer.writing_paused:
                    server.leap(0.5)
        connection.close()


async def test_what_slow_readers_of_different_boards_hold_is_bounded(start_server: StartServer) -> None:
    side = 4096
    server = start_server(BOARD_SIZE=side, COOLDOWN=0, BOARD_REFRESH_RATE=20, SOCKET_EVENTS_PER_SECOND=1_000)
    slow = []
    before = server.resident_bytes()
    async with dial(server.url) as phone:
        await phone.join()
        for number in range(24):
            seq = (await phone.place(number, 1, 1))["seq"]
            await phone.reached(seq)  # whoever asks from here on gets another board, as long as none is shared
            slow.append(await HttpConnection.open(server.port))
            slow[-1].begin("GET", "/api/board")
            await slow[-1].read(1)
    assert server.resident_bytes() - before <= 9 * side * side
    status, body, headers = await get(server.url, "/api/board")
    assert (status, len(body)) == (200, side * side)
    for one in slow:
        one.writer.transport.abort()
    assert int(headers["ETag"].strip('"').rsplit(":", 1)[1]) >= seq - 24

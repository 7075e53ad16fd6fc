"""Connections that say too much at once, or ask and do not listen: neither stuck nor kept."""

from __future__ import annotations

import asyncio
import gc
import socket
from pathlib import Path

from aiohttp.web_protocol import RequestHandler

from tests.conftest import StartServer
from tests.e2e.inside import DEADLINE_SECONDS, Inside, inside
from tests.e2e.wire import Wire
from tests.fuzz.grammar import masked

HANDSHAKE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


async def test_who_says_much_before_the_handshake_is_answered_is_heard_all_the_same(start_server: StartServer) -> None:
    server = start_server(SOCKET_EVENTS_PER_SECOND=10_000)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    long = masked(b"a" * 120, 0x89)
    writer.write(HANDSHAKE + masked(b"40") + 1_500 * long)
    await reader.readuntil(b"\r\n\r\n")
    wire = Wire(reader, writer)
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not (await wire.frame())[2:].startswith(b"40{"):
            pass
        wire.send('421["join",{"watch":true,"board":"none"}]')
        while not (await wire.frame())[4:].startswith(b"431["):
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


def waiting_to_write() -> int:
    """Connections of which the other end does not read."""
    return sum(1 for thing in gc.get_objects() if isinstance(thing, RequestHandler) and thing.writing_paused)


async def until_waiting(server: Inside, count: int) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while waiting_to_write() != count:
            await server.metric("clients")


async def test_who_asks_for_a_large_board_and_does_not_read_is_cut(tmp_path: Path) -> None:
    async with inside(tmp_path, BOARD_SIZE=4096) as server:
        connections = [await ask(server.port) for _ in range(5)]
        await until_waiting(server, 5)
        server.leap(19)
        assert waiting_to_write() == 5
        server.leap(2)
        await until_waiting(server, 0)
        for connection in connections:
            connection.close()


async def test_who_reads_slowly_gets_it_all(tmp_path: Path) -> None:
    async with inside(tmp_path, BOARD_SIZE=1024) as server:
        connection = await ask(server.port)
        await until_waiting(server, 1)
        loop = asyncio.get_running_loop()
        size = 0
        async with asyncio.timeout(5 * DEADLINE_SECONDS * 60):
            while size < 1024 * 1024:
                size += len(part := await loop.sock_recv(connection, 300_000))
                assert part
                if waiting_to_write():
                    server.leap(0.5)
        connection.close()

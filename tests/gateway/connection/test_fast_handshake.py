"""Where each connection begins: WebSocket handshakes are answered at once, whatever else comes goes to aiohttp."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from beeplace.gateway.connection.engineio_server import NEWCOMERS_AT_ONCE
from beeplace.gateway.connection.fast_handshake import PendingConnections
from beeplace.gateway.connection.limits import ConnectionLimits
from beeplace.gateway.connection.listener import Listener
from beeplace.gateway.connection.origins import Origins
from beeplace.gateway.connection.session import Session
from beeplace.gateway.connection.takeover import _KERNEL_BYTES, _UNACKNOWLEDGED_MS, PromptAnswer
from beeplace.gateway.http import connection
from beeplace.gateway.socketio_server import Ack, Handlers, SocketServer, direct
from tests.clients.frames import masked, upgrade_request
from tests.waiting import until

DEADLINE_SECONDS = 30
ADDRESS = "127.0.0.1"
HANDSHAKE = upgrade_request()
RELAYED = upgrade_request(headers=["Via: 1.1 a-proxy"])
ACCEPTED = b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


class House:
    """A server behind its door; counts the connections that aiohttp was `asked` to take, and those that were `cut`."""

    def __init__(self, server: SocketServer, port: int, reception: PendingConnections) -> None:
        self.server, self.port, self.reception = server, port, reception
        self.asked = self.cut = 0
        self.callers: list[Caller] = []


def hello(_socket: Session, ack: Ack | None, arguments: list[object]) -> None:
    """The one event of the application."""
    if ack:
        ack({"heard": arguments})


@asynccontextmanager
async def house(
    handlers: Handlers | None = None, prompt: PromptAnswer = lambda _data, _connection: None, **limits: object
) -> AsyncIterator[House]:
    """As `app.py` builds it, with an application that answers one event."""
    handlers = handlers or Handlers({"hello": direct(hello)})
    server = SocketServer(ConnectionLimits(**limits), handlers, Origins((), ()))  # type: ignore[arg-type]
    app = web.Application()
    server.engine.attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    assert runner.server
    make = connection.factory(runner.server, 10, prompt=prompt)

    def counted() -> asyncio.Protocol:
        inside.asked += 1
        return make()

    def count_cut() -> None:
        inside.cut += 1

    reception = PendingConnections([server.engine], counted, 10, count_cut, prompt=prompt)
    door = Listener(reception)
    _, port = await door.open(ADDRESS, 0)
    inside = House(server, port, reception)
    try:
        yield inside
    finally:
        for one in inside.callers:
            one.writer.close()
        door.close()
        reception.close()
        for session in list(server.engine.sessions.values()):
            session.drop()
        await runner.cleanup()


class Caller:
    """A client's end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def until(self, text: bytes) -> bytes:
        """What comes up to this text."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await self.reader.readuntil(text)

    async def gone(self) -> bytes:
        """The rest, once the other side has closed."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    async def talk(self) -> None:
        """CONNECT and one event, both answered."""
        self.writer.write(masked(b"40"))
        await self.until(b'40{"sid":"')
        self.writer.write(masked(b'420["hello",1]'))
        await self.until(b'430[{"heard":[1]}]')


async def call(inside: House, said: bytes = b"") -> Caller:
    """A connection on which that is sent."""
    one = Caller(*await asyncio.open_connection(ADDRESS, inside.port))
    inside.callers.append(one)
    one.writer.write(said)
    return one


async def test_a_handshake_is_answered_without_aiohttp() -> None:
    async with house() as inside:
        one = await call(inside, HANDSHAKE)
        await one.until(ACCEPTED)
        await one.until(b'"maxPayload":')
        await one.talk()
        assert inside.asked == 0


@pytest.mark.parametrize("cut", [1, 16, 60, len(HANDSHAKE) - 1])
async def test_a_handshake_in_pieces_is_answered_alike(cut: int) -> None:
    async with house() as inside:
        one = await call(inside, HANDSHAKE[:cut])
        await until(lambda: inside.asked == 1)  # the first piece is read, and aiohttp waits for the rest
        one.writer.write(HANDSHAKE[cut:])
        await one.until(ACCEPTED)
        await one.talk()
        assert inside.asked == 1


async def test_what_is_sent_right_behind_a_handshake_is_heard() -> None:
    async with house() as inside:
        one = await call(inside, HANDSHAKE + masked(b"40") + masked(b'420["hello",2]'))
        await one.until(ACCEPTED)
        await one.until(b'430[{"heard":[2]}]')


OTHERS = {
    "another path": (HANDSHAKE.replace(b"/socket.io/", b"/socket.IO/"), b"HTTP/1.1 404"),
    "no upgrade": (HANDSHAKE.replace(b"Upgrade: websocket\r\n", b""), b"HTTP/1.1 400"),
    "another transport": (HANDSHAKE.replace(b"=websocket", b"=pigeon"), b"HTTP/1.1 400"),
    "another protocol": (HANDSHAKE.replace(b"EIO=4", b"EIO=3"), b"HTTP/1.1 400"),
    "an unknown session": (HANDSHAKE.replace(b"EIO=4", b"EIO=4&sid=AAAAAAAAAAAAAAAAAAAA"), b"HTTP/1.1 400"),
    "another version": (HANDSHAKE.replace(b"Version: 13", b"Version: 12"), b"HTTP/1.1 426"),
    "no key": (HANDSHAKE.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"short"), b"HTTP/1.1 400"),
    "a stranger": (HANDSHAKE.replace(b"Host:", b"Origin: https://evil.example\r\nHost:"), b"HTTP/1.1 403"),
    "a body": (HANDSHAKE.replace(b"Host:", b"Content-Length: 4\r\nHost:") + b"\r\n\r\n", b"HTTP/1.1 101"),
    "a body in parts": (
        HANDSHAKE.replace(b"Host:", b"Transfer-Encoding: chunked\r\nHost:") + b"2\r\nab\r\n0\r\n\r\n",
        b"HTTP/1.1 101",
    ),
    "a long body": (
        HANDSHAKE.replace(b"Host:", b"Content-Length: 50000\r\nHost:") + bytes(49_996) + b"\r\n\r\n",
        b"HTTP/1.1 101",
    ),
    "a body and no upgrade": (
        HANDSHAKE.replace(b"Upgrade: websocket", b"Content-Length: 4") + b"\r\n\r\n",
        b"HTTP/1.1 400",
    ),
    "two requests": (HANDSHAKE.replace(b"Upgrade: websocket\r\n", b"") + HANDSHAKE, b"HTTP/1.1 400"),
    "long headers": (
        HANDSHAKE.replace(b"Host:", b"X: " + 7_000 * b"x" + b"\r\nY: " + 7_000 * b"y" + b"\r\nHost:"),
        b" 101",
    ),
    "no HTTP": (HANDSHAKE.replace(b"HTTP/1.1", b"HTTP/9.9.9"), b" 400 "),
    "two hosts": (HANDSHAKE.replace(b"Host: localhost", b"Host: a\r\nHost: b"), b" 400 "),
}


@pytest.mark.parametrize("case", list(OTHERS))
async def test_whatever_else_comes_is_answered_by_aiohttp(case: str) -> None:
    sent, answer = OTHERS[case]
    async with house() as inside:
        one = await call(inside, sent)
        assert answer in await one.until(b"\r\n")
        assert inside.asked == 1


async def test_too_many_handshakes_in_a_second_hear_when_to_come_back() -> None:
    async with house(handshakes_per_second=1) as inside:
        answers = [await (await call(inside, HANDSHAKE)).until(b"\r\n\r\n") for _ in range(4)]
        assert any(b" 101 " in answer for answer in answers)
        assert any(b" 503 " in answer and b"Retry-After:" in answer for answer in answers)


async def test_a_crowd_is_let_in_over_some_turns_and_what_it_sends_meanwhile_is_heard() -> None:
    async with house() as inside:
        crowd = [await call(inside) for _ in range(3 * NEWCOMERS_AT_ONCE)]
        entered: list[int] = []
        spy_on(inside.server, lambda: entered.append(len(inside.server.engine.sessions)))
        for one in crowd:
            one.writer.write(HANDSHAKE)
        for one in crowd:
            await one.until(ACCEPTED)
            await one.talk()
        assert entered == list(range(1, len(crowd) + 1))


def spy_on(server: SocketServer, look: Callable[[], object]) -> None:
    """Has a look after each session that is opened."""
    engine: Any = server.engine
    opened = engine.open_websocket

    def and_look(*given: Any) -> None:
        opened(*given)
        look()

    engine.open_websocket = and_look


def kept_waiting(server: SocketServer) -> list[Callable[[], None]]:
    """Nobody's turn comes: what would let each of them in."""
    waiting: list[Callable[[], None]] = []
    gate: Any = server.engine.gate
    gate.let_in = waiting.append
    return waiting


async def test_who_sends_too_much_before_its_turn_is_cut() -> None:
    async with house() as inside:
        ones = [await call(inside) for _ in range(2)]
        waiting = kept_waiting(inside.server)
        for one in ones:
            one.writer.write(HANDSHAKE)
        await until(lambda: len(waiting) == 2)
        ones[1].writer.write(masked(b"40"))
        ones[0].writer.write(bytes(10_000))
        assert await ones[0].gone() == b""
        for enter in waiting:
            enter()
        await ones[1].until(b'40{"sid":"')
        assert len(inside.server.engine.sessions) == 1


async def test_who_leaves_before_its_turn_is_nobody() -> None:
    async with house() as inside:
        waiting, left = kept_waiting(inside.server), asyncio.Event()
        one = await call(inside, HANDSHAKE)
        await until(lambda: len(waiting) == 1)
        reception: Any = inside.reception
        reception.heard = lambda _: left.set()  # it has spoken: now it is heard of as it goes
        one.writer.transport.abort()
        async with asyncio.timeout(DEADLINE_SECONDS):
            await left.wait()
        for enter in waiting:
            enter()
        assert not inside.server.engine.sessions


async def test_who_says_nothing_is_cut_in_time_and_the_others_are_not() -> None:
    async with house() as inside:
        silent, speaking = await call(inside), await call(inside, HANDSHAKE)
        await speaking.until(ACCEPTED)
        now = inside.server.engine.clock()
        inside.reception.step(now + 9)
        assert inside.cut == 0
        inside.reception.step(now + 11)
        assert inside.cut == 1
        assert await silent.gone() == b""
        await speaking.talk()


async def test_a_closed_reception_cuts_who_has_said_nothing() -> None:
    async with house() as inside:
        silent = await call(inside)
        inside.reception.close()
        assert await silent.gone() == b""


async def test_every_connection_is_bounded_in_the_kernel() -> None:
    async with house() as inside:
        one = await call(inside, HANDSHAKE)
        await one.until(ACCEPTED)
        (session,) = inside.server.engine.sessions.values()
        assert session.wire
        connection = session.wire.get_extra_info("socket")
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * _KERNEL_BYTES
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == _UNACKNOWLEDGED_MS
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_proxy_that_loses_or_holds_what_comes_with_the_answer_loses_nothing() -> None:
    """As k6 and Apache's HTTP/2 do: of the piece that ends the handshake's answer only the answer is passed on."""
    async with house() as inside, relayed(inside.port) as port:
        one = Caller(*await asyncio.open_connection(ADDRESS, port))
        inside.callers.append(one)
        one.writer.write(RELAYED)
        await one.until(ACCEPTED)
        await one.until(b'"maxPayload":')
        await one.talk()


async def test_who_speaks_before_its_session_is_opened_hears_in_order() -> None:
    async with house() as inside:
        one = await call(inside, RELAYED + masked(b"40"))
        told = await one.until(b'40{"sid":"')
        assert told.count(b'"maxPayload":') == 1
        one.writer.write(masked(b'420["hello",1]'))
        told = await one.until(b'430[{"heard":[1]}]')
        assert b'"maxPayload":' not in told, "opened twice"


async def test_many_who_come_in_one_moment_are_all_opened() -> None:
    async with house() as inside:
        crowd = [await call(inside, RELAYED) for _ in range(3)]
        crowd += await asyncio.gather(*(call(inside, RELAYED) for _ in range(3 * NEWCOMERS_AT_ONCE)))
        for one in crowd:
            await one.until(b'"maxPayload":')
            await one.talk()


@asynccontextmanager
async def relayed(port: int) -> AsyncIterator[int]:
    """A proxy that passes on of what ends the answer to a handshake no byte behind it."""
    carrying: list[asyncio.Task[None]] = []
    writers: list[asyncio.StreamWriter] = []

    async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        answered = False
        while part := await source.read(65_536):
            head, ends, _ = part.partition(b"\r\n\r\n")
            sink.write(part if answered else head + ends)
            answered = answered or bool(ends)
        sink.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, to_server = await asyncio.open_connection(ADDRESS, port)
        writers.extend((writer, to_server))
        carrying.extend(map(asyncio.ensure_future, (carry(theirs, writer), carry(reader, to_server))))

    async with await asyncio.start_server(accept, ADDRESS, 0) as server:
        yield server.sockets[0].getsockname()[1]
        for writer in writers:
            writer.close()
        await asyncio.gather(*carrying, *(writer.wait_closed() for writer in writers), return_exceptions=True)

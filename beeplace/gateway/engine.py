"""The Engine.IO server: python-engineio's protocol, with the WebSocket session and its queue replaced.

A WebSocket session here has no queue, no writing task and no compression: what is sent is framed and written
to the transport at once, in the order it was said, and a shared message is framed once for everyone. Polling
sessions keep the library's queue, and get the same messages through it.

This module and `sockets.py` are the only ones that use private names of python-engineio and python-socketio.
Both are pinned exactly, and `tests/gateway/test_library_contract.py` fails when an upgrade changes one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import engineio
from aiohttp import WSMsgType, web
from engineio.async_socket import AsyncSocket
from engineio.packet import MESSAGE, NOOP, OPEN, PING, Packet

from beeplace.gateway.frames import close_frame, text_frame
from beeplace.gateway.heartbeat import Heartbeat

PROTOCOL_VIOLATED, TOO_SLOW, TOO_MANY, DRAINING = 4400, 4408, 4429, 4503
_ABORT_SECONDS = 1.0  # how long a closing transport may take to write its rest
_BODY_SECONDS = 5.0


class Violation(Exception):
    """The peer broke the protocol."""

    def __init__(self, code: int = PROTOCOL_VIOLATED) -> None:
        super().__init__()
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """What one peer may do. `strict`: unknown events break the protocol instead of being ignored."""

    handshakes_per_second: int = 1_000_000
    events_per_second: int = 1_000_000
    bytes_per_message: int = 1_000_000
    strict: bool = False


class Shared:
    """One message for many sockets, framed once. `data` is a Socket.IO packet, such as `2["u","1,2,3"]`."""

    __slots__ = ("frame", "packet")

    def __init__(self, data: str) -> None:
        self.packet = Packet(MESSAGE, data)
        self.frame = text_frame(f"4{data}".encode())


@dataclass(slots=True)
class Budget:
    """Counts events within whole seconds of the loop's clock."""

    limit: int
    second: int = 0
    spent: int = 0

    def spend(self, now: float) -> bool:
        """False where the limit of this second is used up."""
        if self.second != int(now):
            self.second, self.spent = int(now), 0
        self.spent += 1
        return self.spent <= self.limit


class EngineSocket(AsyncSocket):  # type: ignore[misc]  # engineio is untyped
    """One Engine.IO session, over WebSocket or polling. `owner` belongs to the application."""

    def __init__(self, server: EngineServer, sid: str) -> None:
        super().__init__(server, sid)
        self.wire: asyncio.Transport | None = None  # once it is a WebSocket
        self.owner: Any = None
        self.address = ""
        self.budget = Budget(server.limits.events_per_second)

    # Sending

    def backlog(self) -> int:
        """Bytes written but not yet taken by the peer's connection; for polling, messages times 1 kB."""
        return self.wire.get_write_buffer_size() if self.wire else self.queue.qsize() * 1024

    def share(self, shared: Shared) -> None:
        """Sends a message that others get too."""
        if self.wire:
            self.wire.write(shared.frame)
        elif not self.closed:
            self.queue.put_nowait(shared.packet)

    def push(self, packet: Packet) -> None:
        """Sends one Engine.IO packet."""
        if self.wire:
            self.wire.write(text_frame(packet.encode().encode()))
        elif not self.closed:
            self.queue.put_nowait(packet)

    def say(self, data: str) -> None:
        """Sends one Socket.IO packet, such as `31[{"ok":true}]`."""
        self.push(Packet(MESSAGE, data))

    async def send(self, pkt: Packet) -> None:
        self.push(pkt)

    def schedule_ping(self) -> None:
        self.server.heartbeat.expect_ping(self)

    def ping(self) -> None:
        """Asks whether the peer is still there."""
        self.push(Packet(PING))

    # Receiving

    async def take(self, text: str) -> None:
        """Handles one Engine.IO packet. Raises Violation."""
        if not text or len(text) > self.server.limits.bytes_per_message:
            raise Violation
        kind = text[0]
        if kind == "4":
            if not self.budget.spend(asyncio.get_running_loop().time()):
                raise Violation(TOO_MANY)
            await self.server.receive(self, text[1:])
        elif text == "3":
            self.server.heartbeat.heard(self)
        elif text == "1":
            self.kick(1000)
        else:
            raise Violation

    async def handle_post_request(self, environ: dict[str, Any]) -> None:
        body = await _whole_body(environ["aiohttp.request"], self.server.limits.bytes_per_message)
        try:
            for text in body.split("\x1e"):
                await self.take(text)
        except Violation as violation:
            self.kick(violation.code)
            raise engineio.exceptions.EngineIOError from violation

    async def _upgrade_websocket(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        request: web.Request = environ["aiohttp.request"]
        ws = web.WebSocketResponse(compress=False, max_msg_size=self.server.limits.bytes_per_message)
        await ws.prepare(request)
        try:
            if not self.connected or await self._probed(ws):
                self._use(request.transport)
                await self._listen(ws)
        except Violation as violation:
            self.kick(violation.code)
        finally:
            await self.gone()
        return ws

    async def _probed(self, ws: web.WebSocketResponse) -> bool:
        """Moves a polling session over: it proves that the new connection works, then says so."""
        self.upgrading = True
        if await _text(ws) != "2probe":
            raise Violation
        await ws.send_str("3probe")
        self.queue.put_nowait(Packet(NOOP))  # ends the poll that is waiting
        if await _text(ws) != "5":
            raise Violation
        return True

    def _use(self, transport: asyncio.Transport | None) -> None:
        """From here on everything goes to the transport, what still waits in the queue first."""
        if transport is None:
            return
        self.connected = self.upgraded = True
        self.upgrading = False
        while not self.queue.empty():
            packet = self.queue.get_nowait()
            if packet is not None and packet.packet_type != NOOP:
                transport.write(text_frame(packet.encode().encode()))
        self.wire = transport

    async def _listen(self, ws: web.WebSocketResponse) -> None:
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                raise Violation
            await self.take(message.data)

    # Ending

    def kick(self, code: int) -> None:
        """Ends the session with a WebSocket close code; what cannot be written within a second is dropped."""
        if self.wire:
            if not self.wire.is_closing():
                self.wire.write(close_frame(code))
                self.wire.close()
                asyncio.get_running_loop().call_later(_ABORT_SECONDS, self.wire.abort)
        elif not self.closed:
            self.server.end(self)

    def drop(self) -> None:
        """Ends the session at once, whatever still waits to be written."""
        if self.wire:
            self.wire.abort()
        else:
            self.kick(TOO_SLOW)

    async def gone(self) -> None:
        """Forgets the session and tells the application, once."""
        self.wire = None
        if not self.closed:
            self.closed = True
            await self.server.over(self)
        self.server.sockets.pop(self.sid, None)
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)  # ends a poll that is waiting


class EngineServer(engineio.AsyncServer):  # type: ignore[misc]  # engineio is untyped
    """Engine.IO with our sessions and heartbeat."""

    limits: Limits
    receive: Callable[[EngineSocket, str], Any]
    heartbeat: Heartbeat[EngineSocket]

    def end(self, socket: EngineSocket) -> None:
        """Ends a polling session from outside a request of its own."""
        self._ending.add(task := asyncio.ensure_future(socket.gone()))
        task.add_done_callback(self._ending.discard)

    async def over(self, socket: EngineSocket) -> None:
        """Tells the Socket.IO server that a session has ended."""
        self.heartbeat.forget(socket)
        await self._trigger_event("disconnect", socket.sid, self.reason.TRANSPORT_CLOSE, run_async=False)

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None) -> Any:
        if jsonp_index is not None:
            return self._bad_request("JSONP is not supported")
        if not self._handshakes.spend(asyncio.get_running_loop().time()):
            return _come_back()
        socket = EngineSocket(self, self.generate_id())
        self.sockets[socket.sid] = socket
        socket.push(Packet(OPEN, {
            "sid": socket.sid,
            "upgrades": self._upgrades(socket.sid, transport),
            "pingInterval": int(self.ping_interval * 1000),
            "pingTimeout": int(self.ping_timeout * 1000),
            "maxPayload": self.limits.bytes_per_message,
        }))  # fmt: skip
        await self._trigger_event("connect", socket.sid, environ, run_async=False)
        socket.schedule_ping()
        if transport == "websocket":
            return await socket.handle_get_request(environ)
        socket.connected = True
        return self._ok(await socket.poll())

    def prepare(self, limits: Limits, receive: Callable[[EngineSocket, str], Any]) -> None:
        """Completes what the library's constructor does not know of."""
        self.limits, self.receive = limits, receive
        self.heartbeat = Heartbeat(self.ping_interval, self.ping_timeout)
        self._handshakes = Budget(limits.handshakes_per_second)
        self._ending: set[asyncio.Future[None]] = set()


def _come_back() -> dict[str, Any]:
    """Too many handshakes: an answer in the library's form, with the time to come back."""
    headers = [("Content-Type", "text/plain"), ("Retry-After", "2")]
    return {"status": "503 SERVICE UNAVAILABLE", "headers": headers, "response": b"too many at once"}


async def _text(ws: web.WebSocketResponse) -> str:
    message = await ws.receive(timeout=_BODY_SECONDS)
    if message.type is not WSMsgType.TEXT:
        raise Violation
    return str(message.data)


async def _whole_body(request: web.Request, most: int) -> str:
    """The body of a poll, whole or not at all. Raises EngineIOError."""
    size = request.content_length
    if size is None or size > most:
        raise engineio.exceptions.ContentTooLongError
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return (await request.content.readexactly(size)).decode()
    except (TimeoutError, asyncio.IncompleteReadError, UnicodeDecodeError) as error:
        raise engineio.exceptions.EngineIOError from error

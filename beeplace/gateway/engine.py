"""The Engine.IO server: python-engineio's protocol, with the WebSocket session and its queue replaced.

A WebSocket session here has no task, no queue and no compression: what is sent is framed and written to the
transport at once, in the order it was said, and a shared message is framed once for everyone. Polling
sessions keep the library's queue, and get the same messages through it.

This module and `sockets.py` are the only ones that use private names of aiohttp, python-engineio and
python-socketio. All are pinned exactly, and `tests/gateway/test_library_contract.py` fails when an upgrade
changes one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import engineio
from aiohttp import web
from engineio.async_socket import AsyncSocket
from engineio.packet import MESSAGE, NOOP, OPEN, PING, Packet

from beeplace.gateway.budget import Budget
from beeplace.gateway.frames import frame
from beeplace.gateway.handover import take_over
from beeplace.gateway.heartbeat import Heartbeat
from beeplace.gateway.polling import whole_body
from beeplace.gateway.refusals import come_back, wrong_handshake
from beeplace.gateway.websocket import WebSocket, accept

PROTOCOL_VIOLATED, TOO_SLOW, TOO_MANY, DRAINING = 4400, 4408, 4429, 4503
_PROBE_SECONDS = 10.0


class Violation(Exception):
    """The peer broke the protocol."""

    def __init__(self, code: int = PROTOCOL_VIOLATED) -> None:
        super().__init__()
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """What one peer may do. `strict`: unknown events and binary messages break the protocol."""

    handshakes_per_second: int = 1_000_000
    events_per_second: int = 1_000_000
    bytes_per_message: int = 1_000_000
    strict: bool = False


class Shared:
    """One message for many sockets, framed once. `data` is a Socket.IO packet, such as `2["u","1,2,3"]`."""

    __slots__ = ("frame", "packet")

    def __init__(self, data: str) -> None:
        self.packet = Packet(MESSAGE, data)
        self.frame = frame(f"4{data}")


class EngineSocket(AsyncSocket):  # type: ignore[misc]  # engineio is untyped
    """One Engine.IO session, over WebSocket or polling. `owner` and `inbox` belong to the layers above."""

    def __init__(self, server: EngineServer, sid: str) -> None:
        super().__init__(server, sid)
        self.wire: asyncio.Transport | None = None  # once it is a WebSocket and nothing waits in the queue
        self.websocket: WebSocket | None = None
        self.closed: bool = False
        self.owner: Any = None
        self.inbox: Any = None
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
        if self.websocket and self.wire:
            self.websocket.send(packet.encode())
        elif not self.closed:
            self.queue.put_nowait(packet)

    def say(self, data: str) -> None:
        """Sends one Socket.IO packet, such as `31[{"ok":true}]`."""
        if self.websocket and self.wire:
            self.websocket.send(f"4{data}")
        elif not self.closed:
            self.queue.put_nowait(Packet(MESSAGE, data))

    async def send(self, pkt: Packet) -> None:
        self.push(pkt)

    def schedule_ping(self) -> None:
        self.server.heartbeat.expect_ping(self)

    def ping(self) -> None:
        """Asks whether the peer is still there."""
        self.push(Packet(PING))

    # Receiving

    def heard(self, message: str | bytes) -> None:
        """A message of the WebSocket."""
        try:
            if self.upgrading:
                self._probe(message)
            else:
                self.take(message)
        except Violation as violation:
            self.kick(violation.code)

    def take(self, message: str | bytes) -> None:
        """Handles one Engine.IO packet. Raises Violation."""
        if not message:
            raise Violation
        if isinstance(message, bytes):
            self._event(message)
        elif message[0] == "4":
            self._event(message[1:])
        elif message == "3":
            self.server.heartbeat.heard(self)
        elif message == "1":
            self.kick(1000)
        else:
            raise Violation

    def _event(self, data: str | bytes) -> None:
        if not self.budget.spend(self.server.clock()):
            raise Violation(TOO_MANY)
        self.server.receive(self, data)

    async def handle_post_request(self, environ: dict[str, Any]) -> None:
        body = await whole_body(environ["aiohttp.request"], self.server.limits.bytes_per_message)
        try:
            for packet in engineio.payload.Payload(encoded_payload=body).packets:
                self.take(packet.data if packet.binary else packet.encode())
        except (Violation, ValueError) as error:
            self.kick(error.code if isinstance(error, Violation) else PROTOCOL_VIOLATED)
            raise engineio.exceptions.EngineIOError from error

    # Becoming a WebSocket

    async def _upgrade_websocket(self, environ: dict[str, Any]) -> Any:
        request: web.Request = environ["aiohttp.request"]
        answer = accept(request.headers)
        if answer is None or request.transport is None:
            if not self.connected:
                self.server.end(self)
            return wrong_handshake()
        self.upgrading = self.connected
        transport = request.transport
        transport.write(answer)
        self.websocket = WebSocket(transport, self, self.server.limits.bytes_per_message)
        tail = take_over(request, self.websocket)
        if self.upgrading:
            loop = asyncio.get_running_loop()
            loop.call_later(_PROBE_SECONDS, self._give_up_probe, self.websocket)
        else:
            self._use(self.websocket)
        if tail:
            self.websocket.data_received(tail)
        # The connection is not aiohttp's any more: to it, this request's client has gone.
        raise asyncio.CancelledError

    def _probe(self, message: str | bytes) -> None:
        """A polling session moves over: it proves that the new connection works, then says so."""
        if self.websocket is None:
            raise Violation
        if message == "2probe":
            self.websocket.send("3probe")
            self.queue.put_nowait(Packet(NOOP))  # ends the poll that is waiting
        elif message == "5":
            self.upgrading = False
            self._use(self.websocket)
        else:
            raise Violation

    def _use(self, websocket: WebSocket) -> None:
        """From here on everything goes to the transport, what still waits in the queue first."""
        self.connected = self.upgraded = True
        while not self.queue.empty():
            packet = self.queue.get_nowait()
            if packet is not None and packet.packet_type != NOOP:
                websocket.send(packet.encode())
        self.wire = websocket.transport

    def _give_up_probe(self, websocket: WebSocket) -> None:
        if self.upgrading and self.websocket is websocket:
            websocket.transport.abort()

    # Ending

    def kick(self, code: int) -> None:
        """Ends the session with a close code; what cannot be written within a second is dropped."""
        if self.websocket:
            self.websocket.close(code)
        elif not self.closed:
            self.server.end(self)

    def drop(self) -> None:
        """Ends the session at once, whatever still waits to be written."""
        if self.websocket:
            self.websocket.transport.abort()
        else:
            self.kick(TOO_SLOW)

    def ended(self) -> None:
        """The WebSocket is no more: the session with it, unless it was only a probe that failed."""
        self.websocket = self.wire = None
        if self.upgrading:
            self.upgrading = False
        elif not self.closed:
            self.server.end(self)

    async def gone(self) -> None:
        """Forgets the session and tells the layer above, once."""
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
    receive: Callable[[EngineSocket, str | bytes], None]
    heartbeat: Heartbeat[EngineSocket]
    clock: Callable[[], float]

    def prepare(self, limits: Limits, receive: Callable[[EngineSocket, str | bytes], None]) -> None:
        """Completes what the library's constructor does not know of."""
        self.limits, self.receive = limits, receive
        self.heartbeat = Heartbeat(self.ping_interval, self.ping_timeout)
        self.clock = asyncio.get_running_loop().time
        self._handshakes = Budget(limits.handshakes_per_second)
        self._tasks: set[asyncio.Future[None]] = set()

    def end(self, session: EngineSocket) -> None:
        """Ends a session from outside of its own requests."""
        self.own(session.gone())

    def own(self, work: Any) -> None:
        """Runs a short piece of work to its end; the server owns the task."""
        self._tasks.add(task := asyncio.ensure_future(work))
        task.add_done_callback(self._tasks.discard)

    async def over(self, session: EngineSocket) -> None:
        """Tells the Socket.IO server that a session has ended."""
        self.heartbeat.forget(session)
        await self._trigger_event("disconnect", session.sid, self.reason.TRANSPORT_CLOSE, run_async=False)

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None) -> Any:
        if jsonp_index is not None:
            return self._bad_request("JSONP is not supported")
        if not self._handshakes.spend(self.clock()):
            return come_back()
        session = EngineSocket(self, self.generate_id())
        self.sockets[session.sid] = session
        session.push(Packet(OPEN, self._opening(session.sid, transport)))
        await self._trigger_event("connect", session.sid, environ, run_async=False)
        session.schedule_ping()
        if transport == "websocket":
            return await session.handle_get_request(environ)
        session.connected = True
        return self._ok(await session.poll())

    def _opening(self, sid: str, transport: str) -> dict[str, Any]:
        return {
            "sid": sid,
            "upgrades": self._upgrades(sid, transport),
            "pingInterval": int(self.ping_interval * 1000),
            "pingTimeout": int(self.ping_timeout * 1000),
            "maxPayload": self.limits.bytes_per_message,
        }

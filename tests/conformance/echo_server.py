"""An echo on the deployed gateway's listener, for the official protocol test suites.

    python -m tests.conformance.echo_server [PORT]

Socket.IO at `/socket.io/` (namespaces `/` and `/custom`: `message` comes back as `message-back`, `message-with-ack`
as its acknowledgement, the auth payload as `auth`) and bare Engine.IO at `/engine.io/` (every message comes back);
pings every 300 ms, 200 ms to answer, messages up to 1,000,000 bytes, 1.5 s to say CONNECT (three pings and
their way on a busy machine; the suite waits 2 s for the end of a session that does not).

Listener, handshakes and both protocols are those that BeePlace is served with; only the handlers are others, and the
`Profile` is as wide as the suites need. The port may also be given as `PORT`; without either it is 3000.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import uvloop
from aiohttp import web

from beeplace.gateway.connection.engineio_server import EngineServer
from beeplace.gateway.connection.fast_handshake import PendingConnections
from beeplace.gateway.connection.limits import ConnectionLimits
from beeplace.gateway.connection.listener import Listener
from beeplace.gateway.connection.session import Session
from beeplace.gateway.http import connection
from beeplace.gateway.socketio_server import Handlers, SocketServer
from beeplace.gateway.wire.profile import Profile
from beeplace.gateway.wire.socketio import Connect, Event, encode_ack, encode_event

HEADER_SECONDS = 10.0
WIDE = Profile(
    namespaces=frozenset(("/", "/custom")),
    max_attachments=10,
    without_namespace=True,
    other_method_status=400,
)
LIMITS = ConnectionLimits(ping_interval=0.3, ping_timeout=0.2, connect_seconds=1.5, profile=WIDE)


class Anyone:
    """Every site may speak to an echo."""

    def __call__(self, origin: str, request: web.BaseRequest) -> bool:
        return bool(origin and request)

    def address(self, request: web.BaseRequest) -> str:
        """As the connection says."""
        return request.remote or ""

    def compared(self, request: web.BaseRequest) -> dict[str, str]:
        """Nobody is refused."""
        raise AssertionError(request)


class EngineEcho:
    """The bare Engine.IO echo."""

    def receive(self, session: Session, message: str | bytes) -> None:
        """Whatever comes goes back."""
        session.greeted = True
        session.say(message)

    def closed(self, session: Session) -> None:
        """Nothing is kept of a session."""


def said(socket: Session, messages: Sequence[str | bytes]) -> None:
    """Sends a packet with its attachments."""
    for message in messages:
        socket.say(message)


def connected(socket: Session, connect: Connect) -> None:
    """Tells a client what it gave for its authentication."""
    said(socket, encode_event(connect.namespace, "auth", [connect.auth]))


def message_back(socket: Session, event: Event) -> None:
    """The same as an event."""
    said(socket, encode_event(event.namespace, "message-back", event.arguments()))


def acknowledged(socket: Session, event: Event) -> None:
    """The same as an acknowledgement."""
    if event.address:
        said(socket, encode_ack(event.address, event.arguments()))


@asynccontextmanager
async def serving(port: int) -> AsyncIterator[int]:
    """Both echoes on 127.0.0.1 and ::1; yields the port."""
    handlers = Handlers({"message": message_back, "message-with-ack": acknowledged}, connected)
    engines = [
        SocketServer(LIMITS, handlers, Anyone()).engine,
        EngineServer(LIMITS, EngineEcho(), Anyone(), path="/engine.io/"),
    ]
    app = web.Application()
    for engine in engines:
        engine.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    server: Any = runner.server
    reception = PendingConnections(engines, connection.factory(server, HEADER_SECONDS), HEADER_SECONDS)
    engines[0].steps.append(reception.step)
    door = Listener(reception)
    _, port = await door.open("localhost", port)
    pulses = [asyncio.create_task(engine.pulse()) for engine in engines]
    try:
        yield port
    finally:
        door.close()
        reception.close()
        for pulse in pulses:
            pulse.cancel()
        for engine in engines:
            for session in list(engine.sessions.values()):
                session.drop()
        await runner.cleanup()


async def main(port: int) -> None:
    """Serves until it is interrupted."""
    async with serving(port) as found:
        sys.stdout.write(f"echo on http://localhost:{found}\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PORT", "3000"))))

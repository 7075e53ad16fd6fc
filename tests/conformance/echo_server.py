"""An echo application on our Socket.IO server, for the official protocol test suites.

    python -m tests.conformance.echo_server [PORT]

Socket.IO at `/socket.io/` (namespaces `/` and `/custom`: `message` comes back as `message-back`, `message-with-ack`
as its acknowledgement, the auth payload as `auth`) and bare Engine.IO at `/engine.io/` (every message comes back);
pings every 300 ms, 200 ms to answer, messages up to 1,000,000 bytes, one second to say CONNECT.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiohttp import web
from engineio.packet import MESSAGE, Packet

from beeplace.gateway.engine import EngineServer
from beeplace.gateway.session import Limits, Session
from beeplace.gateway.sockets import Handlers, SocketServer

PING_SECONDS, PATIENCE_SECONDS = 0.3, 0.2
LIMITS = Limits(bytes_per_message=1_000_000, connect_seconds=1.0)


class Anyone:
    """Every site may speak to an echo."""

    def __call__(self, origin: str, request: web.BaseRequest) -> bool:
        return bool(origin and request)

    def address(self, request: web.BaseRequest) -> str:
        """As the connection says."""
        return request.remote or ""


def socketio_echo() -> SocketServer:
    """The Socket.IO echo."""
    server = SocketServer(LIMITS, Handlers(), Anyone(), ping_interval=PING_SECONDS, ping_timeout=PATIENCE_SECONDS)

    def add(namespace: str) -> None:
        async def connect(sid: str, _environ: dict[str, Any], auth: Any = None) -> None:
            server.eio.own(server.emit("auth", auth or {}, to=sid, namespace=namespace))

        async def message(sid: str, *data: Any) -> None:
            await server.emit("message-back", data, to=sid, namespace=namespace)

        async def message_with_ack(_sid: str, *data: Any) -> tuple[Any, ...]:
            return data

        server.on("connect", connect, namespace=namespace)
        server.on("message", message, namespace=namespace)
        server.on("message-with-ack", message_with_ack, namespace=namespace)

    add("/")
    add("/custom")
    return server


def engineio_echo() -> EngineServer:
    """The bare Engine.IO echo."""
    server = EngineServer(async_mode="aiohttp", ping_interval=PING_SECONDS, ping_timeout=PATIENCE_SECONDS)

    def echo(session: Session, data: str | bytes) -> None:
        session.greeted = True
        session.push(Packet(MESSAGE, data))

    server.prepare(Limits(bytes_per_message=1_000_000), echo, Anyone())
    return server


async def serve(port: int) -> tuple[web.AppRunner, int, list[asyncio.Task[None]]]:
    """Starts both on 127.0.0.1; returns the runner, the port and the tasks that keep time."""
    app = web.Application()
    socketio, engineio = socketio_echo(), engineio_echo()
    socketio.attach(app)
    engineio.attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    pulses = [asyncio.create_task(server.pulse()) for server in (socketio.eio, engineio)]
    return runner, int(runner.addresses[0][1]), pulses


async def main() -> None:
    """Serves until it is interrupted."""
    _, port, pulses = await serve(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
    sys.stdout.write(f"echo on http://127.0.0.1:{port}\n")
    sys.stdout.flush()
    await asyncio.gather(*pulses)


if __name__ == "__main__":
    asyncio.run(main())

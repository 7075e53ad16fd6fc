"""The Socket.IO server: python-socketio's protocol on our Engine.IO sessions.

Events that are registered in `Handlers` reach their handler in the loop step in which they arrive, with a
callable that answers them; all others go the library's way. It knows nothing of BeePlace's events and can
serve any handlers. Private names of python-socketio are used here and nowhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import socketio
from aiohttp import web

from beeplace.gateway import strict_json
from beeplace.gateway.engine import EngineServer, EngineSocket, Limits, Violation


@dataclass(frozen=True, slots=True)
class Ack:
    """Answers one event, once."""

    socket: EngineSocket
    id: int

    def __call__(self, value: Any) -> None:
        self.socket.say(f"3{self.id}{strict_json.dumps([value])}")


Direct = Callable[[EngineSocket, Ack | None, list[Any]], None]


@dataclass
class Handlers:
    """Events that are handled in the loop step in which they arrive, by name."""

    events: dict[str, Direct] = field(default_factory=dict)
    connected: Callable[[EngineSocket, web.Request], None] = lambda socket, request: None
    left: Callable[[EngineSocket], None] = lambda socket: None


class SocketServer(socketio.AsyncServer):  # type: ignore[misc]  # socketio is untyped
    """A Socket.IO server on aiohttp, path `/socket.io/`. `handlers` are those of namespace `/`."""

    def __init__(self, limits: Limits, handlers: Handlers, **options: Any) -> None:
        super().__init__(
            async_mode="aiohttp",
            json=strict_json,
            async_handlers=False,
            monitor_clients=False,
            http_compression=False,
            logger=_silent("socketio"),
            engineio_logger=_silent("engineio"),
            max_http_buffer_size=limits.bytes_per_message,
            **options,
        )
        self.limits, self.direct = limits, handlers
        self.eio.prepare(limits, self._receive)
        self.on("connect", self._connected)
        self.on("disconnect", self._disconnected)

    def _engineio_server_class(self) -> type[EngineServer]:
        return EngineServer

    async def _receive(self, socket: EngineSocket, data: str) -> None:
        try:
            await self._handle_eio_message(socket.sid, data)
        except Violation:
            raise
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise Violation from error

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        if not isinstance(data, list) or not data or not isinstance(data[0], str):
            raise Violation
        if data[0] in self.reserved_events:
            raise Violation  # a client may not play our own connect and disconnect
        handler = self.direct.events.get(data[0]) if namespace in (None, "/") else None
        if handler is None:
            if self.limits.strict:
                raise Violation
            await super()._handle_event(eio_sid, namespace, id, data)
            return
        socket = self.eio.sockets.get(eio_sid)
        if socket is None or self.manager.sid_from_eio_sid(eio_sid, "/") is None:
            raise Violation
        handler(socket, None if id is None else Ack(socket, id), data[1:])

    async def _connected(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        if socket := self._socket(sid):
            self.direct.connected(socket, environ["aiohttp.request"])

    async def _disconnected(self, sid: str, reason: str = "") -> None:
        if socket := self._socket(sid):
            self.direct.left(socket)

    def _socket(self, sid: str) -> EngineSocket | None:
        found: EngineSocket | None = self.eio.sockets.get(self.manager.eio_sid_from_sid(sid, "/"))
        return found


def _silent(name: str) -> logging.Logger:
    """The library would log each malformed packet with a trace, at whatever rate a client sends them."""
    library = logging.getLogger(f"beeplace.{name}")
    library.setLevel(logging.CRITICAL)
    return library

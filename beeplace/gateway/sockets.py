"""The Socket.IO server: python-socketio's protocol on our Engine.IO sessions.

Events that are registered in `Handlers` reach their handler in the loop step in which they arrive, with a
callable that answers them; everything else goes the library's way, one packet after the other. It knows
nothing of BeePlace's events and can serve any handlers. Private names of python-socketio are used here and
nowhere else.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import socketio
from aiohttp import web

from beeplace.gateway import strict_json
from beeplace.gateway.engine import EngineServer, EngineSocket, Limits, Violation

_MOST_WAITING = 64  # packets of one client while an earlier one is being handled; more is a violation
_EVENT = re.compile(r"2(0|[1-9][0-9]{0,9})?(\[.*)", re.DOTALL)  # an event of namespace `/`, with or without an id
_FORGOTTEN: dict[str, Any] = {}  # stands for a request that is over

_Library: Any = socketio.AsyncServer  # its stubs know none of the private names


@dataclass(frozen=True, slots=True)
class Ack:
    """Answers one event, once."""

    socket: EngineSocket
    id: str

    def __call__(self, value: Any) -> None:
        self.socket.say(f"3{self.id}[{strict_json.dumps(value)}]")


Direct = Callable[[EngineSocket, Ack | None, list[Any]], None]


@dataclass(frozen=True, slots=True)
class Handlers:
    """Events of namespace `/` that are handled in the loop step in which they arrive, by name."""

    events: Mapping[str, Direct] = field(default_factory=dict)
    connected: Callable[[EngineSocket, web.Request], None] = lambda _socket, _request: None
    left: Callable[[EngineSocket], None] = lambda _socket: None


class SocketServer(_Library):  # type: ignore[misc]  # see above
    """A Socket.IO server on aiohttp, path `/socket.io/`."""

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

    # Receiving

    def _receive(self, socket: EngineSocket, data: str | bytes) -> None:
        """Handles a packet at once where that is possible, else after those before it. Raises Violation."""
        if isinstance(data, bytes) and self.limits.strict:
            raise Violation
        if socket.inbox is None and isinstance(data, str) and self._handle_directly(socket, data):
            return
        if socket.inbox is None:
            socket.inbox = deque()
            self.eio.own(self._work(socket))
        if len(socket.inbox) >= _MOST_WAITING:
            raise Violation
        socket.inbox.append(data)

    def _handle_directly(self, socket: EngineSocket, data: str) -> bool:
        found = _EVENT.fullmatch(data)
        if found is None or socket.owner is None:
            return False
        try:
            arguments = strict_json.loads(found[2])
        except strict_json.StrictJSONError as error:
            raise Violation from error
        handler = self.direct.events.get(arguments[0]) if arguments and isinstance(arguments[0], str) else None
        if handler is None:
            return False
        handler(socket, Ack(socket, found[1]) if found[1] else None, arguments[1:])
        return True

    async def _work(self, socket: EngineSocket) -> None:
        """The library's way, for one client, in order."""
        try:
            while socket.inbox:
                data = socket.inbox.popleft()
                if not (isinstance(data, str) and self._handle_directly(socket, data)):
                    await self._handle_eio_message(socket.sid, data)
        except Violation as violation:
            socket.kick(violation.code)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            socket.kick(Violation().code)
        finally:
            socket.inbox = None

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        if not isinstance(data, list) or not data or not isinstance(data[0], str):
            raise Violation
        if self.limits.strict or data[0] in self.reserved_events:
            raise Violation  # nobody may play our own connect and disconnect
        await super()._handle_event(eio_sid, namespace, id, data)

    # Coming and going

    async def _connected(self, sid: str, environ: dict[str, Any], _auth: Any = None) -> None:
        if socket := self._socket(sid):
            self.direct.connected(socket, environ["aiohttp.request"])
            self.environ[socket.sid] = _FORGOTTEN  # a request and its headers weigh more than all else of a client

    async def _disconnected(self, sid: str, _reason: str = "") -> None:
        if socket := self._socket(sid):
            self.direct.left(socket)
            socket.owner = None

    def _socket(self, sid: str) -> EngineSocket | None:
        found: EngineSocket | None = self.eio.sockets.get(self.manager.eio_sid_from_sid(sid, "/"))
        return found


def _silent(name: str) -> logging.Logger:
    """The library would log each malformed packet with a trace, at whatever rate a client sends them."""
    library = logging.getLogger(f"beeplace.{name}")
    library.setLevel(logging.CRITICAL)
    return library

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
from typing import Any, NamedTuple

import orjson
import socketio
from aiohttp import web
from socketio import base_manager

from beeplace.gateway import plain_json, strict_json
from beeplace.gateway.engine import EngineServer
from beeplace.gateway.handshake import Origins
from beeplace.gateway.session import NORMAL, Limits, Session, Violation

_MOST_WAITING = 64  # packets of one client while an earlier one is being handled; more is a violation
_EVENT = re.compile(r"2(0|[1-9][0-9]{0,9})?\[")  # how an event of namespace `/` begins, with or without an id
_NEEDED = re.compile(r"2(0|[1-9][0-9]{0,9})?\[|0(\{.{0,1024}\})?\Z|1\Z", re.DOTALL)  # all that our clients have to say
_FORGOTTEN: dict[str, Any] = {}  # stands for a request that is over

_Library: Any = socketio.AsyncServer  # its stubs know none of the private names
_Manager: Any = base_manager.BaseManager  # which AsyncManager makes coroutines of


class Ack(NamedTuple):
    """Answers one event, once."""

    socket: Session
    id: str

    def __call__(self, value: Any) -> None:
        self.socket.answer(self.id, orjson.dumps(value))

    def long(self, value: Any) -> None:
        """The same, where there may be a `Long` in the value."""
        self.socket.answer_in_pieces(self.id, plain_json.pieces(value))


Direct = Callable[[Session, Ack | None, list[Any]], None]


@dataclass(frozen=True, slots=True)
class Handlers:
    """Events of namespace `/` that are handled in the loop step in which they arrive, by name.

    `plain` is shown each event's text first, and says whether it has handled it.
    """

    events: Mapping[str, Direct] = field(default_factory=dict)
    plain: Callable[[Session, Ack | None, str], bool] = lambda _socket, _ack, _text: False
    connected: Callable[[Session, web.BaseRequest], None] = lambda _socket, _request: None
    left: Callable[[Session], None] = lambda _socket: None


class SocketServer(_Library):  # type: ignore[misc]  # see above
    """A Socket.IO server on aiohttp, path `/socket.io/`."""

    def __init__(self, limits: Limits, handlers: Handlers, origins: Origins, **options: Any) -> None:
        super().__init__(
            async_mode="aiohttp",
            json=strict_json if limits.strict else plain_json,
            async_handlers=False,
            monitor_clients=False,
            http_compression=False,
            logger=_silent("socketio"),
            engineio_logger=_silent("engineio"),
            max_http_buffer_size=limits.bytes_per_message,
            cors_allowed_origins=[],  # `origins` decides, before the library sees a request
            **options,
        )
        self.limits, self.direct = limits, handlers
        self.eio.prepare(limits, self._receive, origins)
        self.eio.opened = self._opened
        if handlers.events:
            self.on("connect", _everyone)

    def _engineio_server_class(self) -> type[EngineServer]:
        return EngineServer

    # Receiving

    def _receive(self, socket: Session, data: str | bytes) -> None:
        """Handles a packet at once where that is possible, else after those before it. Raises Violation."""
        if socket.closed:
            return
        if socket.inbox is None and isinstance(data, str) and self._handle_directly(socket, data):
            return
        if self.limits.strict and not (isinstance(data, str) and _NEEDED.match(data)):
            raise Violation
        if socket.inbox is None:
            socket.inbox = deque()
            self.eio.own(self._work(socket))
        if len(socket.inbox) >= _MOST_WAITING:
            raise Violation
        socket.inbox.append(data)

    def _handle_directly(self, socket: Session, data: str) -> bool:
        if socket.owner is None:
            return data == "0" and self._connect_directly(socket)
        found = _EVENT.match(data)
        if found is None:
            return False
        text = data[found.end() - 1 :]
        ack = Ack(socket, found[1]) if found[1] else None
        if self.direct.plain(socket, ack, text):
            return True
        try:
            arguments = strict_json.loads(text)
        except strict_json.StrictJSONError as error:
            raise Violation from error
        handler = self.direct.events.get(arguments[0]) if arguments and isinstance(arguments[0], str) else None
        if handler is None:
            return False
        handler(socket, ack, arguments[1:])
        return True

    async def _work(self, socket: Session) -> None:
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

    def _opened(self, eio_sid: str, environment: dict[str, Any]) -> None:
        self.environ[eio_sid] = environment

    def _connect_directly(self, socket: Session) -> bool:
        """CONNECT as nearly everyone says it: what the library does with it, in this step and with no handler."""
        if not self.direct.events or socket.greeted:
            return False
        sid = self.eio.generate_id()
        # Not into a room of its own, to which nobody would send: who leaves is looked for in every room.
        _Manager.basic_enter_room(self.manager, sid, "/", None, eio_sid=socket.sid)
        socket.say(f'0{{"sid":"{sid}"}}')
        self._greet(socket, "/")
        return True

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        socket: Session | None = self.eio.sockets.get(eio_sid)
        if socket is None or socket.closed:
            return
        if self.limits.strict and (socket.greeted or not _is_plain(data)):
            if not socket.greeted:
                socket.say('4{"message":"bad_auth","code":"bad_auth"}')
            raise Violation
        if (namespace or "/") not in self.handlers and namespace not in self.namespace_handlers:
            socket.say(f"4{namespace},{plain_json.dumps({'message': 'Invalid namespace'})}")
            return
        await super()._handle_connect(eio_sid, namespace, data)
        if self.manager.sid_from_eio_sid(eio_sid, namespace or "/"):
            self._greet(socket, namespace)

    def _greet(self, socket: Session, namespace: str | None) -> None:
        socket.greeted = True
        if self.direct.events and namespace in (None, "/"):
            self.direct.connected(socket, self.environ[socket.sid]["aiohttp.request"])
            self.environ[socket.sid] = _FORGOTTEN  # a request and its headers weigh more than all else of a client

    async def _handle_disconnect(self, eio_sid: str, namespace: str | None, reason: str | None = None) -> None:
        socket: Session | None = self.eio.sockets.get(eio_sid)
        if socket and socket.owner is not None and namespace in (None, "/"):
            self.direct.left(socket)
            socket.owner = None
        await super()._handle_disconnect(eio_sid, namespace, reason)
        if socket and self.limits.strict:
            socket.kick(NORMAL)  # there is one namespace, and nothing left to say


async def _everyone(_sid: str, _environ: dict[str, Any], _auth: Any = None) -> None:
    """Accepts whoever says CONNECT; the library asks for a handler."""


def _is_plain(auth: Any) -> bool:
    """Whether a CONNECT carries nothing, or a few strings."""
    return auth is None or (isinstance(auth, dict) and all(isinstance(v, str) for v in auth.values()))


def _silent(name: str) -> logging.Logger:
    """The library would log each malformed packet with a trace, at whatever rate a client sends them."""
    library = logging.getLogger(f"beeplace.{name}")
    library.setLevel(logging.CRITICAL)
    return library

"""The Socket.IO server: events reach their handlers by name, in the loop step in which they arrive.

Nothing here knows BeePlace's events: any handlers can be served. What the bytes mean is the business of
`wire/socketio.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from beeplace.gateway.connection.close_codes import NORMAL
from beeplace.gateway.connection.engineio_server import EngineServer, Refused
from beeplace.gateway.connection.handoff import Handoff
from beeplace.gateway.connection.handshake import OriginCheck
from beeplace.gateway.connection.limits import ConnectionLimits
from beeplace.gateway.connection.session import Session
from beeplace.gateway.wire import plain_json
from beeplace.gateway.wire.errors import ProtocolError
from beeplace.gateway.wire.socketio import Connect, Disconnect, Event, NamespaceRefused, connected


class Ack(NamedTuple):
    """Answers one event, once."""

    socket: Session
    address: str

    def __call__(self, value: Any) -> None:
        self.socket.answer(self.address, orjson.dumps(value))

    def long(self, value: Any) -> None:
        """The same, where there may be a `Long` in the value."""
        self.parts(plain_json.parted(value))

    def parts(self, text: plain_json.Parted) -> None:
        """The same, for JSON that is written already."""
        self.socket.answer_long(self.address, text)


Handler = Callable[[Session, Event], None]
Direct = Callable[[Session, Ack | None, list[Any]], None]


def direct(handle: Direct) -> Handler:
    """The handler of an event that is always wanted with its arguments, read from its JSON."""

    def handler(socket: Session, event: Event) -> None:
        handle(socket, Ack(socket, event.address) if event.address else None, event.arguments())

    return handler


@dataclass(frozen=True, slots=True)
class Handlers:
    """Events by name, and what is called when a client connects to a namespace and when it leaves the last one.

    The session has its handshake while the first `connected` of a client is called, and not later. An event without a
    handler is a protocol error.

    `packet` is offered each text packet of a client of the main namespace before anything is made of it, and returns
    whether it has handled it: an event that comes by the thousand is read in one piece there.
    """

    events: Mapping[str, Handler] = field(default_factory=dict)
    connected: Callable[[Session, Connect], None] = lambda _socket, _connect: None
    left: Callable[[Session], None] = lambda _socket: None
    packet: Callable[[Session, str], bool] = lambda _socket, _packet: False


class SocketServer:
    """A Socket.IO server on an Engine.IO server of its own."""

    def __init__(
        self,
        limits: ConnectionLimits,
        handlers: Handlers,
        origins: OriginCheck,
        *,
        kicked: Callable[[Session, int], None] = lambda _session, _code: None,
        refused: Refused = lambda _reason, _why: None,
        handoff: Handoff | None = None,
    ) -> None:
        self._handlers = handlers
        self._events, self._packet = dict(handlers.events), handlers.packet
        self._goes_on = limits.profile.without_namespace
        self.engine = EngineServer(limits, self, origins, kicked=kicked, refused=refused, handoff=handoff)

    def receive(self, session: Session, message: str | bytes) -> None:
        """Handles a message in this step. Raises ProtocolError."""
        machine = session.socketio
        if machine.expects_packet and type(message) is str and self._packet(session, message):
            return
        received = machine.receive(message)
        if isinstance(received, Event):
            handler = self._events.get(received.name)
            if handler is None:
                raise ProtocolError
            handler(session, received)
        elif isinstance(received, Connect):
            self._connect(session, received)
        elif isinstance(received, NamespaceRefused):
            session.say(received.answer)
        elif isinstance(received, Disconnect):
            self._disconnect(session, received)

    def _connect(self, session: Session, connect: Connect) -> None:
        # One id for both layers: a client sees no one's but its own, so there is nothing to keep apart.
        session.say(connected(connect.namespace, session.sid))
        self._handlers.connected(session, connect)
        session.request = None  # it weighs more than all else of a client
        session.greeted = True

    def _disconnect(self, session: Session, disconnect: Disconnect) -> None:
        if disconnect.last:
            self._handlers.left(session)
            if not self._goes_on:
                session.kick(NORMAL)

    def closed(self, session: Session) -> None:
        """The session is over; its client leaves, where it has connected and not left before."""
        if session.greeted and session.socketio.namespaces:
            self._handlers.left(session)

"""One Engine.IO session, over WebSocket or polling.

Over a WebSocket there is no task and no queue: what is sent is framed and written to the transport at once, in the
order it was said, and a shared message is framed, and compressed, once for everyone.
"""

from __future__ import annotations

import asyncio
from itertools import chain
from typing import Protocol

from aiohttp import web

from beeplace.gateway.connection.close_codes import (
    CUT,
    DRAINING,
    NORMAL,
    OUR_FAULT,
    PROTOCOL_VIOLATED,
    TOO_MANY,
    TOO_SLOW,
)
from beeplace.gateway.connection.limits import BURST_SECONDS, ConnectionLimits
from beeplace.gateway.connection.polling import Polling
from beeplace.gateway.connection.websocket import WebSocket
from beeplace.gateway.participants import Participant
from beeplace.gateway.wire import engineio, socketio
from beeplace.gateway.wire.deflate import COMPRESSED, around
from beeplace.gateway.wire.engineio import Packet, Pieces, Signal, State
from beeplace.gateway.wire.errors import ProtocolError
from beeplace.gateway.wire.frames import TEXT, frame, head
from beeplace.gateway.wire.plain_json import Parted
from beeplace.gateway.wire.shared_message import SharedMessage

_CLOSED, _OPENING, _PROBING, _WEBSOCKET = State.CLOSED, State.OPENING, State.PROBING, State.WEBSOCKET

__all__ = ["DRAINING", "PROTOCOL_VIOLATED", "TOO_MANY", "TOO_SLOW", "Session", "SharedMessage"]


class Host(Protocol):
    """What a session needs of its server."""

    limits: ConnectionLimits
    second: int  # of the loop's clock, as of the last pulse

    def receive(self, session: Session, message: str | bytes) -> None:
        """A message of the peer. Raises ProtocolError."""

    def end(self, session: Session) -> None:
        """The session is over."""

    def kicked(self, session: Session, code: int) -> None:
        """The session is about to be ended by us."""

    def keep_goodbye(self, session: Session) -> None:
        """The session is over, and no poll is held open that could bring what it was still told."""

    def open(self, session: Session) -> None:
        """The peer of a WebSocket says something before it was told that its session is open: that goes first."""

    def pong(self, session: Session) -> bool:
        """The peer answered a ping; False where it was not asked."""

    def ask(self, session: Session) -> None:
        """Asks the peer before its time whether it is there."""

    def asked(self, session: Session) -> bool:
        """Whether the peer has been asked and has not answered."""

    def failed(self, error: Exception) -> None:
        """A handler of ours failed."""


class DirectWriter(Protocol):
    """Who writes to a session's transport without asking it first."""

    def busy(self, session: Session) -> None:
        """It is to be asked before it is written to again."""

    def remove(self, session: Session) -> None:
        """The session is over."""


class Session:
    """`socketio` is the client's side of the layer above, `request` its handshake until it has connected there.

    Invariant: `owner` is there once the client has connected to the namespace, and not before. `greeted` says that
    the layer above knows the peer, which must happen in time.
    """

    __slots__ = (
        "__weakref__", "_engine", "_host", "_second", "_spent", "address", "follower", "greeted", "owner", "polling",
        "request", "sid", "socketio", "websocket", "wire",
    )  # fmt: skip

    owner: Participant

    def __init__(
        self,
        host: Host,
        sid: str,
        address: str,
        request: web.BaseRequest | None = None,
        state: State = State.POLLING,
    ) -> None:
        self._host = host
        self.sid, self.address = sid, address
        self.request = request
        self._second = self._spent = 0
        self._engine = engineio.EngineMachine(host.limits.profile, state)
        self.socketio = socketio.SocketMachine(host.limits.profile)
        self.greeted = False
        self.websocket: WebSocket | None = None
        self.wire: asyncio.Transport | None = None  # of a WebSocket that is in use
        self.polling = Polling() if state is State.POLLING else None
        self.follower: DirectWriter | None = None

    @property
    def closed(self) -> bool:
        """Whether it is over."""
        return self._engine.state is _CLOSED

    @property
    def upgraded(self) -> bool:
        """Whether a WebSocket is in use."""
        return self._engine.state is _WEBSOCKET

    @property
    def deflates(self) -> bool:
        """Whether its WebSocket takes compressed messages."""
        return self.websocket is not None and self.websocket.deflates

    @property
    def probing(self) -> bool:
        """Whether a WebSocket has to show yet that it works."""
        return self._engine.state is _PROBING

    # Sending

    def backlog(self) -> int:
        """Bytes written but not yet taken by the peer's connection; for polling, 1 kB for each message at least."""
        if self.wire:
            return self.wire.get_write_buffer_size()
        return self._engine.waiting_size + (self.polling.unwritten if self.polling else 0)

    def share(self, shared: SharedMessage) -> None:
        """Sends a message that others get too."""
        if self.wire and self.websocket:
            self.websocket.write(shared.deflated if self.websocket.deflates else shared.frame)
        else:
            self._put(shared.packet)

    def push(self, packet: Packet) -> None:
        """Sends one Engine.IO packet."""
        if self.wire and self.websocket:
            self.websocket.send(packet)
        else:
            self._put(packet)

    def say(self, data: str | bytes) -> None:
        """Sends one Socket.IO packet, such as `31[{"ok":true}]`, or an attachment of one."""
        self.push(f"4{data}" if isinstance(data, str) else data)

    def answer(self, address: str, value: bytes) -> None:
        """Acknowledges the event of this address with one value, as JSON."""
        if self.wire and self.websocket:
            self.websocket.send_text(b"43%b[%b]" % (address.encode(), value))
        else:
            self._put(f"43{address}[{value.decode()}]")

    def answer_long(self, address: str, value: Parted) -> None:
        """The same, for a value that is long and in parts the same for many, who share these parts compressed, too."""
        head = b"43%b[" % address.encode()
        if self.wire and self.websocket:
            if self.websocket.deflates and value.long and (packed := value.long.deflated):
                payload = around(head + value.before, packed, value.behind + b"]")
                if payload:
                    self.websocket.send_pieces(payload, TEXT | COMPRESSED)
                    return
            self.websocket.send_pieces([head, *value.pieces, b"]"])
        else:
            self._put((head, *value.pieces, b"]"))

    def _put(self, packet: Packet | Pieces) -> None:
        if not self.closed and not self._queue(packet):
            self.kick(TOO_SLOW)

    def _queue(self, packet: Packet | Pieces) -> bool:
        """For the poll that is held open, or the next one. False where too many wait."""
        if self.polling:
            self.polling.wake()
        return self._engine.queue(packet)

    def ask(self) -> None:
        """Asks now whether the peer is still there, unless it has been asked already."""
        self._host.ask(self)

    @property
    def asked(self) -> bool:
        """Whether it has been asked, and has not answered yet."""
        return self._host.asked(self)

    def ping(self) -> None:
        """Asks whether the peer is still there."""
        self.push(engineio.PING)

    async def poll(self) -> list[bytes]:
        """Waits until there is something for the peer, or the session is over; returns all of it as a payload, in
        pieces."""
        if self.polling and not self._engine.waiting:
            await self.polling.hold()
        return self._engine.take()

    # Receiving

    def admits(self) -> bool:
        """Counts a frame; one that finds the bucket empty ends the session.

        The bucket holds `BURST_SECONDS`' worth and is full at first: what counts is how much a peer says, and not how
        its network, which may hold back seconds of it and bring them at once, bunches that.
        """
        limit = self._host.limits.frames_per_second
        if self._second != (now := self._host.second):
            self._spent = max(0, self._spent - limit * (now - self._second))
            self._second = now
        self._spent += 1
        if self._spent <= limit * BURST_SECONDS:
            return True
        self.kick(TOO_MANY)
        return False

    def heard(self, message: str | bytes) -> None:
        """A message of the WebSocket."""
        try:
            if self._engine.state is not _WEBSOCKET and self._not_in_use(message):
                return
            if isinstance(received := self._engine.receive(message), (str, bytes)):
                self._host.receive(self, received)
            else:
                self._signal(received)
        except ProtocolError as error:
            self.refuse(error)
        except Exception as error:
            self._fail(error)

    def take(self, packet: Packet) -> None:
        """A packet of a poll. Raises ProtocolError."""
        received = self._engine.receive(packet)
        if isinstance(received, Signal):
            self._signal(received)
            return
        try:
            self._host.receive(self, received)
        except ProtocolError:
            raise
        except Exception as error:
            self._fail(error)

    def _signal(self, signal: Signal) -> None:
        if signal is Signal.PONG:
            if not self._host.pong(self):
                raise ProtocolError
        else:
            self._queue(engineio.NOOP)  # ends a poll that is held open
            self.kick(NORMAL)

    def refuse(self, error: ProtocolError) -> None:
        """Ends the session for what the peer did."""
        if error.answer:
            self.say(error.answer)
        self.kick(error.code)

    def _fail(self, error: Exception) -> None:
        """A handler of ours failed: this session ends, and the others go on."""
        self._host.failed(error)
        self.kick(OUR_FAULT)

    def broke(self, code: int) -> None:
        """The WebSocket sent what no WebSocket sends."""
        self.kick(code)

    def busy(self) -> None:
        """The WebSocket's transport has something to write, or closes."""
        if self.follower:
            self.follower.busy(self)

    # Becoming a WebSocket

    def begin(self, websocket: WebSocket, answer: bytes, packet: Packet | None = None) -> None:
        """A new session on a WebSocket: sends the answer to the handshake, and in one piece with it the packet that
        opens the session; without one, `open` is to follow."""
        self.websocket, self.wire = websocket, websocket.transport
        if packet is not None and self._engine.open():
            answer += frame(packet)
        websocket.transport.write(answer)

    def open(self, packet: Packet) -> None:
        """Sends the packet that opens the session, unless that was done, or the session is over."""
        if self._engine.open() and self.websocket:
            self.websocket.send(packet)

    def _not_in_use(self, message: str | bytes) -> bool:
        """Whether a message ends here, since the WebSocket is not in use yet, or not any more."""
        if self._engine.state is _PROBING:
            self._probe(message)
            return True
        if self._engine.state is _OPENING:
            self._host.open(self)
        return False

    def use(self, websocket: WebSocket) -> None:
        """From here on everything goes to the WebSocket, what still waits for a poll first."""
        self.websocket, self.polling = websocket, None
        if waiting := self._engine.upgrade():
            websocket.transport.writelines(list(chain.from_iterable(map(_framed, waiting))))
        self.wire = websocket.transport

    def probe(self, websocket: WebSocket) -> bool:
        """A polling session may move over, once the new connection has proved that it works. False where it cannot."""
        if not self._engine.begin_probe():
            return False
        self.websocket = websocket
        return True

    def _probe(self, message: str | bytes) -> None:
        signal = self._engine.receive_probe(message)
        if self.websocket is None:
            return
        if signal is Signal.UPGRADE:
            polling = self.polling
            self.use(self.websocket)
            if polling:
                polling.wake()
        else:
            self.websocket.send(engineio.PROBED)
            if self.polling:
                self.polling.wake()

    # Ending

    def kick(self, code: int) -> None:
        """Ends the session with a close code; what cannot be written soon is dropped."""
        if not self.closed:
            self._host.kicked(self, code)
        if self.websocket:
            self.websocket.close(code)
        untold = bool(self._engine.waiting)
        if code != NORMAL:
            self._queue(engineio.CLOSE)
        if code == TOO_SLOW and self.polling:
            self.polling.abort()
        elif untold and code != NORMAL and self.polling and not self.polling.held:
            self._host.keep_goodbye(self)
        self._over()

    def end_polls(self) -> None:
        """Ends the session for two polls at once: the one that is held open hears so."""
        self._queue(engineio.CLOSE)
        self.drop()

    def drop(self) -> None:
        """Ends the session at once and without a word, whatever still waits to be written."""
        if not self.closed:
            self._host.kicked(self, CUT)
        if self.websocket:
            self.websocket.transport.abort()
        if self.polling:
            self.polling.abort()
        self._over()

    def ended(self) -> None:
        """The WebSocket is no more: the session with it, unless it was only a probe that failed."""
        if self.probing:
            self.websocket = None
            self._engine.end_probe()
        else:
            self._over()

    def _over(self) -> None:
        if not self.closed:
            self._engine.close()
            try:
                if self.follower:
                    self.follower.remove(self)
            except Exception as error:  # of any handler: the session is freed all the same
                self._host.failed(error)
            self.wire = self.websocket = self.request = None
            if self.polling:
                self.polling.wake()
            self._host.end(self)


def _framed(packet: Packet | Pieces) -> list[bytes]:
    """A packet that waited for a poll, for a WebSocket."""
    return [head(sum(map(len, packet)), TEXT), *packet] if isinstance(packet, tuple) else [frame(packet)]

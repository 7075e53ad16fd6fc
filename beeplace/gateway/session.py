"""One Engine.IO session, over WebSocket or polling.

Over a WebSocket there is no task, no queue and no compression: what is sent is framed and written to the
transport at once, in the order it was said, and a shared message is framed once for everyone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from engineio.packet import CLOSE, MESSAGE, NOOP, PING, Packet

from beeplace.gateway.frames import frame
from beeplace.gateway.polling import Polling
from beeplace.gateway.websocket import WebSocket

NORMAL, PROTOCOL_VIOLATED, TOO_SLOW, TOO_MANY, DRAINING = 1000, 4400, 4408, 4429, 4503


class Violation(Exception):
    """The peer broke the protocol."""

    def __init__(self, code: int = PROTOCOL_VIOLATED) -> None:
        super().__init__()
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """What one peer may do, and how long it may take.

    `strict` goes beyond the protocol: whatever the application does not need breaks it.
    """

    handshakes_per_second: int = 1_000_000
    frames_per_second: int = 1_000_000
    bytes_per_message: int = 1_000_000
    connect_seconds: float = 45.0
    polling: bool = True
    strict: bool = False


class Shared:
    """One message for many sockets, framed once. `data` is a Socket.IO packet, such as `2["u","1,2,3"]`."""

    __slots__ = ("frame", "packet")

    def __init__(self, data: str) -> None:
        self.packet = Packet(MESSAGE, data)
        self.frame = frame(f"4{data}")


class Host(Protocol):
    """What a session needs of its server."""

    limits: Limits
    second: int  # of the loop's clock, as of the last pulse
    receive: Callable[[Session, str | bytes], None]

    def end(self, session: Session) -> None:
        """The session is over."""

    def kicked(self, session: Session, code: int) -> None:
        """The session is about to be ended by us."""

    def pong(self, session: Session) -> bool:
        """The peer answered a ping; False where it was not asked."""


class Follower(Protocol):
    """Who writes to a session's transport without asking it first."""

    def busy(self, session: Session) -> None:
        """It is to be asked before it is written to again."""

    def remove(self, session: Session) -> None:
        """The session is over."""


class Session:
    """`owner`, `inbox` and `session` belong to the layers above; `greeted` says that one of them knows the peer."""

    __slots__ = (
        "__weakref__", "_host", "_second", "_spent", "address", "closed", "follower", "greeted", "inbox", "owner",
        "polling", "probing", "session", "sid", "upgraded", "websocket", "wire",
    )  # fmt: skip

    def __init__(self, host: Host, sid: str, address: str) -> None:
        self._host = host
        self.sid, self.address = sid, address
        self._second = self._spent = 0
        self.closed = self.greeted = self.upgraded = self.probing = False
        self.websocket: WebSocket | None = None
        self.wire: asyncio.Transport | None = None  # of a WebSocket that is in use
        self.polling: Polling | None = Polling()
        self.follower: Follower | None = None
        self.owner: Any = None
        self.inbox: Any = None
        self.session: Any = None

    # Sending

    def backlog(self) -> int:
        """Bytes written but not yet taken by the peer's connection; for polling, 1 kB for each message at least."""
        if self.wire:
            return self.wire.get_write_buffer_size()
        return self.polling.size if self.polling else 0

    def share(self, shared: Shared) -> None:
        """Sends a message that others get too."""
        if self.wire and self.websocket:
            self.websocket.write(shared.frame)
        else:
            self._put(shared.packet)

    def push(self, packet: Packet) -> None:
        """Sends one Engine.IO packet."""
        if self.wire and self.websocket:
            self.websocket.send(packet.encode())
        else:
            self._put(packet)

    def say(self, data: str) -> None:
        """Sends one Socket.IO packet, such as `31[{"ok":true}]`."""
        if self.wire and self.websocket:
            self.websocket.send(f"4{data}")
        else:
            self._put(Packet(MESSAGE, data))

    def answer(self, event: str, value: bytes) -> None:
        """Acknowledges the event of this id with one value, as JSON."""
        if self.wire and self.websocket:
            self.websocket.send_text(b"43%b[%b]" % (event.encode(), value))
        else:
            self._put(Packet(MESSAGE, f"3{event}[{value.decode()}]"))

    def answer_in_pieces(self, event: str, value: list[bytes]) -> None:
        """The same, for a value that is long and in parts the same for many."""
        if self.wire and self.websocket:
            self.websocket.send_pieces([b"43%b[" % event.encode(), *value, b"]"])
        else:
            self._put(Packet(MESSAGE, f"3{event}[{b''.join(value).decode()}]"))

    def _put(self, packet: Packet) -> None:
        if self.polling and not self.closed and not self.polling.put(packet):
            self.kick(TOO_SLOW)

    async def send(self, pkt: Packet) -> None:
        """The library's name for `push`."""
        self.push(pkt)

    def ping(self) -> None:
        """Asks whether the peer is still there."""
        self.push(Packet(PING))

    # Receiving

    def admits(self) -> bool:
        """Counts a frame; one too many in a second ends the session."""
        if self._second != self._host.second:
            self._second, self._spent = self._host.second, 0
        self._spent += 1
        if self._spent <= self._host.limits.frames_per_second:
            return True
        self.kick(TOO_MANY)
        return False

    def heard(self, message: str | bytes) -> None:
        """A message of the WebSocket."""
        try:
            if self.probing:
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
            self._host.receive(self, message)
        elif message[0] == "4":
            self._host.receive(self, message[1:])
        elif message == "3":
            if not self._host.pong(self) and self._host.limits.strict:
                raise Violation
        elif message == "1":
            if self.polling:
                self.polling.put(Packet(NOOP))  # ends a poll that is held open
            self.kick(NORMAL)
        else:
            raise Violation

    def broke(self, code: int) -> None:
        """The WebSocket sent what no WebSocket sends."""
        self.kick(code)

    def busy(self) -> None:
        """The WebSocket's transport has something to write, or closes."""
        if self.follower:
            self.follower.busy(self)

    # Becoming a WebSocket

    def use(self, websocket: WebSocket, answer: bytes = b"") -> None:
        """From here on everything goes to the WebSocket, what still waits for a poll first.

        `answer`, to the handshake, goes with it in one piece: a system call less for each who comes.
        """
        self.websocket, self.upgraded, self.probing = websocket, True, False
        polling, self.polling = self.polling, None
        waiting = [packet.encode() for packet in polling.waiting if packet.packet_type != NOOP] if polling else []
        websocket.transport.write(answer + b"".join(map(frame, waiting)))
        self.wire = websocket.transport

    def probe(self, websocket: WebSocket) -> None:
        """A polling session may move over, once the new connection has proved that it works."""
        self.websocket, self.probing = websocket, True

    def _probe(self, message: str | bytes) -> None:
        if self.websocket is None or message not in ("2probe", "5"):
            raise Violation
        if message == "5":
            self.use(self.websocket)
            return
        self.websocket.send("3probe")
        if self.polling and not self.polling.waiting:
            self.polling.put(Packet(NOOP))  # ends the poll that is held open, or the next one

    # Ending

    def kick(self, code: int) -> None:
        """Ends the session with a close code; what cannot be written soon is dropped."""
        if not self.closed:
            self._host.kicked(self, code)
        if self.websocket:
            self.websocket.close(code)
        if self.polling and code != NORMAL:
            self.polling.put(Packet(CLOSE))
        self._over()

    def drop(self) -> None:
        """Ends the session at once, whatever still waits to be written."""
        if self.websocket:
            self.websocket.transport.abort()
        self._over()

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: ARG002
        """The library's name for `kick`."""
        if self.polling and not abort:
            self.polling.put(Packet(CLOSE))
        self.kick(NORMAL)

    def ended(self) -> None:
        """The WebSocket is no more: the session with it, unless it was only a probe that failed."""
        if self.probing:
            self.websocket, self.probing = None, False
        else:
            self._over()

    def _over(self) -> None:
        if not self.closed:
            self.closed = True
            if self.follower:
                self.follower.remove(self)
            self.wire = self.websocket = None
            if self.polling:
                self.polling.wake()
            self._host.end(self)

"""Engine.IO 4, the server's side: packets, payloads of long-polling, and on which transport a session is."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from enum import Enum

from beeplace.gateway.wire.errors import ProtocolError
from beeplace.gateway.wire.profile import Profile

OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"
PROBE, PROBED = "2probe", "3probe"
SEPARATOR = "\x1e"  # between the packets of a payload
_SEPARATING = SEPARATOR.encode()
_LEAST_SIZE = 1_024

Packet = str | bytes  # a text packet with its type in front, or the bytes of a binary message
Pieces = tuple[bytes, ...]  # a text packet that is encoded already, and shared with others


class State(Enum):
    """Where a session's packets go."""

    POLLING = "to the next poll"
    PROBING = "to the next poll, while a WebSocket shows that it works"
    OPENING = "to its WebSocket, behind the packet that opens the session, which is still to be sent"
    WEBSOCKET = "to its WebSocket"
    CLOSED = "nowhere"


class Signal(Enum):
    """A packet that is no message."""

    PONG = "the peer is there"
    CLOSE = "the peer closes the session"
    PROBE = "the WebSocket works; answer `PROBED` there"
    UPGRADE = "everything goes to the WebSocket from here on"


def opening(sid: str, *, upgrade: bool, promises: str) -> str:
    """The packet that opens a session; `promises` is the part that is the same for all, as `promised` makes it."""
    upgrades = '"websocket"' if upgrade else ""
    return f'0{{"sid":"{sid}","upgrades":[{upgrades}],{promises}}}'


def promised(ping_interval_ms: int, ping_timeout_ms: int, max_payload: int) -> str:
    """What a server promises every session."""
    return f'"pingInterval":{ping_interval_ms},"pingTimeout":{ping_timeout_ms},"maxPayload":{max_payload}'


def encode_payload(packets: Iterable[Packet]) -> str:
    """The body of a poll's answer."""
    return SEPARATOR.join([p if isinstance(p, str) else "b" + base64.b64encode(p).decode() for p in packets])


def decode_payload(body: str) -> Iterator[Packet]:
    """The packets of a POST, as a WebSocket would bring them. Raises ProtocolError."""
    for packet in body.split(SEPARATOR):
        if not packet.startswith("b"):
            yield packet
            continue
        try:
            yield base64.b64decode(packet[1:], validate=True)
        except ValueError as error:
            raise ProtocolError from error


class EngineMachine:
    """One session: its state, and the packets that wait for its next poll."""

    __slots__ = ("_profile", "state", "waiting", "waiting_size")

    def __init__(self, profile: Profile, state: State) -> None:
        self._profile = profile
        self.state = state
        self.waiting: list[Packet | Pieces] | tuple[()] = [] if state is State.POLLING else ()
        self.waiting_size = 0  # in characters or bytes; the shortest packet counts as 1,024

    # Receiving

    def receive(self, packet: Packet) -> Packet | Signal:
        """The message in a packet of the session's transport, or what else it says. Raises ProtocolError."""
        if isinstance(packet, str) and packet[:1] == MESSAGE:
            return packet[1:]
        if isinstance(packet, bytes):
            if not self._profile.max_attachments:
                raise ProtocolError
            return packet
        if packet == PONG:
            return Signal.PONG
        if packet == CLOSE:
            return Signal.CLOSE
        raise ProtocolError

    def receive_probe(self, packet: Packet) -> Signal:
        """What a packet of the WebSocket says that the session may move to. Raises ProtocolError."""
        if packet == PROBE:
            if not self.waiting:
                self.queue(NOOP)  # ends the poll that is held open, or the next one
            return Signal.PROBE
        if packet == UPGRADE:
            return Signal.UPGRADE
        raise ProtocolError

    # Sending to polls

    def queue(self, packet: Packet | Pieces) -> bool:
        """Keeps a packet for the next poll. False where too many wait already."""
        if isinstance(self.waiting, tuple):
            return True  # there will be no poll
        self.waiting.append(packet)
        size = sum(map(len, packet)) if isinstance(packet, tuple) else len(packet)
        self.waiting_size += max(_LEAST_SIZE, size)
        return len(self.waiting) <= self._profile.max_waiting

    def take(self) -> list[bytes]:
        """The payload for a poll, in pieces: all that waits, and NOOP for one that was held open through an upgrade."""
        if isinstance(self.waiting, tuple):
            return [NOOP.encode()]
        packets, self.waiting, self.waiting_size = self.waiting, [], 0
        payload: list[bytes] = []
        for packet in packets:
            payload += packet if isinstance(packet, tuple) else (encode_payload((packet,)).encode(),)
            payload.append(_SEPARATING)
        return payload[:-1]

    # Moving to a WebSocket

    def begin_probe(self) -> bool:
        """A WebSocket came for the session. False where it has one already, or one that is being probed."""
        if self.state is not State.POLLING:
            return False
        self.state = State.PROBING
        return True

    def end_probe(self) -> None:
        """The WebSocket went before it was in use."""
        if self.state is State.PROBING:
            self.state = State.POLLING

    def upgrade(self) -> list[Packet | Pieces]:
        """The WebSocket is the transport from here on. Returns what waited for a poll and goes there now."""
        self.state = State.WEBSOCKET
        waiting, self.waiting, self.waiting_size = self.waiting, (), 0
        return [packet for packet in waiting if packet != NOOP]

    def open(self) -> bool:
        """The packet that opens a session on its WebSocket is about to be sent. False where it was, or is too late."""
        if self.state is not State.OPENING:
            return False
        self.state = State.WEBSOCKET
        return True

    def close(self) -> None:
        """Nothing is received or sent any more, but what waits for the last poll."""
        self.state = State.CLOSED

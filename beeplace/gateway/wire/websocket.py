"""The server's side of one WebSocket connection (RFC 6455) behind its handshake: bytes in, events and bytes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from beeplace.gateway.wire.deflate import COMPRESSED, inflated
from beeplace.gateway.wire.errors import INVALID_TEXT, PROTOCOL_ERROR, TOO_BIG, ProtocolError
from beeplace.gateway.wire.frames import CLOSE, PING, PONG, TEXT, Frame, close_frame, frame, lone_text, parse

MAX_FRAGMENTS = 64
NO_STATUS = 1000  # what a close frame without a code is answered with
_STANDARD_CODES = frozenset((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014))


class ControlKind(Enum):
    """What came in that is no message."""

    FRAGMENT = "a part of a message that is not whole yet"
    PING = "a ping"
    PONG = "a pong"
    CLOSE = "the peer closes"
    ERROR = "the peer broke the protocol"


@dataclass(frozen=True, slots=True)
class Control:
    """What came in that is no message, with the bytes that answer it: a pong, or a close frame with `code`."""

    kind: ControlKind
    answer: bytes = b""
    code: int = 0


Incoming = str | bytes | Control  # a whole text message, a whole binary message, or what is none
_FRAGMENT, _PONG = Control(ControlKind.FRAGMENT), Control(ControlKind.PONG)


class WebSocketMachine:
    """Invariant: nothing is kept of the peer's bytes but an unfinished frame and an unfinished message.

    A message of more than `max_bytes`, also once it is inflated, or of more than 64 fragments is an error with 1009.
    `deflates` says that permessage-deflate was agreed on.
    """

    __slots__ = ("_compressed", "_fragments", "_max_bytes", "_opcode", "_rest", "closing", "deflates")

    def __init__(self, max_bytes: int, *, deflates: bool = False) -> None:
        self._max_bytes = max_bytes
        self.deflates = deflates
        self._rest = b""
        self._fragments: list[bytes] | None = None
        self._opcode, self._compressed = 0, False  # of that message
        self.closing = False  # a close frame was sent: what comes in until the peer's is passed over

    def short_text(self, data: bytes) -> str | None:
        """The message where `data` is one short text frame, as nearly always; None for all else: call `receive`."""
        if self._rest or self._fragments is not None or self.closing:
            return None
        payload = lone_text(data, self._max_bytes)
        if payload is None and self.deflates:
            payload = self._lone_compressed(data)
        return payload.decode() if payload is not None and payload.isascii() else None

    def _lone_compressed(self, data: bytes) -> bytes | None:
        payload = lone_text(data, self._max_bytes, 0x80 | COMPRESSED | TEXT)
        try:
            return None if payload is None else inflated(payload, self._max_bytes)
        except ProtocolError:  # which `receive` answers
            return None

    def receive(self, data: bytes) -> Iterator[Incoming]:
        """One event for each frame, read when it is asked for. The last one may be a CLOSE or an ERROR."""
        data = self._rest + data if self._rest else data
        at = 0
        try:
            reserved = COMPRESSED if self.deflates else 0
            while found := parse(data, at, self._max_bytes, reserved):
                at = found.end
                event = self._event(found)
                if event is not None:
                    yield event
                if found.opcode == CLOSE:
                    break
            self._rest = data[at:] if at else data
        except ProtocolError as error:
            self._rest = b""
            yield Control(ControlKind.ERROR, self.close(error.code), error.code)

    def _event(self, found: Frame) -> Incoming | None:
        if found.opcode == CLOSE:
            code = _code_of_answer(found.payload)
            return Control(ControlKind.CLOSE, self.close(code), code)
        if self.closing:
            return None
        if found.opcode == PING:
            return Control(ControlKind.PING, frame(found.payload, PONG))
        if found.opcode == PONG:
            return _PONG
        if found.final and found.opcode and self._fragments is None:
            return self._message(found.opcode, found.payload, compressed=found.compressed)
        return self._fragment(found)

    def _fragment(self, found: Frame) -> Incoming:
        if (found.opcode == 0) is (self._fragments is None):
            raise ProtocolError(PROTOCOL_ERROR)  # a continuation of nothing, or a new message inside of another
        if self._fragments is None:
            self._fragments, self._opcode, self._compressed = [], found.opcode, found.compressed
        self._fragments.append(found.payload)
        if len(self._fragments) > MAX_FRAGMENTS or sum(map(len, self._fragments)) > self._max_bytes:
            raise ProtocolError(TOO_BIG)
        if not found.final:
            return _FRAGMENT
        whole, self._fragments = b"".join(self._fragments), None
        return self._message(self._opcode, whole, compressed=self._compressed)

    def _message(self, opcode: int, payload: bytes, *, compressed: bool) -> str | bytes:
        payload = inflated(payload, self._max_bytes) if compressed else payload
        try:
            return payload.decode() if opcode == TEXT else payload
        except UnicodeDecodeError as error:
            raise ProtocolError(INVALID_TEXT) from error

    def close(self, code: int) -> bytes:
        """The close frame with this code; nothing where one was sent before."""
        if self.closing:
            return b""
        self.closing = True
        return close_frame(code)


def _code_of_answer(payload: bytes) -> int:
    """RFC 6455, 5.5.1 and 7.4: the code that came, or the one of the error in the payload."""
    if not payload:
        return NO_STATUS
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not (code in _STANDARD_CODES or 3000 <= code < 5000):
        return PROTOCOL_ERROR
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        return INVALID_TEXT
    return code

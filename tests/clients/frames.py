"""WebSocket bytes as a client writes and reads them (RFC 6455), without I/O: the lowest layer of the test clients.

Nothing here comes from the server: it is a second reading of the standard, stricter than a browser's.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
FINAL = 0x80
COMPRESSED = 0x40  # RSV1, where permessage-deflate was agreed on
MASK = b"\x37\xfa\x21\x3d"  # of the standard's examples
NO_MASK = bytes(4)  # a mask of zeros: the payload goes out as it is
WHOLE = 1 << 63
SOCKET = "/socket.io/?EIO=4&transport=websocket"
ACCEPTED = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
_LENGTH_BYTES = {126: 2, 127: 8}
_OPCODES = (TEXT, BINARY, CLOSE, PING, PONG)


def upgrade_request(path: str = SOCKET, headers: Sequence[str] = (), host: str = "localhost") -> bytes:
    """A handshake with the standard's example key, which the server answers with `ACCEPTED`."""
    lines = [
        f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *headers, "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def masked(payload: bytes, first: int = FINAL | TEXT, mask: bytes = MASK) -> bytes:
    """One frame of a client, a whole text message by default. Fragments: TEXT, CONTINUATION, FINAL | CONTINUATION."""
    size = len(payload)
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 65_536:
        head = bytes((first, 0x80 | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((first, 0x80 | 127)) + size.to_bytes(8, "big")
    if mask == NO_MASK:
        return head + mask + payload
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return head + mask + (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the server. `payload` may be cut to what the reader keeps; `size` is its full length."""

    head: bytes
    payload: bytes
    size: int

    @property
    def opcode(self) -> int:
        """TEXT, BINARY, CLOSE, PING or PONG."""
        return self.head[0] & 15

    @property
    def message(self) -> bytes:
        """What the payload says, inflated where it is compressed: by itself, as the server keeps no context."""
        return zlib.decompressobj(-15).decompress(self.payload) if self.head[0] & COMPRESSED else self.payload

    @property
    def code(self) -> int:
        """Of a close frame."""
        return int.from_bytes(self.payload[:2], "big")

    @property
    def raw(self) -> bytes:
        """The bytes as they came."""
        return self.head + self.payload


class FrameReader:
    """Cuts a stream into frames, of which at most `keep` bytes each are kept.

    Raises AssertionError for what no server may send: masked or fragmented frames, unknown opcodes, a length that is
    not in its shortest form, reserved bits; `compressed` says that RSV1 was agreed on.
    """

    def __init__(self, keep: int = WHOLE) -> None:
        self._keep = keep
        self.compressed = False
        self._head = b""
        self._payload = bytearray()
        self._size = 0
        self._left: int | None = None  # bytes of the payload that are to come; None within a head

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole with these bytes."""
        frames: list[Frame] = []
        at = 0
        while at < len(data):
            if self._left is None:
                at = self._begin(data, at)
            if self._left is not None:
                at += self._take(data, at, self._left)
            if self._left == 0:
                frames.append(Frame(self._head, bytes(self._payload), self._size))
                self._head, self._left = b"", None
        return frames

    def _begin(self, data: bytes, at: int) -> int:
        """Takes a head, or the part of it that has come; the next position."""
        head = self._head + data[at : at + 10 - len(self._head)]
        size = _head_size(head) if len(head) > 1 else 2
        at += min(len(head), size) - len(self._head)
        self._head = head[:size]
        if len(self._head) == size and len(head) > 1:
            self._size = self._left = _payload_size(self._head, COMPRESSED if self.compressed else 0)
            self._payload = bytearray()
        return at

    def _take(self, data: bytes, at: int, left: int) -> int:
        taken = min(left, len(data) - at)
        room = min(taken, self._keep - len(self._payload))
        self._payload += data[at : at + room]
        self._left = left - taken
        return taken


def _head_size(head: bytes) -> int:
    return 2 + _LENGTH_BYTES.get(head[1], 0)


def _payload_size(head: bytes, reserved: int) -> int:
    assert head[0] & 0xF0 & ~reserved == FINAL, f"a fragment or reserved bits: {head!r}"
    assert head[0] & 15 in _OPCODES, f"an unknown opcode: {head!r}"
    assert head[1] < 128, f"a masked frame of a server: {head!r}"
    if head[1] < 126:
        return head[1]
    size = int.from_bytes(head[2:], "big")
    assert head[0] & 15 < CLOSE, f"a control frame that is too long: {head!r}"
    assert size >= (126 if head[1] == 126 else 65_536), f"a length that is not in its shortest form: {head!r}"
    return size

"""WebSocket frames as a server sends them (RFC 6455, section 5.2): unmasked, unfragmented, never compressed."""

from __future__ import annotations

import struct


def text_frame(payload: bytes) -> bytes:
    """One text frame with `payload`, which is UTF-8."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """A close frame; the reason has at most 123 bytes."""
    payload = struct.pack("!H", code) + reason.encode()[:123]
    return bytes((0x88, len(payload))) + payload

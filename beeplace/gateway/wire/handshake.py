"""The handshake of a WebSocket (RFC 6455, section 4.2), from headers to the answer."""

from __future__ import annotations

import hashlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from typing import NamedTuple

from beeplace.gateway.wire.deflate import agreed

VERSION = "13"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class HandshakeAnswer(NamedTuple):
    """The answer to a handshake, and whether permessage-deflate was agreed on."""

    answer: bytes
    deflates: bool


def is_upgrade(headers: Mapping[str, str]) -> bool:
    """Whether a request asks to become a WebSocket."""
    if headers.get("Connection") == "Upgrade" and headers.get("Upgrade") == "websocket":
        return True
    wishes = [wish.strip() for wish in headers.get("Connection", "").lower().split(",")]
    return "upgrade" in wishes and headers.get("Upgrade", "").lower() == "websocket"


def accept(headers: Mapping[str, str], *, deflate: bool = False) -> HandshakeAnswer | None:
    """The answer to a handshake; None where it is not one of version 13. `deflate` says whether messages may be
    compressed; no other extension is taken up."""
    key = headers.get("Sec-WebSocket-Key", "")
    try:
        whole = len(a2b_base64(key, strict_mode=True)) == 16
    except ValueError:
        whole = False
    if headers.get("Sec-WebSocket-Version") != VERSION or not whole:
        return None
    token = b2a_base64(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest(), newline=False)
    offers = headers.get("Sec-WebSocket-Extensions") if deflate else None
    extension = agreed(offers) if offers else None
    more = f"Sec-WebSocket-Extensions: {extension}\r\n".encode() if extension else b""
    return HandshakeAnswer(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + token + b"\r\n" + more + b"\r\n",
        extension is not None,
    )

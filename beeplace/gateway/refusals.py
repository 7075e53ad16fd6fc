"""How a handshake is refused, in the form in which python-engineio wants its answers."""

from __future__ import annotations

from typing import Any


def come_back() -> dict[str, Any]:
    """Too many handshakes: says when to come back."""
    headers = [("Content-Type", "text/plain"), ("Retry-After", "2")]
    return {"status": "503 SERVICE UNAVAILABLE", "headers": headers, "response": b"too many at once"}


def wrong_handshake() -> dict[str, Any]:
    """Not a WebSocket handshake of version 13."""
    headers = [("Content-Type", "text/plain"), ("Sec-WebSocket-Version", "13")]
    return {"status": "426 UPGRADE REQUIRED", "headers": headers, "response": b"WebSocket version 13 is spoken here"}

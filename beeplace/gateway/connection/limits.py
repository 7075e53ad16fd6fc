"""What one peer may do, how long it may take, and how much of the protocols is spoken with it."""

from __future__ import annotations

from dataclasses import dataclass

from beeplace.gateway.wire.profile import BEEPLACE, Profile


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """The defaults are the protocols' own; `app.py` gives those of BeePlace."""

    handshakes_per_second: int = 1_000_000
    frames_per_second: int = 1_000_000
    bytes_per_message: int = 1_000_000
    connect_seconds: float = 45.0  # until CONNECT
    ping_interval: float = 25.0
    ping_timeout: float = 20.0
    polling: bool = True
    profile: Profile = BEEPLACE

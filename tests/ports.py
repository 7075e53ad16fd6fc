"""Ports for servers that tests start."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

LOWEST = 10_000
HANDED_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now; a server can be started on it again and again.

    The system hands it out to no connection and to no server on port 0, which could be there when the test comes back.
    """
    lowest_handed_out = int(HANDED_OUT.read_text().split()[0])
    while True:
        port = LOWEST + secrets.randbelow(lowest_handed_out - LOWEST) if lowest_handed_out > 2 * LOWEST else 0
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:  # somebody has it
                continue
            taken: int = listener.getsockname()[1]
            return taken

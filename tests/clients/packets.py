"""Engine.IO 4 and Socket.IO 5 packets as text, without I/O, written and read as their specifications say."""

from __future__ import annotations

import json
from typing import Any

OPEN, CLOSE, PING, PONG, UPGRADE = "0", "1", "2", "3", "5"
CONNECT, DISCONNECT, EVENT, ACK = "40", "41", "42", "43"
SEPARATOR = "\x1e"  # between the packets of one payload of long-polling


def event(name: str, *arguments: Any, number: int | None = None) -> str:
    """An event; with a number its answer is asked for."""
    return literal_event(name, ",".join(json.dumps(one, separators=(",", ":")) for one in arguments), number)


def literal_event(name: str, arguments: str, number: int | None = None) -> str:
    """An event whose arguments are JSON text already, right or wrong."""
    return f'{EVENT}{"" if number is None else number}["{name}"{"," if arguments else ""}{arguments}]'


def read_event(text: str) -> list[Any]:
    """Name and arguments of an event of the server."""
    found = json.loads(text[len(EVENT) :])
    assert isinstance(found, list), text
    assert isinstance(found[0], str), text
    return found


def read_answer(text: str) -> tuple[int, Any]:
    """Which acknowledgement it is, and its one argument."""
    digits = text[len(ACK) : text.index("[")]
    (answer,) = json.loads(text[len(ACK) + len(digits) :])
    return int(digits), answer

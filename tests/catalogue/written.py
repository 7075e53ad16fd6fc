"""Frames as the catalogue writes them down: what kind, what in it, how often.

text 42["x"]      a whole message           binary 00ff       the same, in hexadecimal
ping / pong abc   control frames            close 1005 why    a close frame, with its code as it is
part a, more b, last c                      a message in fragments
raw 8185...       bytes as they are         fin               nothing more will come
1000 x text 3     the same a thousand times
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.catalogue.rows import expanded
from tests.clients.frames import BINARY, CLOSE, PING, PONG, TEXT, masked

_TIMES = re.compile(r"(\d+) x (.*)", re.DOTALL)


def _close(what: str) -> bytes:
    code, _, why = what.partition(" ")
    return masked((int(code).to_bytes(2, "big") if code else b"") + why.encode(), 0x80 | CLOSE)


_KINDS: dict[str, Callable[[str], bytes]] = {
    "text": lambda what: masked(what.encode("utf-8", "surrogateescape")),
    "binary": lambda what: masked(bytes.fromhex(what), 0x80 | BINARY),
    "ping": lambda what: masked(what.encode(), 0x80 | PING),
    "pong": lambda what: masked(what.encode(), 0x80 | PONG),
    "close": _close,
    "part": lambda what: masked(what.encode("utf-8", "surrogateescape"), TEXT),
    "more": lambda what: masked(what.encode("utf-8", "surrogateescape"), 0),
    "last": lambda what: masked(what.encode("utf-8", "surrogateescape"), 0x80),
    "raw": bytes.fromhex,
}


def written(line: str) -> bytes:
    """The bytes of one line."""
    if found := _TIMES.fullmatch(line):
        return int(found[1]) * written(found[2])
    kind, _, what = line.partition(" ")
    return _KINDS[kind](expanded(what))

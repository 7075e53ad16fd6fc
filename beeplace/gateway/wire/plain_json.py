"""JSON by orjson: the shortest text, and pieces of what is long and the same for many."""

from __future__ import annotations

from typing import Any

import orjson


class Long:
    """JSON text, in pieces, that many are sent, and that is too long to be copied for each of them."""

    __slots__ = ("pieces",)

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces

    @property
    def text(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces)


_LONG = "\0"  # stands for it while the rest is written, which has no such string
_LONG_TEXT = orjson.dumps(_LONG)


def dumps(value: Any) -> str:
    """The shortest JSON text; `orjson.Fragment` stands for text that is already JSON."""
    return orjson.dumps(value).decode()


def pieces(value: Any) -> list[bytes]:
    """The shortest JSON text of a value with one `Long` in it at most, whose pieces are left as they are."""
    found: list[tuple[bytes, ...]] = []

    def keep(long: Long) -> str:
        found.append(long.pieces)
        return _LONG

    text = orjson.dumps(value, default=keep)
    if not found:
        return [text]
    before, _, behind = text.partition(_LONG_TEXT)
    return [before, *found[0], behind]

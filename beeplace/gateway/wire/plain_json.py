"""JSON by orjson: the shortest text, and pieces of what is long and the same for many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from beeplace.gateway.wire.deflate import LARGE_BYTES, CompressedText


class Long:
    """JSON text, in pieces, that many are sent, and that is too long to be copied for each of them.

    It is compressed once for all who take it so: when the first of them is sent it, or, where it is large, by `pack`.
    """

    __slots__ = ("_deflated", "pieces")

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self._deflated: bytes | None = None

    @property
    def text(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces)

    @property
    def size(self) -> int:
        """Bytes, of all forms that there are."""
        return sum(map(len, self.pieces)) + len(self._deflated or b"")

    @property
    def is_large(self) -> bool:
        """Whether it is compressed by `pack` alone."""
        return sum(map(len, self.pieces)) > LARGE_BYTES

    @property
    def is_packed(self) -> bool:
        """Whether it has been compressed."""
        return self._deflated is not None

    @property
    def deflated(self) -> bytes | None:
        """Blocks of a deflate stream, for a message; None where it is large and has not been packed."""
        if self._deflated is None and not self.is_large:
            for _ in self.pack():
                pass
        return self._deflated

    def pack(self) -> Iterator[None]:
        """Compresses it, in short steps."""
        if self._deflated is None:
            compressed = CompressedText()
            for piece in self.pieces:
                yield from compressed.add(piece)
            self._deflated = compressed.end()


class Parted(NamedTuple):
    """JSON text that has one `Long` in it at most: what is before it, it, and what is behind."""

    before: bytes
    long: Long | None = None
    behind: bytes = b""

    @property
    def pieces(self) -> list[bytes]:
        """All of the text, uncopied."""
        return [self.before, *self.long.pieces, self.behind] if self.long else [self.before]


_LONG = "\0"  # stands for it while the rest is written, which has no such string
_LONG_TEXT = orjson.dumps(_LONG)


def dumps(value: Any) -> str:
    """The shortest JSON text; `orjson.Fragment` stands for text that is already JSON."""
    return orjson.dumps(value).decode()


def parted(value: Any) -> Parted:
    """The shortest JSON text of a value with one `Long` in it at most."""
    found: list[Long] = []

    def keep(long: Long) -> str:
        if not isinstance(long, Long):
            raise TypeError
        found.append(long)
        return _LONG

    text = orjson.dumps(value, default=keep)
    if not found:
        return Parted(text)
    before, _, behind = text.partition(_LONG_TEXT)
    return Parted(before, found[0], behind)

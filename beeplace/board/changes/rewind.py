"""A rewind: each selected pixel got the colour of its last change that is not selected, in one entry.

Whose pixels are whose is not lost with it: for each pixel it keeps which change that was (its source), so that later
rewinds look through it. See `desk/walk.py`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from beeplace.board.changes.change import Record
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.restoration import Restoration, read_payload
from beeplace.board.geometry import Area

_AT_ONCE = 1 << 18  # bytes of sources, packed and unpacked


@dataclass(frozen=True, slots=True)
class Rewind(Restoration):
    """`selection` is the JSON form of what was selected.

    `packed_sources` is zlib of a 64-bit little-endian seq for each pixel that `shown` changes, or would but for those
    that it keeps (`Paste.kept`), row by row; 0 stands for the empty board.
    """

    NUMBER: ClassVar[int] = 9
    NAME: ClassVar[str] = "rewind"

    shown: Paste
    selection: dict[str, Any]
    packed_sources: bytes

    def record(self) -> Record:
        return self._record({"selection": self.selection}, self.packed_sources)

    @classmethod
    def read(cls, record: Record) -> Rewind:
        found = read_payload(record.payload)
        if len(found.parts) != 2 or found.parts[1] is None or not isinstance(found.head.get("selection"), dict):
            raise ValueError("a rewind has a paste, a selection and sources")
        shown = Paste.read(record._replace(kind=Paste.NUMBER, payload=found.parts[0]))
        return cls(shown, found.left, found.told, found.head["selection"], found.parts[1])

    @property
    def pasted(self) -> Area:
        """The rectangle in which it gives pixels back."""
        return self.shown.pasted

    def sources(self, begin: int, end: int) -> bytes:
        """The seqs with numbers from `begin` up to `end`, unpacked: no more of them is in memory at a time.

        Raises ValueError where they are damaged.
        """
        found, at = bytearray(), 0
        for piece in _inflated(self.packed_sources):
            found += piece[max(0, 8 * begin - at) : max(0, 8 * end - at)]
            at += len(piece)
            if at >= 8 * end:
                break
        if len(found) != 8 * (end - begin):
            raise ValueError("the sources are damaged")
        return bytes(found)


def _inflated(packed: bytes) -> Iterator[bytes]:
    """What is in a zlib stream, in pieces. Raises ValueError where it is damaged."""
    inflater = zlib.decompressobj()
    for at in range(0, len(packed), _AT_ONCE):
        given, more = packed[at : at + _AT_ONCE], True
        while more:
            try:
                piece = inflater.decompress(given, _AT_ONCE)
            except zlib.error as error:
                raise ValueError("the sources are damaged") from error
            yield piece
            given = inflater.unconsumed_tail
            more = bool(given) or len(piece) == _AT_ONCE

"""A rewind: each selected pixel got the colour of its last change that is not selected, in one entry.

Whose pixels are whose is not lost with it: for each pixel it keeps which change that was (its source), so that later
rewinds look through it. See `desk/walk.py`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, ClassVar

from beeplace.board.changes.change import Record
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.restoration import Restoration, read_payload
from beeplace.board.geometry import Area


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

    def sources(self) -> bytes:
        """The seqs, unpacked. Raises ValueError where they are damaged."""
        inflater = zlib.decompressobj()
        try:
            found = inflater.decompress(self.packed_sources, most := 8 * (self.size + len(self.shown.kept)))
        except zlib.error as error:
            raise ValueError("the sources are damaged") from error
        if len(found) > most or len(found) % 8:
            raise ValueError("the sources are damaged")
        return found

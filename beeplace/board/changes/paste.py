"""A paste: some or all pixels of an area got colours of their own, in one entry; 16.7 million pixels are no fault.

The payload is a version byte; in version 2 a number and as many indices of pixels that stay whatever the rest says
(32-bit little-endian; see `Paste.keeping`); and zlib of: one byte that says whether a mask follows; the mask (a bit for
each pixel of the area row by row, the first in the highest bit, 1 where the pixel changes; padded to a whole byte); and
a colour index for each pixel of the area, 0 where the pixel stays.
"""

from __future__ import annotations

import copy
import re
import sys
import zlib
from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from beeplace.board.changes.change import Before, Change, Record, Stroke
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState
from beeplace.board.versions import masked, merged

_VERSION, _WITH_KEPT = 1, 2
_ALL, _SOME = b"\x00", b"\x01"
_CHANGING, _SAME = re.compile(rb"\x01+"), re.compile(rb"(.)\1*", re.DOTALL)
_DIGITS = b"01" + bytes(254)
_BITS = bytes.maketrans(b"01", b"\x00\x01")
_PIECE = 1 << 18  # pixels that one call of the interpreter works on: other threads have their turns in between


@dataclass(frozen=True, slots=True)
class Paste(Change):
    """`colors` has a colour index for each pixel of the area, row by row, and 0 for a pixel that stays.

    `mask` has a byte for each of them, 1 where the pixel changes and 0 where it stays; None where all change.
    Making one of a whole large board, and its first `record`, take a second: not on the event loop.
    """

    NUMBER: ClassVar[int] = 7
    NAME: ClassVar[str] = "paste"
    IN_STROKES: ClassVar[bool] = True

    pasted: Area
    colors: bytes
    mask: bytes | None = None
    _size: int = field(init=False, repr=False, compare=False)
    _largest: int = field(init=False, repr=False, compare=False)  # colour index
    _packed: list[bytes] = field(default_factory=list, init=False, repr=False, compare=False)  # the payload, once made
    kept: tuple[int, ...] = field(default=(), init=False, repr=False, compare=False)  # see `keeping`

    def __post_init__(self) -> None:
        pixels = self.pasted.width * self.pasted.height
        if len(self.colors) != pixels or (self.mask is not None and len(self.mask) != pixels):
            raise ValueError("a paste has a colour for each pixel of its area")
        size = pixels if self.mask is None else sum(piece.count(1) for piece in _pieces(self.mask))
        object.__setattr__(self, "_size", size)
        object.__setattr__(self, "_largest", _largest(self.colors))

    def record(self) -> Record:
        if not self._packed:
            self._packed.append(bytes((_VERSION,)) + self._compressed())
        return Record(self.NUMBER, self.pasted, 0, self._packed[0])

    def _compressed(self) -> bytes:
        packer = zlib.compressobj(1)
        head = _ALL if self.mask is None else _SOME + _bits(self.mask)
        return b"".join([packer.compress(head), packer.compress(self.colors), packer.flush()])

    @classmethod
    def read(cls, record: Record) -> Paste:
        area, payload = record.area, record.payload
        if area is None or area.width < 1 or area.height < 1 or not payload:
            raise ValueError("a paste has an area and its colours")
        if payload[0] == _WITH_KEPT:
            kept, rest = _indices(payload[1:])
            return cls.read(record._replace(payload=bytes((_VERSION,)) + rest)).keeping(kept)
        if payload[0] != _VERSION:
            raise ValueError("a paste of a newer version")
        pixels = area.width * area.height
        mask_bytes = (pixels + 7) // 8
        packed = _inflated(payload[1:], 1 + mask_bytes + pixels)
        if packed[:1] == _ALL:
            found = cls(area, packed[1:])
        else:
            mask, colors = _bytes(packed[1 : 1 + mask_bytes], pixels), packed[1 + mask_bytes :]
            if len(colors) != pixels or not _has_none_outside(colors, mask):
                raise ValueError("a paste has a colour for each pixel that changes, and none for the others")
            found = cls(area, colors, mask)
        found._packed.append(payload)
        return found

    def keeping(self, indices: Collection[int]) -> Paste:
        """The same, but for some pixels of its area, which stay. What was packed once is not packed again.

        Raises ValueError for an index that is not in the area.
        """
        if not indices:
            return self
        if not 0 <= min(indices) <= max(indices) < len(self.colors):
            raise ValueError("what stays lies in the area")
        staying = [index for index in {*indices} if self.mask is None or self.mask[index]]
        if not staying:
            return self
        mask = bytearray(b"\x01" * len(self.colors) if self.mask is None else self.mask)
        colors = bytearray(self.colors)
        for index in staying:
            mask[index] = colors[index] = 0
        kept = tuple(sorted({*self.kept, *staying}))
        packed = self.record().payload or b""
        body = _indices(packed[1:])[1] if packed[0] == _WITH_KEPT else packed[1:]
        told = array("I", (len(kept), *kept))
        if sys.byteorder == "big":
            told.byteswap()
        fewer = copy.copy(self)
        values = {"colors": bytes(colors), "mask": bytes(mask), "_size": self._size - len(staying), "kept": kept}
        for name, value in {**values, "_packed": [bytes((_WITH_KEPT,)) + told.tobytes() + body]}.items():
            object.__setattr__(fewer, name, value)
        return fewer

    @property
    def area(self) -> Area:
        return self.pasted

    @property
    def size(self) -> int:
        return self._size

    def offsets(self, width: int) -> Sequence[range]:
        across, rows = self.pasted.width, self.pasted.rows(width)
        if self.mask is None:
            return rows
        found: list[range] = []
        for number, row in enumerate(rows):
            changing = _CHANGING.finditer(self.mask, number * across, (number + 1) * across)
            found.extend(row[m.start() - number * across : m.end() - number * across] for m in changing)
        return found

    def strokes(self, width: int) -> Iterator[Stroke]:
        across = self.pasted.width
        for number, row in enumerate(self.pasted.rows(width)):
            inside = slice(number * across, (number + 1) * across)
            yield Stroke(row, self.colors[inside], None if self.mask is None else self.mask[inside])

    def color_of(self, x: int, y: int) -> int | None:
        if not self.pasted.holds(x, y):
            return None
        index = (y - self.pasted.y) * self.pasted.width + x - self.pasted.x
        return self.colors[index] if self.mask is None or self.mask[index] else None

    def fits(self, state: BoardState) -> bool:
        return state.holds(self.pasted) and self._largest < len(state.palette)

    def line(self, ms: int, epoch: str) -> str:  # noqa: ARG002  # a paste begins no epoch
        a = self.pasted
        return f"p,{a.x},{a.y},{a.width},{a.height},{';'.join(self.runs())},{ms}"

    @property
    def blank(self) -> bool:
        """Whether each pixel that changes gets colour 0."""
        return self._largest == 0

    def runs(self) -> Iterator[str]:
        """So many pixels, `*`, and their colour, or `-` for pixels that stay; without the number where it is 1."""
        at = 0
        for part in [range(len(self.colors))] if self.mask is None else _parts(self.mask):
            if part.start > at:
                yield _run(part.start - at, "-")
            for same in _SAME.finditer(self.colors, part.start, part.stop):
                yield _run(same.end() - same.start(), str(same[1][0]))
            at = part.stop
        if at < len(self.colors):
            yield _run(len(self.colors) - at, "-")

    def undone(self, seq: int, before: Before) -> Change | None:
        return restored(self.pasted, seq, before)

    @classmethod
    def over(cls, area: Area, colors: bytes, mask: bytes) -> Paste | None:
        """These colours where the mask is 1; None where it is nowhere."""
        if b"\x01" not in mask:
            return None
        return cls(area, masked(colors, mask), mask) if b"\x00" in mask else cls(area, colors)


def restored(area: Area, seq: int, before: Before) -> Paste | None:
    """The pixels of an area that still are what entry `seq` made them, as they were before; None where none is."""
    if (found := before.on_board(area)) is None:
        return None
    here, pixels = found
    mask = b"".join(before.bitmap.changed_last_at(row, seq) for row in here.rows(before.width))
    if before.shown_again:
        pairs = zip(_pieces(mask), _pieces(before.shown_again), strict=True)
        mask = b"".join(merged(some, again, again) for some, again in pairs)
    return Paste.over(here, pixels, mask)


def _indices(data: bytes) -> tuple[tuple[int, ...], bytes]:
    """The indices at the beginning, and the rest. Raises ValueError."""
    count = int.from_bytes(data[:4], "little")
    told = array("I", data[4 : 4 + 4 * count])
    if len(told) != count:
        raise ValueError("the payload is damaged")
    if sys.byteorder == "big":
        told.byteswap()
    return tuple(told), data[4 + 4 * count :]


def _parts(mask: bytes) -> Iterator[range]:
    return (range(found.start(), found.end()) for found in _CHANGING.finditer(mask))


def _run(pixels: int, color: str) -> str:
    return color if pixels == 1 else f"{pixels}*{color}"


def _bits(mask: bytes) -> bytes:
    """Eight pixels to a byte."""
    return b"".join(map(_few_bits, _pieces(mask)))


def _few_bits(mask: bytes) -> bytes:
    padded = mask + bytes(-len(mask) % 8)
    return int(padded.translate(_DIGITS), 2).to_bytes(len(padded) // 8, "big")


def _pieces(data: bytes, size: int = _PIECE) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def _largest(colors: bytes) -> int:
    """The largest index; a piece that has no larger one than those before it costs one pass of the library."""
    largest = 0
    for piece in _pieces(colors):
        if larger := piece.translate(None, bytes(range(largest + 1))):
            largest = max(set(larger))
    return largest


def _has_none_outside(colors: bytes, mask: bytes) -> bool:
    """Whether the colour is 0 wherever the mask is."""
    return all(masked(some, here) == some for some, here in zip(_pieces(colors), _pieces(mask), strict=True))


def _bytes(bits: bytes, pixels: int) -> bytes:
    """A byte for each pixel again. Raises ValueError where there are more pixels than that, or fewer."""
    spread = b"".join([_spread(some) for some in _pieces(bits, _PIECE // 8)])
    if len(spread) < pixels or b"\x01" in spread[pixels:]:
        raise ValueError("a mask has a bit for each pixel of its area")
    return spread[:pixels]


def _spread(bits: bytes) -> bytes:
    return f"{int.from_bytes(bits, 'big'):0{8 * len(bits)}b}".encode().translate(_BITS) if bits else b""


def _inflated(packed: bytes, most: int) -> bytes:
    """Raises ValueError for what is damaged, or larger than any paste of its area."""
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(packed, most)
    except zlib.error as error:
        raise ValueError("the payload is damaged") from error
    if not inflater.eof or inflater.unused_data:
        raise ValueError("the payload is damaged, or too long")
    return data

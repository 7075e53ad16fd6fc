"""The pixels of a board in memory, one byte each (a colour index), and when each of them last changed."""

from __future__ import annotations

from array import array
from collections.abc import Generator, Iterable
from dataclasses import dataclass

from beeplace.board.versions import BLOCK, Versions, joined, merged

_PAINTED_AT_ONCE = 65_536  # bytes: a whole board's colour in one piece would be 16 MB of fresh memory for each fill


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of 1,024 pixels as the store keeps it: colour indices, and versions as 64-bit integers."""

    number: int
    pixels: bytes
    versions: bytes


class Bitmap:
    """`size` pixels of colour 0. Only the board that owns it changes it."""

    def __init__(self, size: int) -> None:
        self.pixels = bytearray(size)
        self.versions = Versions(size)

    def twin(self) -> Bitmap:
        """A copy that changes on its own."""
        twin = Bitmap(0)
        twin.pixels, twin.versions = self.pixels[:], self.versions.twin()
        return twin

    def ahead(self) -> Bitmap:
        """A copy for one change to be painted on; see `Versions.ahead`."""
        ahead = Bitmap(0)
        ahead.pixels, ahead.versions = self.pixels[:], self.versions.ahead()
        return ahead

    def clear(self) -> None:
        """As it was at first. The memory stays: that of a large board takes longer to come by than to wipe."""
        paint(self.pixels, [range(len(self.pixels))], 0)
        self.versions = Versions(len(self.pixels))

    def set(self, offset: int, color: int, seq: int) -> None:
        """Gives one pixel its colour as of `seq`; an older change than the one it has is ignored."""
        if self.versions.set(offset, seq):
            self.pixels[offset] = color

    def fill(self, rows: Iterable[range], color: int, seq: int) -> None:
        """Gives whole rows one colour as of `seq`, which is newer than any change before."""
        whole = [*joined(rows)]
        paint(self.pixels, whole, color)
        for row in whole:
            self.versions.fill(row.start, row.stop, seq)

    def copy(self, row: range, colors: bytes, seq: int, mask: bytes | None = None) -> None:
        """Gives the pixels of a row colours of their own as of `seq`, which is newer than any change before.

        `mask` has a byte for each pixel, 1 where it changes and 0 where it stays; None: all change. A colour is 0 where
        the pixel stays.
        """
        place = slice(row.start, row.stop)
        self.pixels[place] = colors if mask is None else merged(self.pixels[place], colors, mask)
        if mask is None:
            self.versions.fill(row.start, row.stop, seq)
        else:
            self.versions.fill_some(row.start, mask, seq)

    def resized(self, before: tuple[int, int], after: tuple[int, int]) -> Generator[None, None, Bitmap]:
        """A copy of another size, (width, height), made in short steps: what both sizes have keeps its place, the rest
        is of colour 0 and never changed."""
        (old, _), (width, height) = before, after
        kept, rows = min(old, width), min(before[1], height)
        new = Bitmap(0)
        new.pixels = bytearray(width * height)
        for y in range(rows):
            new.pixels[y * width : y * width + kept] = self.pixels[y * old : y * old + kept]
            yield
        new.versions = yield from self.versions.resized(before, after)
        return new

    def changed_last_at(self, row: range, seq: int) -> bytes:
        """A byte for each pixel of a row: 1 where its last change is `seq`, else 0."""
        seqs = array("Q", b"".join(self.versions.pieces([row])))
        return bytes([version == seq for version in seqs])

    def changed_after(self, row: range, seq: int) -> bytes:
        """A byte for each pixel of a row: 1 where its last change is newer than `seq`, else 0."""
        seqs = array("Q", b"".join(self.versions.pieces([row])))
        return bytes([version > seq for version in seqs])

    def blocks_since(self, seq: int) -> list[int]:
        """The numbers of the blocks with a change newer than `seq`."""
        return self.versions.blocks_since(seq)

    def block(self, number: int) -> Block:
        """A copy of one block that has changed."""
        first = number * BLOCK
        return Block(number, bytes(self.pixels[first : first + BLOCK]), self.versions.block(number))

    def restore(self, block: Block) -> None:
        """Puts a stored block back, as it was."""
        first = block.number * BLOCK
        self.pixels[first : first + len(block.pixels)] = block.pixels
        self.versions.restore(block.number, block.versions)


def paint(pixels: bytearray, rows: Iterable[range], color: int) -> None:
    """Gives whole rows one colour."""
    some = b""
    for row in rows:
        if len(some) < min(len(row), _PAINTED_AT_ONCE):
            some = bytes((color,)) * min(len(row), _PAINTED_AT_ONCE)
        for start in range(row.start, row.stop, _PAINTED_AT_ONCE):
            stop = min(row.stop, start + _PAINTED_AT_ONCE)
            pixels[start:stop] = some[: stop - start]

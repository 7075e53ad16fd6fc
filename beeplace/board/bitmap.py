"""The pixels of a board in memory, and when each of them last changed.

Beside one byte a pixel (its colour index) stands the seq of its last change, in blocks of 1,024 pixels
with their maximum, so that what changed since any seq is found by looking only into blocks that did.
A block that was never touched has no versions: memory follows what is drawn, not the size of the board.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BLOCK = 1024


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
        self.newest = [0] * -(-size // BLOCK)
        self._versions: list[array[int] | None] = [None] * len(self.newest)

    def twin(self) -> Bitmap:
        """A copy that changes on its own."""
        twin = Bitmap(0)
        twin.pixels, twin.newest = self.pixels[:], self.newest[:]
        twin._versions = [versions and versions[:] for versions in self._versions]
        return twin

    def set(self, offset: int, color: int, seq: int) -> None:
        """Gives one pixel its colour as of `seq`; an older change than the one it has is ignored."""
        block, inside = offset // BLOCK, offset % BLOCK
        versions = self._versions[block] or self._versions_of(block)
        if versions[inside] <= seq:
            self.pixels[offset] = color
            versions[inside] = seq
            self.newest[block] = max(self.newest[block], seq)

    def fill(self, rows: Iterable[range], color: int, seq: int) -> None:
        """Gives whole rows one colour as of `seq`, which is newer than any change before."""
        for row in rows:
            self.pixels[row.start : row.stop] = bytes((color,)) * len(row)
            for block in range(row.start // BLOCK, (row.stop - 1) // BLOCK + 1):
                start, stop = max(row.start, block * BLOCK), min(row.stop, (block + 1) * BLOCK)
                inside = start - block * BLOCK
                self._versions_of(block)[inside : inside + stop - start] = array("Q", (seq,)) * (stop - start)
                self.newest[block] = seq

    def _versions_of(self, block: int) -> array[int]:
        versions = self._versions[block]
        if versions is None:
            versions = self._versions[block] = array("Q", bytes(8 * BLOCK))
        return versions

    def version(self, offset: int) -> int:
        """The seq of a pixel's last change; 0 if it never changed."""
        versions = self._versions[offset // BLOCK]
        return versions[offset % BLOCK] if versions else 0

    def versions(self, rows: Iterable[range]) -> bytes:
        """The seqs of whole rows, as 64-bit integers."""
        return array("Q", [self.version(offset) for row in rows for offset in row]).tobytes()

    def changed_since(self, seq: int) -> Iterator[int]:
        """The offsets of all pixels whose last change is newer than `seq`."""
        for number, newest in enumerate(self.newest):
            versions = self._versions[number]
            if newest > seq and versions is not None:
                first = number * BLOCK
                yield from [first + i for i, version in enumerate(versions) if version > seq]

    def blocks_since(self, seq: int) -> list[int]:
        """The numbers of the blocks with a change newer than `seq`."""
        return [number for number, newest in enumerate(self.newest) if newest > seq]

    def block(self, number: int) -> Block:
        """A copy of one block that has changed."""
        versions = self._versions[number]
        first = number * BLOCK
        return Block(number, bytes(self.pixels[first : first + BLOCK]), versions.tobytes() if versions else b"")

    def restore(self, block: Block) -> None:
        """Puts a stored block back, as it was."""
        first = block.number * BLOCK
        self.pixels[first : first + len(block.pixels)] = block.pixels
        versions = array("Q")
        versions.frombytes(block.versions)
        self._versions[block.number] = versions
        self.newest[block.number] = max(versions)

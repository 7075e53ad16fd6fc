"""The pixels of a board in memory, and when each of them last changed.

Beside one byte a pixel (its colour index) stands the seq of its last change, in blocks of 1,024 pixels
with their maximum, so that what changed since any seq is found by looking only into blocks that did.
Where all pixels of a block changed last at the same seq, as after a fill or a reset, that one number stands for
them: memory and the time of a fill follow what is drawn, not the size of the board.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

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
        # Of each block: one seq for all of its pixels, or one for each.
        self._versions: list[array[int] | int] = [0] * len(self.newest)

    def twin(self) -> Bitmap:
        """A copy that changes on its own."""
        twin = Bitmap(0)
        twin.pixels, twin.newest = self.pixels[:], self.newest[:]
        twin._versions = [versions if isinstance(versions, int) else versions[:] for versions in self._versions]
        return twin

    def set(self, offset: int, color: int, seq: int) -> None:
        """Gives one pixel its colour as of `seq`; an older change than the one it has is ignored."""
        block, inside = offset // BLOCK, offset % BLOCK
        versions = self._versions[block]
        if versions.__class__ is int:
            versions = self._spread(block)
        if versions[inside] <= seq:  # type: ignore[index]  # an array, after the line before
            self.pixels[offset] = color
            versions[inside] = seq  # type: ignore[index]
            self.newest[block] = max(self.newest[block], seq)

    def fill(self, rows: Iterable[range], color: int, seq: int) -> None:
        """Gives whole rows one colour as of `seq`, which is newer than any change before."""
        for row in _joined(rows):
            self.pixels[row.start : row.stop] = bytes((color,)) * len(row)
            first, end = -(-row.start // BLOCK), row.stop // BLOCK  # the blocks that are filled from end to end
            if row.stop == len(self.pixels):
                end = len(self.newest)
            if first < end:
                self._versions[first:end] = self.newest[first:end] = [seq] * (end - first)
            for block in {row.start // BLOCK, (row.stop - 1) // BLOCK}.difference(range(first, end)):
                start, stop = max(row.start, block * BLOCK), min(row.stop, (block + 1) * BLOCK)
                inside = start - block * BLOCK
                self._spread(block)[inside : inside + stop - start] = array("Q", (seq,)) * (stop - start)
                self.newest[block] = seq

    def _spread(self, block: int) -> array[int]:
        """The versions of a block, one for each pixel."""
        versions = self._versions[block]
        if isinstance(versions, int):
            versions = self._versions[block] = array("Q", (versions,)) * BLOCK
        return versions

    def version(self, offset: int) -> int:
        """The seq of a pixel's last change; 0 if it never changed."""
        versions = self._versions[offset // BLOCK]
        return versions if isinstance(versions, int) else versions[offset % BLOCK]

    def versions(self, rows: Iterable[range]) -> Iterator[bytes]:
        """The seqs of whole rows, as 64-bit integers, in pieces of a block at most: those of a board can be 134 MB."""
        for row in _joined(rows):
            for block in range(row.start // BLOCK, (row.stop - 1) // BLOCK + 1):
                start, stop = max(row.start, block * BLOCK), min(row.stop, (block + 1) * BLOCK)
                versions, inside = self._versions[block], start - block * BLOCK
                if isinstance(versions, int):
                    yield versions.to_bytes(8, sys.byteorder) * (stop - start)
                else:
                    yield versions[inside : inside + stop - start].tobytes()

    def changed_since(self, seq: int, most: int, most_blocks: int) -> list[int] | None:
        """The offsets of all pixels whose last change is newer than `seq`; None where there are more than `most`, or
        more than so many blocks had to be looked through for them."""
        found: list[int] = []
        size, looked = len(self.pixels), 0
        for number in self.blocks_since(seq):
            versions, first = self._versions[number], number * BLOCK
            if isinstance(versions, int):
                found.extend(range(first, min(first + BLOCK, size)))
            else:
                looked += 1
                found.extend([first + i for i, version in enumerate(versions) if version > seq])
            if len(found) > most or looked > most_blocks:
                return None
        return found

    def blocks_since(self, seq: int) -> list[int]:
        """The numbers of the blocks with a change newer than `seq`."""
        return [number for number, newest in enumerate(self.newest) if newest > seq]

    def block(self, number: int) -> Block:
        """A copy of one block that has changed."""
        versions, first = self._versions[number], number * BLOCK
        whole = versions.to_bytes(8, sys.byteorder) * BLOCK if isinstance(versions, int) else versions.tobytes()
        return Block(number, bytes(self.pixels[first : first + BLOCK]), whole)

    def restore(self, block: Block) -> None:
        """Puts a stored block back, as it was."""
        first = block.number * BLOCK
        self.pixels[first : first + len(block.pixels)] = block.pixels
        versions = array("Q")
        versions.frombytes(block.versions)
        self.newest[block.number] = newest = max(versions)
        uniform = block.versions == block.versions[:8] * BLOCK
        self._versions[block.number] = newest if uniform else versions


def _joined(rows: Iterable[range]) -> Iterator[range]:
    """The same offsets in as few ranges as can be: rows as wide as the board follow each other without a gap."""
    known: range | None = None
    for row in rows:
        if known and known.stop == row.start:
            known = range(known.start, row.stop)
        else:
            if known:
                yield known
            known = row
    if known:
        yield known


def packed(pieces: Iterable[bytes]) -> bytes:
    """All pieces together, zlib; the whole of them is never in memory."""
    packer = zlib.compressobj(1)
    return b"".join([*map(packer.compress, pieces), packer.flush()])


@lru_cache(maxsize=4)
def packed_versions(versions: bytes) -> bytes:
    """A block's versions, zlib: after a fill many blocks have the same."""
    return zlib.compress(versions, 1)

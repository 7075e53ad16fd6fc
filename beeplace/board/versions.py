"""When each pixel of a board changed last: a seq for each, in blocks of 1,024 pixels with their maximum.

What changed since any seq is found by looking only into blocks that did. A block is kept in the smallest form that
says it: one number where all of its pixels changed last at the same seq, a few runs of equal ones as an organiser's
fill leaves them, one number for each pixel where people have drawn. Memory, and the time of a fill, follow what is
drawn and not the size of the board.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Generator, Iterable, Iterator
from functools import lru_cache

BLOCK = 1024
_MAX_RUNS = 16  # of one block, in 32 numbers

# (end, seq, end, seq, ...): up to the first end the first seq, from there up to the second end the second, up to BLOCK
_Runs = tuple[int, ...]


class Versions:
    """`size` pixels that never changed, which is seq 0."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.newest = [0] * -(-size // BLOCK)
        self._blocks: list[int | _Runs | array[int]] = [0] * len(self.newest)
        self._shared: set[int] = set()  # blocks that are another's, and are copied before `fill` or `fill_some` paints

    def twin(self) -> Versions:
        """A copy that changes on its own."""
        twin = Versions(0)
        twin._size, twin.newest = self._size, self.newest[:]
        twin._blocks = [block[:] if isinstance(block, array) else block for block in self._blocks]
        return twin

    def ahead(self) -> Versions:
        """A copy for one change to be painted on by `fill` and `fill_some`; it copies what that changes, no more.

        Only one of the two may change from here on.
        """
        ahead = Versions(0)
        ahead._size, ahead.newest, ahead._blocks = self._size, self.newest[:], self._blocks[:]
        ahead._shared = set(range(len(self._blocks)))
        return ahead

    def resized(self, before: tuple[int, int], after: tuple[int, int]) -> Generator[None, None, Versions]:
        """Those of a board of another size, (width, height): what is new never changed. A step is a block or a row."""
        (old, _), (width, height) = before, after
        kept, rows = min(old, width), min(before[1], height)
        new, number, waiting = Versions(width * height), 0, bytearray()
        beside = bytes(8 * (width - kept))
        for y in range(rows):
            waiting += b"".join(self.pieces([range(y * old, y * old + kept)])) + beside
            if y == rows - 1:
                waiting += bytes(-len(waiting) % (8 * BLOCK))
            whole = len(waiting) // (8 * BLOCK)
            for at in range(whole):
                new.restore(number + at, bytes(waiting[8 * BLOCK * at : 8 * BLOCK * (at + 1)]))
            del waiting[: 8 * BLOCK * whole]
            number += whole
            yield
        return new

    def settle(self) -> None:
        """The one that this is a copy of is no more."""
        self._shared = set()

    def set(self, offset: int, seq: int) -> bool:
        """One pixel changed at `seq`; False, and nothing done, where it has changed since."""
        number, inside = offset // BLOCK, offset % BLOCK
        block = self._blocks[number]
        if not isinstance(block, array):
            block = self._spread(number)
        if block[inside] > seq:
            return False
        block[inside] = seq
        if seq > self.newest[number]:  # noqa: PLR1730  # a call of `max` for each pixel is a tenth of its painting
            self.newest[number] = seq
        return True

    def fill(self, start: int, stop: int, seq: int) -> None:
        """The pixels from `start` up to `stop` changed at `seq`, which is newer than any change before."""
        first, end = -(-start // BLOCK), len(self.newest) if stop == self._size else stop // BLOCK
        if first < end:  # those that are filled from end to end
            self._blocks[first:end] = self.newest[first:end] = [seq] * (end - first)
        if start < first * BLOCK:
            self._fill_part(first - 1, start % BLOCK, min(BLOCK, stop - (first - 1) * BLOCK), seq)
        if end * BLOCK < stop and end >= first:
            self._fill_part(end, 0, stop - end * BLOCK, seq)

    def fill_some(self, start: int, mask: bytes, seq: int) -> None:
        """The pixels from `start` on whose byte of the mask is 1, and not those whose byte is 0, changed at `seq`."""
        at = 0
        while at < len(mask):
            number, inside = divmod(start + at, BLOCK)
            here = mask[at : at + BLOCK - inside]
            if b"\x00" not in here:
                self.fill(start + at, start + at + len(here), seq)
            elif b"\x01" in here:
                versions, stop = self._spread(number), inside + len(here)
                wide = bytearray(8 * len(here))
                for lane in range(8):
                    wide[lane::8] = here
                new = masked(seq.to_bytes(8, sys.byteorder) * len(here), wide)
                versions[inside:stop] = array("Q", merged(versions[inside:stop].tobytes(), new, wide))
                self.newest[number] = seq
            at += len(here)

    def _fill_part(self, number: int, start: int, stop: int, seq: int) -> None:
        self.newest[number] = seq
        block = self._blocks[number]
        if isinstance(block, int):
            block = (BLOCK, block)
        if isinstance(block, tuple) and len(block) < 2 * _MAX_RUNS:
            self._blocks[number] = _painted(block, start, stop, seq)
        else:
            self._spread(number)[start:stop] = array("Q", (seq,)) * (stop - start)

    def _spread(self, number: int) -> array[int]:
        """A block as one number for each pixel."""
        block = self._blocks[number]
        if not isinstance(block, array):
            block = self._blocks[number] = array("Q", b"".join(_pieces(block, 0, BLOCK)))
        elif number in self._shared:
            block = self._blocks[number] = block[:]
        self._shared.discard(number)
        return block

    def at(self, offset: int) -> int:
        """The seq of a pixel's last change."""
        block, inside = self._blocks[offset // BLOCK], offset % BLOCK
        if isinstance(block, int):
            return block
        if isinstance(block, array):
            return block[inside]
        return next(seq for end, seq in _runs(block) if inside < end)

    def pieces(self, rows: Iterable[range]) -> Iterator[bytes]:
        """The seqs of whole rows, as 64-bit integers, at most a block at once: those of a board can be 134 MB."""
        for row in joined(rows):
            for number in range(row.start // BLOCK, (row.stop - 1) // BLOCK + 1):
                first = number * BLOCK
                yield from _pieces(self._blocks[number], max(row.start - first, 0), min(row.stop - first, BLOCK))

    def since(self, seq: int, most: int, most_blocks: int) -> list[int] | None:
        """The offsets of all pixels whose last change is newer than `seq`; None where there are more than `most`, or
        more than so many blocks had to be looked through pixel by pixel."""
        found: list[int] = []
        looked = 0
        for number in self.blocks_since(seq):
            block, first = self._blocks[number], number * BLOCK
            if isinstance(block, array):
                looked += 1
                here = block[: self._size - first]  # a fill of all that a last, short block has fills beyond the board
                found.extend([first + i for i, version in enumerate(here) if version > seq])
            else:
                start = first
                for end, version in _runs(block if isinstance(block, tuple) else (BLOCK, block)):
                    if version > seq:
                        found.extend(range(start, min(first + end, self._size)))
                    start = first + end
            if len(found) > most or looked > most_blocks:
                return None
        return found

    def blocks_since(self, seq: int) -> list[int]:
        """The numbers of the blocks with a change newer than `seq`."""
        return [number for number, newest in enumerate(self.newest) if newest > seq]

    def block(self, number: int) -> bytes:
        """A block's seqs as 64-bit integers, 1,024 also of the last one, which may have fewer pixels."""
        return b"".join(_pieces(self._blocks[number], 0, BLOCK))

    def restore(self, number: int, block: bytes) -> None:
        """Puts a block back, as `block` gave it."""
        versions = array("Q", block)
        uniform = block == block[:8] * BLOCK
        self.newest[number] = newest = versions[0] if uniform else max(versions)
        self._blocks[number] = newest if uniform else versions


def _runs(block: _Runs) -> Iterator[tuple[int, int]]:
    return zip(block[::2], block[1::2], strict=True)


def _painted(block: _Runs, start: int, stop: int, seq: int) -> _Runs:
    """The runs with one more over them."""
    painted: list[int] = []
    begin = 0
    for end, version in _runs(block):
        if begin < start:
            painted += (min(end, start), version)
        begin = end
    painted += (stop, seq)
    for end, version in _runs(block):
        if end > stop:
            painted += (end, version)
    return tuple(painted)


def _pieces(block: int | _Runs | array[int], start: int, stop: int) -> Iterator[bytes]:
    """The seqs of a block's pixels from `start` up to `stop`."""
    if isinstance(block, array):
        yield (block if stop - start == BLOCK else block[start:stop]).tobytes()
    elif isinstance(block, int):
        yield block.to_bytes(8, sys.byteorder) * (stop - start)
    else:
        for end, seq in _runs(block):
            if end > start:
                yield seq.to_bytes(8, sys.byteorder) * (min(end, stop) - start)
                start = end
            if end >= stop:
                return


_WHOLE_BYTES = b"\x00\xff" + bytes(254)


def masked(data: bytes, mask: bytes | bytearray) -> bytes:
    """The bytes where the mask is 1, and 0 elsewhere.

    One operation on large integers does what a loop over bytes would take a hundred times as long for.
    """
    kept = int.from_bytes(data, "little") & int.from_bytes(mask.translate(_WHOLE_BYTES), "little")
    return kept.to_bytes(len(data), "little")


def merged(old: bytes | bytearray, new: bytes, mask: bytes | bytearray) -> bytes:
    """The new bytes where the mask is 1 (they are 0 elsewhere), and the old ones elsewhere."""
    hole = int.from_bytes(mask.translate(_WHOLE_BYTES), "little")
    before = int.from_bytes(old, "little")
    return (before & ~hole | int.from_bytes(new, "little")).to_bytes(len(old), "little")


def joined(rows: Iterable[range]) -> Iterator[range]:
    """The same offsets in as few ranges as can be: rows as wide as the board follow each other without a gap."""
    known = range(0)
    for row in rows:
        if known.stop == row.start and known:
            known = range(known.start, row.stop)
        else:
            if known:
                yield known
            known = row
    if known:
        yield known


def packed(pieces: Iterable[bytes]) -> bytes:
    """All pieces together as one zlib stream (RFC 1950); the whole of them is never in memory.

    A piece that equals the one before is not compressed again: after a full flush its bytes stand for themselves.
    """
    packer, check, known, short = zlib.compressobj(1, wbits=-15), zlib.adler32(b""), b"", b""
    found = [b"\x78\x01"]
    for piece in pieces:
        check = zlib.adler32(piece, check)
        if piece != known:
            known, short = piece, packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
        found.append(short)
    return b"".join([*found, packer.flush(), check.to_bytes(4, "big")])


@lru_cache(maxsize=4)
def packed_block(block: bytes) -> bytes:
    """A block's seqs, zlib: after a fill many blocks have the same."""
    return zlib.compress(block, 1)

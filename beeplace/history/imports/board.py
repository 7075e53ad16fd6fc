"""The board while an import is played on it: what stores keep of each pixel, and what each change found."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy
from numpy.typing import NDArray

from beeplace.board.bitmap import Block
from beeplace.board.geometry import Area
from beeplace.board.versions import BLOCK, packed


class PlayedBoard:
    """Pixels and the seqs of their last changes, as arrays."""

    def __init__(self, width: int, height: int) -> None:
        blocks = -(-width * height // BLOCK)
        self._size = width * height
        self._pixels = numpy.zeros((height, width), numpy.uint8)
        self._seqs = numpy.zeros(blocks * BLOCK, numpy.uint32)
        self._seqs_of = self._seqs[: self._size].reshape(height, width)
        self._width = width

    def place(
        self, xs: NDArray[Any], ys: NDArray[Any], colors: NDArray[Any], seqs: NDArray[Any]
    ) -> NDArray[numpy.int64]:
        """Takes placements in, in their order; for each the seq of its pixel's change before, 0 for the first."""
        offsets = ys.astype(numpy.int64) * self._width + xs
        order = numpy.argsort(offsets, kind="stable")
        sorted_offsets, sorted_seqs = offsets[order], seqs[order]
        before = self._seqs[sorted_offsets].astype(numpy.int64)
        again = numpy.flatnonzero(sorted_offsets[1:] == sorted_offsets[:-1])
        before[again + 1] = sorted_seqs[again]
        last = numpy.append(sorted_offsets[1:] != sorted_offsets[:-1], True)
        self._seqs[sorted_offsets[last]] = sorted_seqs[last]
        self._pixels.reshape(-1)[sorted_offsets[last]] = colors[order][last]
        previous = numpy.empty(len(before), numpy.int64)
        previous[order] = before
        return previous

    def before(self, area: Area) -> tuple[bytes, bytes]:
        """What undoes a change of an area: its colours, zlib, and the seqs of its pixels, as stores keep them."""
        inside = self._inside(area)
        rows = (row.astype("<u8").tobytes() for row in self._seqs_of[inside])
        return zlib.compress(self._pixels[inside].tobytes(), 1), packed(rows)

    def paint(self, area: Area, color: int, seq: int, mask: NDArray[numpy.bool_] | None = None) -> None:
        """Gives an area, or what the mask has of it, one colour."""
        where = numpy.ones((area.height, area.width), bool) if mask is None else mask
        self._pixels[self._inside(area)][where] = color
        self._seqs_of[self._inside(area)][where] = seq

    def blocks(self) -> Iterator[Block]:
        """All that was ever painted."""
        pixels = self._pixels.reshape(-1)
        for number, seqs in enumerate(self._seqs.reshape(-1, BLOCK)):
            if seqs.any():
                first = number * BLOCK
                yield Block(number, pixels[first : first + BLOCK].tobytes(), seqs.astype(numpy.uint64).tobytes())

    def _inside(self, area: Area) -> tuple[slice, slice]:
        return slice(area.y, area.y + area.height), slice(area.x, area.x + area.width)

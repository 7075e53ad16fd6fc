"""An indexed PNG (ISO/IEC 15948) of a board: as few bits a pixel as the palette needs, rows as they are.

Pillow tries filters on each row since version 12, from which neighbouring indices mostly gain nothing, and which takes
up to three times as long.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from itertools import islice

from beeplace.board.palette import Palette

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED = 3  # colour type
_AS_IT_IS, _AS_ABOVE = b"\0", b"\2"  # filter types of rows: None, and Up, of which a row like the one above is zeros
_LEVEL = 6
_ROWS_AT_ONCE = 128
_SHIFTS = {bits: [bytes((value << by) & 255 for value in range(256)) for by in range(8 - bits, -1, -bits)]
           for bits in (1, 2, 4)}  # fmt: skip


def png(pixels: bytes, width: int, height: int, palette: Palette, scale: int) -> bytes:
    """The picture of one byte a pixel, row by row, each `scale` x `scale` in it."""
    bits = next(bits for bits in (1, 2, 4, 8) if len(palette) <= 1 << bits)
    header = struct.pack(">IIBBBBB", width * scale, height * scale, bits, _INDEXED, 0, 0, 0)
    packer, rows, data = zlib.compressobj(_LEVEL), _rows(pixels, width, bits, scale), []
    while some := b"".join(islice(rows, _ROWS_AT_ONCE)):  # each call gives the interpreter up and waits for it again
        data.append(packer.compress(some))
    data.append(packer.flush())
    parts = (b"IHDR", header), (b"PLTE", bytes(palette.rgb())), (b"IDAT", b"".join(data)), (b"IEND", b"")
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


def _rows(pixels: bytes, width: int, bits: int, scale: int) -> Iterator[bytes]:
    """Each row with its filter type, and behind it those that are like it."""
    again = _AS_ABOVE + bytes((width * scale * bits + 7) // 8)
    for start in range(0, len(pixels), width):
        yield _AS_IT_IS + _packed(_widened(pixels[start : start + width], scale), bits)
        if scale > 1:
            yield again * (scale - 1)


def _widened(row: bytes, scale: int) -> bytes:
    if scale == 1:
        return row
    wide = bytearray(len(row) * scale)
    for offset in range(scale):
        wide[offset::scale] = row
    return bytes(wide)


def _packed(row: bytes, bits: int) -> bytes:
    """Several pixels in a byte, the leftmost in its high bits."""
    if bits == 8:
        return row
    each = 8 // bits
    row += bytes(-len(row) % each)
    together = 0
    for place, shift in enumerate(_SHIFTS[bits]):
        together |= int.from_bytes(row[place::each].translate(shift), "big")
    return together.to_bytes(len(row) // each, "big")

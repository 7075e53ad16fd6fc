"""The form of a piece, and what it does to a board: pure. `docs/history.md` writes it down for other readers.

Columns, little-endian: 32 bytes of head (`BPH1`, how many entries, the first seq, the first entry's moment in ms since
1970, how long the two last parts are); a byte for each entry of each of x % 256, x // 256, y % 256, y // 256 and the
colour index, 0 where the entry is no placement; for each entry how many ms it came after the one before, as a zigzag
number in LEB128; and what is no placement as text, `index,line` each, with the lines of the log's text.

Golden vectors: `tests/wire/pieces.json`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from beeplace.board.entries import Entry
from beeplace.log.pieces.columns import Bytes, Columns, Numbers

MAGIC = b"BPH1"
_HEAD = struct.Struct("<4sIQqII")
_SEVEN_BITS, _MORE = 0x7F, 0x80


def encode(columns: Columns, others: Sequence[Entry]) -> bytes:
    """A piece of consecutive entries: placements, and what is none, each in the order of the seqs. At least one."""
    seqs = np.concatenate([columns.seqs, np.array([entry.seq for entry in others], np.int64)])
    first, count = int(seqs.min()), len(seqs)
    times = np.empty(count, np.int64)
    times[seqs - first] = np.concatenate([columns.at_ms, np.array([entry.at_ms for entry in others], np.int64)])
    planes = np.zeros((5, count), np.uint8)
    xs, ys = columns.xs, columns.ys
    planes[:, columns.seqs - first] = np.stack([xs & 255, xs >> 8, ys & 255, ys >> 8, columns.colors])
    moments = _varints(np.diff(times, prepend=times[:1]))
    lines = "".join(f"{entry.seq - first},{entry.change.line(0, entry.epoch)}\n" for entry in others).encode()
    head = _HEAD.pack(MAGIC, count, first, int(times[0]), len(moments), len(lines))
    return b"".join([head, planes.tobytes(), moments, lines])


def _varints(numbers: Numbers) -> bytes:
    zigzag = ((numbers << 1) ^ (numbers >> 63)).view(np.uint64)
    lengths = np.ones(len(zigzag), np.int64)
    while (longer := zigzag >> np.minimum(7 * lengths, 63).astype(np.uint64) > 0).any():
        lengths += longer
    starts = np.cumsum(lengths) - lengths
    written: Bytes = np.zeros(int(lengths.sum()), np.uint8)
    for place in range(int(lengths.max(initial=0))):
        there = lengths > place
        bits = (zigzag[there] >> np.uint64(7 * place)).astype(np.uint8) & _SEVEN_BITS
        written[starts[there] + place] = bits | np.where(lengths[there] > place + 1, _MORE, 0).astype(np.uint8)
    return written.tobytes()


def paint(pixels: bytearray, width: int, columns: Columns, others: Sequence[Entry]) -> tuple[bytearray, int]:
    """Gives the pixels of a board, one byte each, the colours that they have after these entries; they, and the width,
    are others where the board got another size."""
    flat = np.frombuffer(pixels, np.uint8)
    offsets, begin = columns.ys * width + columns.xs, 0
    for entry in others:
        end = int(np.searchsorted(columns.seqs, entry.seq))
        flat[offsets[begin:end]] = columns.colors[begin:end]  # of several of one pixel the last holds
        begin = end
        if entry.change.EMPTIES:
            flat[:] = 0
            continue
        pixels, width = entry.change.redraw(pixels, width), entry.change.width_after(width)
        if entry.change.RESIZES:
            flat, offsets = np.frombuffer(pixels, np.uint8), columns.ys * width + columns.xs
    flat[offsets[begin:]] = columns.colors[begin:]
    return pixels, width

"""A reader of pieces by what docs/history.md says, and nothing of ours."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple


class Line(NamedTuple):
    """An entry as a line of the log's text, with 0 for the time where it is no placement."""

    seq: int
    at_ms: int
    fields: list[str]


def read(piece: bytes) -> Iterator[Line]:
    magic, count, first, at_ms, moments, texts = struct.unpack("<4sIQqII", piece[:32])
    assert magic == b"BPH1"
    x_low, x_high, y_low, y_high, colors = (piece[32 + n * count : 32 + (n + 1) * count] for n in range(5))
    begin = 32 + 5 * count
    assert len(piece) == begin + moments + texts
    others = dict(line.split(",", 1) for line in piece[begin + moments :].decode().splitlines())
    place = begin
    for index in range(count):
        zigzag = shift = 0
        more = True
        while more:
            zigzag |= (piece[place] & 127) << shift
            more, shift, place = piece[place] > 127, shift + 7, place + 1
        at_ms += zigzag >> 1 if zigzag % 2 == 0 else -(zigzag >> 1) - 1
        x, y = x_low[index] + 256 * x_high[index], y_low[index] + 256 * y_high[index]
        other = others.pop(str(index), None)
        yield Line(first + index, at_ms, other.split(",") if other else [str(x), str(y), str(colors[index])])
    assert place == begin + moments
    assert not others


def resized(pixels: bytearray, fields: list[str]) -> tuple[bytearray, int]:
    """The board after `s,w,h,w,h,runs,...` without runs, and its width."""
    old, old_height, width, height = map(int, fields[1:5])
    assert fields[5] == ""
    found = bytearray(width * height)
    for y in range(min(old_height, height)):
        for x in range(min(old, width)):
            found[y * width + x] = pixels[y * old + x]
    return found, width


def play(pixels: bytearray, width: int, line: Line) -> None:
    """What an entry does to a board of a size that stays, pixel by pixel."""
    fields: list[Any] = line.fields
    match fields:
        case ["r", *_]:
            pixels[:] = bytes(len(pixels))
        case ["-", *_]:
            pass
        case ["f", x, y, w, h, color, _]:
            for row in range(int(y), int(y) + int(h)):
                for column in range(int(x), int(x) + int(w)):
                    pixels[row * width + column] = int(color)
        case ["p", x, y, w, h, runs, _]:
            colors = [c for run in runs.split(";") for c in [run.split("*")[-1]] * int(("1*" + run).split("*")[-2])]
            assert len(colors) == int(w) * int(h)
            for index, color in enumerate(colors):
                if color != "-":
                    pixels[(int(y) + index // int(w)) * width + int(x) + index % int(w)] = int(color)
        case [x, y, color]:
            pixels[int(y) * width + int(x)] = int(color)
        case _:
            raise AssertionError(fields)

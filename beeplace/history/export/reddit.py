"""An export in the form of Reddit's files of 2022, which the tools of its communities read.

    timestamp,user_id,pixel_color,coordinate
    2022-04-04 00:53:51.57 UTC,<88 characters of base64>,#00CCC0,"826,1048"

A rectangle is `"x1,y1,x2,y2"`, corners included. Who a row is of is the SHA-512 of the name that exports have.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import BinaryIO, Final

import numpy
from numpy.typing import NDArray

from beeplace.history.export.csv_lines import CsvLines
from beeplace.history.export.rows import ExportedRows, painting
from beeplace.log.archive import Epochs, Head

_HEADER: Final = ("timestamp", "user_id", "pixel_color", "coordinate")
_PEOPLE: Final = 100_000  # whose names are kept for the next time


class RedditWriter:
    """Writes what gave pixels a colour: a line for a placement, lines with rectangles for what organisers did.

    What changes no pixel has no line, and so a new palette has none: in this form the pixels keep their old colours.
    """

    def __init__(self, file: BinaryIO, head: Head) -> None:
        self._lines, self._epochs = CsvLines(file, _HEADER), Epochs(head)
        self._user_id = lru_cache(_PEOPLE)(user_id)

    def add(self, rows: ExportedRows) -> None:
        """Writes the lines of some entries."""
        self._lines.write(self._told(rows))

    def close(self) -> None:
        """Everything was added; there is no end to write."""

    def _told(self, rows: ExportedRows) -> Iterator[tuple[str, str, str, str]]:
        for seq, _, moment, _, x, y, width, height, _, color, person, _, change in rows.rows(moments(rows.time)):
            if change is None:
                yield moment, self._user_id(person), color, f"{x},{y}"
            elif color is not None:
                yield moment, self._user_id(person), color, coordinate(x, y, x + width - 1, y + height - 1)
            else:
                for place, hexa in stretches(
                    painting(change, x, y, width, height), self._epochs.at(seq).palette.colors
                ):
                    yield moment, self._user_id(person), hexa, place


def user_id(person: str) -> str:
    """What stands for a person: 64 bytes, base64."""
    return b64encode(hashlib.sha512(person.encode()).digest()).decode()


def moments(times: Sequence[int] | NDArray[numpy.int64]) -> list[str]:
    """As `2022-04-04 00:53:51.57 UTC`: no zeros at the end of the fraction, and no fraction where it is zero."""
    texts = numpy.datetime_as_string(numpy.array(times, dtype="datetime64[ms]"), unit="ms").tolist()
    return [text.replace("T", " ").rstrip("0").rstrip(".") + " UTC" for text in texts]


def coordinate(left: int, top: int, right: int, bottom: int) -> str:
    """A pixel, or a rectangle with its corners."""
    return f"{left},{top}" if (left, top) == (right, bottom) else f"{left},{top},{right},{bottom}"


def stretches(line: str, colors: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Of a line of the log's text with colours of their own: where each went, row by row, and the colour as #RRGGBB."""
    letter, *told = line.split(",")
    if letter not in ("p", "f"):  # what changes no pixel
        return
    left, top, width, height = (int(number) for number in told[:4])
    if letter == "f":  # of a newer version, in the form that every reader understands
        yield coordinate(left, top, left + width - 1, top + height - 1), colors[int(told[4])]
        return
    offset = 0
    for run in told[4].split(";"):
        count, _, color = run.rpartition("*")
        end = offset + int(count or 1)
        while offset < end:
            y, x = divmod(offset, width)
            stop = min(end, (y + 1) * width)
            if color != "-":
                last = left + x + stop - offset - 1
                yield coordinate(left + x, top + y, last, top + y), colors[int(color)]
            offset = stop

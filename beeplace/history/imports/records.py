"""What an import knows of each row of a file: fixed-size records, so that millions are sorted and kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy
from numpy.typing import NDArray

Records = NDArray[Any]

PIXEL, RECTANGLE, CIRCLE = range(3)
RECORD: Final = numpy.dtype(
    [
        ("at_ms", "<i8"),
        ("person", "V16"),
        ("x", "<i2"),
        ("y", "<i2"),
        ("width", "<u2"),  # of a circle, its radius
        ("height", "<u2"),
        ("shape", "u1"),
        ("color", "u1"),  # in the order in which the reader met them
    ]
)
_NAMED = 10  # wrong rows whose text is told


class Chunk(NamedTuple):
    """Rows of a file in its order."""

    records: Records


class WrongRows:
    """Counts the rows that say nothing that can be imported, and tells the first of them."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told
        self.count = 0

    def add(self, line: int, what: str, text: object) -> None:
        """A row whose line in the file is known; lines are counted from 1."""
        self.count += 1
        if self.count <= _NAMED:
            self._told(f"line {line}: {what}: {str(text)[:80]!r}")
        elif self.count == _NAMED + 1:
            self._told("more rows are wrong; their number is told at the end")

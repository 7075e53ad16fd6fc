"""Lines of CSV (RFC 4180 with LF) into a binary file, some at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO


class CsvLines:
    """Begins with the names of the columns."""

    def __init__(self, file: BinaryIO, names: Sequence[str]) -> None:
        self._file = file
        self.write([names])

    def write(self, rows: Iterable[Sequence[object]]) -> None:
        """Adds a line for each row."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        self._file.write(text.getvalue().encode())

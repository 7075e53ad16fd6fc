"""An export as text: CSV or lines of JSON. What is empty is nothing in CSV and null in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import numpy
import orjson

from beeplace.history.export.csv_lines import CsvLines
from beeplace.history.export.rows import COLUMNS, ExportedRows

_LINES = 1_000  # of JSON that are made at once


class CsvWriter:
    """The names of the columns, then a line for each entry."""

    def __init__(self, file: BinaryIO) -> None:
        self._lines = CsvLines(file, COLUMNS)

    def add(self, rows: ExportedRows) -> None:
        """Writes the lines of some entries."""
        self._lines.write(_told(rows))

    def close(self) -> None:
        """Everything was added; there is no end to write."""


class JsonLinesWriter:
    """One object for each entry, always with the same fields."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, rows: ExportedRows) -> None:
        """Writes the lines of some entries."""
        told = _told(rows)
        while some := list(islice(told, _LINES)):
            lines = [
                orjson.dumps(dict(zip(COLUMNS, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE) for row in some
            ]
            self._file.write(b"".join(lines))

    def close(self) -> None:
        """Everything was added; there is no end to write."""


def _told(rows: ExportedRows) -> Iterator[tuple[Any, ...]]:
    """Rows with the time as RFC 3339, in UTC and with three digits of the second."""
    moments = rows.time.astype("datetime64[ms]")
    return rows.rows(numpy.datetime_as_string(moments, unit="ms", timezone="UTC").tolist())

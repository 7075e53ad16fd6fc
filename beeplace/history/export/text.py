"""An export as text: CSV (RFC 4180 with LF) or lines of JSON. What is empty is nothing in CSV and null in JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy
import orjson

from beeplace.history.export.rows import ExportedRows


class CsvWriter:
    """The names of the columns, then a line for each entry."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._text = io.StringIO()
        self._csv = csv.writer(self._text, lineterminator="\n")
        self._csv.writerow(ExportedRows._fields)

    def add(self, rows: ExportedRows) -> None:
        """Writes the lines of some entries."""
        self._csv.writerows(_told(rows))
        self._flush()

    def close(self) -> None:
        """Everything was added."""
        self._flush()

    def _flush(self) -> None:
        self._file.write(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()


class JsonLinesWriter:
    """One object for each entry, always with the same fields."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, rows: ExportedRows) -> None:
        """Writes the lines of some entries."""
        names = ExportedRows._fields
        lines = [orjson.dumps(dict(zip(names, row, strict=True))) for row in _told(rows)]
        self._file.write(b"\n".join(lines) + b"\n")

    def close(self) -> None:
        """Everything was added; there is no end to write."""


def _told(rows: ExportedRows) -> Iterator[tuple[Any, ...]]:
    """Rows with the time as RFC 3339, in UTC and with three digits of the second."""
    moments = numpy.array(rows.time, dtype="datetime64[ms]")
    return rows._replace(time=numpy.datetime_as_string(moments, unit="ms", timezone="UTC").tolist()).rows()

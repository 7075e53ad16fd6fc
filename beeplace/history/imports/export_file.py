"""Reads an export of BeePlace again: Parquet, CSV or lines of JSON, the last two also packed (gzip, zstd).

Everything in it is checked: a row that is not as an export writes it ends the import with its number.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
import pyarrow as pa  # type: ignore[import-untyped]  # it brings no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from beeplace.board.palette import Palette
from beeplace.errors import ImportRefused
from beeplace.history.export.rows import COLUMNS
from beeplace.log.archive import Epoch

_PARQUET: Final = b"PAR1"
_PACKED: Final = {b"\x1f\x8b": "gzip", b"\x28\xb5": "zstd"}  # by a file's first bytes
_ROWS: Final = 16_384
_NUMBERS: Final = ("seq", "x", "y", "width", "height", "color", "action")
_WRONG: Final = (ValueError, TypeError, KeyError, OverflowError, pa.ArrowInvalid, OSError, EOFError)


class ExportRow(NamedTuple):
    """An entry as an export tells it; `at_ms` is since 1970. What is empty is None."""

    seq: int
    epoch: str
    at_ms: int
    kind: str
    x: int | None
    y: int | None
    width: int | None
    height: int | None
    color: int | None
    hex: str | None
    person: str
    action: int | None
    change: str | None


class ExportFile:
    """One file, which is read from its beginning as often as is wished."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self._first = file.read(4)

    def epochs(self) -> list[Epoch] | None:
        """All numberings of the board, where the form tells of them. Raises ImportRefused."""
        if self._first != _PARQUET:
            return None
        try:
            told = json.loads(pq.read_schema(self._path).metadata[b"beeplace"])
            return [
                Epoch(one["name"], int(one["first"]), int(one["width"]), int(one["height"]),
                      Palette(tuple(one["colors"])), 0)
                for one in told["epochs"]
            ]  # fmt: skip
        except _WRONG as error:
            raise ImportRefused("the file is no export of BeePlace: its metadata tells of no epochs") from error

    def rows(self) -> Iterator[ExportRow]:
        """The entries, which must be all from the first on. Raises ImportRefused."""
        number = 0
        try:
            for number, told in enumerate(self._told(), 1):
                row = _row(told, number)
                if row.seq != number:
                    raise ImportRefused(f"row {number:,} is entry {row.seq:,}: only a whole export can be imported")
                yield row
        except _WRONG as error:
            raise ImportRefused(f"the file cannot be read after row {number:,}: {_first_line(error)}") from error

    def _told(self) -> Iterator[dict[str, Any]]:
        if self._first == _PARQUET:
            with pq.ParquetFile(self._path) as file:
                for batch in file.iter_batches(_ROWS, columns=[*COLUMNS]):
                    yield from batch.set_column(
                        COLUMNS.index("time"), "time", batch["time"].cast(pa.int64())
                    ).to_pylist()
            return
        with self._path.open("rb") as file:
            packed = _PACKED.get(self._first[:2])
            stream = pa.CompressedInputStream(pa.PythonFile(file, "r"), packed) if packed else file
            lines = io.BufferedReader(stream, 1 << 20) if packed else file
            if lines.peek(1)[:1] == b"{":
                yield from map(orjson.loads, lines)
                return
            table = csv.DictReader(io.TextIOWrapper(lines, "utf-8", newline=""), strict=True)
            if tuple(table.fieldnames or ()) != COLUMNS:
                raise ImportRefused(f"the file is no export of BeePlace: its columns are not {','.join(COLUMNS)}")
            for told in table:
                yield {name: value or None for name, value in told.items()}


def _row(told: dict[str, Any], number: int) -> ExportRow:
    try:
        numbers = {name: None if told[name] is None else int(told[name]) for name in _NUMBERS}
        time = told["time"]
        at_ms = time if isinstance(time, int) else round(1000 * datetime.fromisoformat(time).timestamp())
        row = ExportRow(**{name: told[name] for name in COLUMNS if name != "time"} | numbers | {"at_ms": at_ms})
        if None in (row.seq, row.epoch, row.kind, row.person):
            raise ValueError("seq, epoch, kind and person are never empty")
    except _WRONG as error:
        raise ImportRefused(f"row {number:,} is none of an export: {_first_line(error)}") from error
    return row


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]

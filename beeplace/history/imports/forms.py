"""Readers of the files that canvases of others publish, a few megabytes at a time; they may be packed (gzip, zstd).

    reddit-2017   ts, user_hash, x_coordinate, y_coordinate, color: an index of that year's 16 colours
    reddit-2022   timestamp, user_id, pixel_color, coordinate: "x,y", or a rectangle "x1,y1,x2,y2" of moderators
    reddit-2023   timestamp, user, coordinate, pixel_color: also below 0, and circles {X: 1, Y: 2, R: 3} of moderators
    pxls          lines without names: moment, hash, x, y, colour index, action, with tabs between

Columns are found by their names, so their order is free.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NamedTuple

import numpy
import pyarrow as pa  # type: ignore[import-untyped]  # it brings no types
import pyarrow.compute as pc  # type: ignore[import-untyped]
from pyarrow import csv

from beeplace.errors import ImportRefused
from beeplace.history.imports.fields import NO_MOMENT, Colors, moments, people, place
from beeplace.history.imports.records import RECORD, Records, WrongRows

REDDIT_2017: Final = (
    "#FFFFFF", "#E4E4E4", "#888888", "#222222", "#FFA7D1", "#E50000", "#E59500", "#A06A42",
    "#E5D900", "#94E044", "#02BE01", "#00D3DD", "#0083C7", "#0000EA", "#CF6EE4", "#820080",
)  # fmt: skip
_BLOCK_BYTES = 1 << 20
_PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5": "zstd"}  # by a file's first bytes
_NOBODY = numpy.zeros(1, "V16")[0]


class Form(NamedTuple):
    """How a file names its columns, and what its colours are."""

    time: str
    person: str
    place: tuple[str, ...]  # one column with both numbers, or two
    color: str
    indices: bool = False
    names: tuple[str, ...] = ()  # where the file has none
    action: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """All that a file must have."""
        return tuple(filter(None, (self.time, self.person, *self.place, self.color, self.action)))


FORMS: Final = {
    "reddit-2017": Form("ts", "user_hash", ("x_coordinate", "y_coordinate"), "color", indices=True),
    "reddit-2022": Form("timestamp", "user_id", ("coordinate",), "pixel_color"),
    "reddit-2023": Form("timestamp", "user", ("coordinate",), "pixel_color"),
    "pxls": Form(
        "time", "hash", ("x", "y"), "color", indices=True,
        names=("time", "hash", "x", "y", "color", "action"), action="action",
    ),
}  # fmt: skip


class RowReader:
    """Reads one file from its beginning to its end. `key` is what people's names are hashed with."""

    def __init__(self, file: BinaryIO, form: Form, colors: Colors, key: bytes, wrong: WrongRows) -> None:
        self._file, self._form, self.colors, self._key, self._wrong = file, form, colors, key, wrong
        self._skipped: list[int] = []
        pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps what it was given
        self.rows = 0

    def __iter__(self) -> Iterator[Records]:
        """The rows that can be imported, in the file's order. Raises ImportRefused."""
        try:
            with csv.open_csv(_unpacked(self._file), *self._options()) as batches:
                missing = [name for name in self._form.columns if name not in batches.schema.names]
                if missing:
                    raise ImportRefused(f"the file has no column {missing[0]}")
                for batch in batches:
                    yield self._read(batch)
        except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
            raise ImportRefused(f"the file cannot be read: {str(error).splitlines()[0]}") from error
        except (OSError, EOFError) as error:
            raise ImportRefused(f"the file cannot be read: {error}") from error

    def _options(self) -> tuple[Any, Any, Any]:
        form = self._form
        read = csv.ReadOptions(
            use_threads=False,
            block_size=_BLOCK_BYTES,
            column_names=list(form.names) or None,
            encoding="latin-1",  # whose bytes are all characters: a row that is no UTF-8 is as wrong as others
        )
        parse = csv.ParseOptions(
            delimiter="\t" if form.names else ",",
            quote_char=False if form.names else '"',
            invalid_row_handler=self._skip,
        )
        text = dict.fromkeys(form.columns, pa.string())
        return read, parse, csv.ConvertOptions(column_types=text, strings_can_be_null=False)

    def _skip(self, row: Any) -> str:
        self._skipped.append(row.number)
        self._wrong.add(row.number, f"{row.actual_columns} fields, not {row.expected_columns}", row.text)
        return "skip"

    def _read(self, batch: Any) -> Records:
        form, records = self._form, numpy.zeros(len(batch), RECORD)
        column = batch.column
        where = column(form.place[0]) if len(form.place) == 1 else _joined(*map(column, form.place))
        colors = (self.colors.of_index if form.indices else self.colors.of_hex)(column(form.color))
        records["at_ms"] = moments(column(form.time))
        records["person"] = people(column(form.person), self._key)
        records["color"] = numpy.maximum(colors, 0)
        checks = {
            "no such moment": (records["at_ms"] == NO_MOMENT, form.time),
            "no such place": (place(where, records), form.place[0]),
            "no such colour": (colors < 0, form.color),
        }
        if form.action:
            by_people = pc.is_in(column(form.action), pa.array(["user place", "user undo"])).to_numpy(
                zero_copy_only=False
            )
            records["person"][~by_people] = _NOBODY
        bad = numpy.zeros(len(batch), bool)
        for what, (wrong, name) in checks.items():
            for index in numpy.flatnonzero(wrong & ~bad).tolist():
                self._wrong.add(self._line(index), what, column(name)[index].as_py())
            bad |= wrong
        self.rows += len(batch)
        return records[~bad] if bad.any() else records

    def _line(self, index: int) -> int:
        line = self.rows + index + (1 if self._form.names else 2)
        for skipped in self._skipped:
            line += skipped <= line
        return line


def _joined(x: Any, y: Any) -> Any:
    return pc.binary_join_element_wise(x, y, ",")


def _unpacked(file: BinaryIO) -> Any:
    peek = getattr(file, "peek", None)
    packed = _PACKED.get(peek(2)[:2]) if peek else None
    if peek and peek(3)[:3] == codecs.BOM_UTF8:
        file.read(3)
    stream = pa.PythonFile(file, "r")
    return pa.CompressedInputStream(stream, packed) if packed else stream

"""An export as Parquet: a row group for every 250,000 entries, zstd, the board's epochs in the file's metadata."""

from __future__ import annotations

from typing import Any, BinaryIO

import orjson
import pyarrow as pa  # type: ignore[import-untyped]  # it brings no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from beeplace.errors import StoreUnavailable
from beeplace.history.export.rows import ExportedRows
from beeplace.log.archive import Head

_GROUP = 250_000  # people come again in a group, and each is written once in it
_DICTIONARY_BYTES = 1 << 26  # room for a group in which nobody comes again
_INCREASING = ("seq", "time")
_TYPES: dict[str, Any] = {
    "seq": pa.int64(),
    "epoch": pa.string(),
    "time": pa.timestamp("ms", tz="UTC"),
    "kind": pa.string(),
    "x": pa.uint16(),
    "y": pa.uint16(),
    "width": pa.uint16(),
    "height": pa.uint16(),
    "color": pa.uint8(),
    "hex": pa.string(),
    "person": pa.dictionary(pa.int32(), pa.string()),
    "action": pa.int64(),
    "change": pa.string(),
}
_REQUIRED = ("seq", "epoch", "time", "kind", "person")


class ParquetWriter:
    """Holds one row group in memory. The metadata's `beeplace` is JSON: the epochs with their sizes and palettes."""

    def __init__(self, file: BinaryIO, head: Head) -> None:
        fields = [pa.field(name, kind, nullable=name not in _REQUIRED) for name, kind in _TYPES.items()]
        self._schema = pa.schema(fields, {"beeplace": orjson.dumps(_told(head))})
        self._writer = pq.ParquetWriter(
            file,
            self._schema,
            compression="zstd",
            use_dictionary=[name for name in _TYPES if name not in _INCREASING],
            column_encoding=dict.fromkeys(_INCREASING, "DELTA_BINARY_PACKED"),
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
        )
        self._empty_group()

    def add(self, rows: ExportedRows) -> None:
        """Takes some entries in. Raises StoreUnavailable where the log has what no board can have."""
        people = self._people
        numbers = [people.setdefault(person, len(people)) for person in rows.person]
        values = rows._replace(person=numbers)  # type: ignore[arg-type]  # numbers until the group is whole
        try:
            for name, column in zip(_TYPES, values, strict=True):
                kind = pa.int32() if name == "person" else _TYPES[name]
                self._columns[name].append(pa.array(column, kind))
        except (pa.ArrowInvalid, OverflowError) as error:
            span = f"{rows.seq[0]} and {rows.seq[-1]}"
            raise StoreUnavailable(f"the log is damaged between {span}; beeplace verify tells more") from error
        self._size += len(rows.seq)
        if self._size >= _GROUP:
            self._write_group()

    def close(self) -> None:
        """Everything was added: writes the last group and the file's end."""
        if self._size:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        columns = [pa.chunked_array(chunks) for chunks in self._columns.values()]
        place = list(_TYPES).index("person")
        people = pa.array(self._people, pa.string())
        columns[place] = pa.DictionaryArray.from_arrays(columns[place].combine_chunks(), people)
        self._writer.write_table(pa.table(columns, schema=self._schema), self._size)
        self._empty_group()

    def _empty_group(self) -> None:
        self._size = 0
        self._columns: dict[str, list[Any]] = {name: [] for name in _TYPES}
        self._people: dict[str, int] = {}


def _told(head: Head) -> dict[str, Any]:
    epochs = [
        {"name": e.name, "first": e.first_seq, "width": e.width, "height": e.height, "colors": e.palette.colors}
        for e in head.epochs
    ]
    return {"seq": head.state.seq, "epochs": epochs}

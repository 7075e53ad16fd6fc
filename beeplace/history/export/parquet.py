"""An export as Parquet: row groups of 400,000 entries, zstd, the board's epochs in the metadata."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy
import orjson
import pyarrow as pa  # type: ignore[import-untyped]  # it brings no types
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from beeplace.history.export.rows import COLUMNS, KIND_NAMES, NAME_BYTES, ExportedRows, damaged, written_names
from beeplace.log.archive import Head
from beeplace.log.strips.columns import AT_ONCE, IDENTITY_BYTES

_GROUP = 24 * AT_ONCE  # people come again in a group, and each is written once in it
_DICTIONARY_BYTES = 1 << 26  # room for a group in which nobody comes again
_INCREASING = ("seq", "time")
_NAMED = pa.dictionary(pa.int32(), pa.string())
_TYPES: dict[str, Any] = {
    "seq": pa.int64(),
    "epoch": _NAMED,
    "time": pa.timestamp("ms", tz="UTC"),
    "kind": _NAMED,
    "x": pa.uint16(),
    "y": pa.uint16(),
    "width": pa.uint16(),
    "height": pa.uint16(),
    "color": pa.uint8(),
    "hex": _NAMED,
    "person": _NAMED,
    "action": pa.int64(),
    "change": pa.string(),
}
_REQUIRED = ("seq", "epoch", "time", "kind", "person")
_TOLD = COLUMNS[4:12]  # what `ExportedRows.told` has
_PERSON = _TOLD.index("person")
_ONES = pa.array(numpy.ones(AT_ONCE, numpy.uint16))  # most rows are of one pixel, and all pieces share these
_NOBODY = pa.DictionaryArray.from_arrays(numpy.zeros(AT_ONCE, numpy.int32), pa.array([""]))  # until a group is whole
_NO_ACTIONS, _NO_CHANGES = pa.nulls(AT_ONCE, pa.int64()), pa.nulls(AT_ONCE, pa.string())


class ParquetWriter:
    """Holds one row group in memory. The metadata's `beeplace` is JSON: the epochs with their sizes and palettes."""

    def __init__(self, file: BinaryIO, head: Head) -> None:
        fields = [pa.field(name, _TYPES[name], nullable=name not in _REQUIRED) for name in COLUMNS]
        pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps what it was given
        self._schema = pa.schema(fields, {"beeplace": orjson.dumps(_told(head))})
        self._writer = pq.ParquetWriter(
            file,
            self._schema,
            compression="zstd",
            use_dictionary=[name for name in COLUMNS if name not in _INCREASING],
            column_encoding=dict.fromkeys(_INCREASING, "DELTA_BINARY_PACKED"),
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
        )
        self._kinds = pa.array(KIND_NAMES)
        self._epochs = pa.array([epoch.name for epoch in head.epochs], pa.string())
        self._begin_group()

    def add(self, rows: ExportedRows) -> None:
        """Takes some entries in. Raises StoreUnavailable where the log has what no board can have."""
        try:
            self._group.append(pa.record_batch(self._columns(rows), schema=self._schema))
        except (pa.ArrowInvalid, OverflowError) as error:
            raise damaged(rows.seq[0], rows.seq[-1]) from error
        self._people.append(rows.person)
        self._named |= {self._size + i: t[_PERSON] for i, t in rows.told.items() if len(t[_PERSON]) != NAME_BYTES}
        self._size += len(rows.seq)
        if self._size >= _GROUP:
            self._write_group()

    def close(self) -> None:
        """Everything was added: writes the last group and the file's end."""
        if self._size:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        table = pa.Table.from_batches(self._group).unify_dictionaries()
        place = COLUMNS.index("person")
        people = _people(numpy.concatenate(self._people), self._named)
        self._writer.write_table(table.set_column(place, self._schema.field(place), people), self._size)
        self._begin_group()
        del table, people
        pa.default_memory_pool().release_unused()  # without it 30 MB more are held than are in use

    def _begin_group(self) -> None:
        self._group: list[Any] = []
        self._people: list[Any] = []
        self._named: dict[int, str] = {}  # by row: who is not named by 16 bytes
        self._size = 0

    def _columns(self, rows: ExportedRows) -> list[Any]:
        count, named = len(rows.seq), pa.DictionaryArray.from_arrays
        columns = {
            "seq": pa.array(rows.seq),
            "epoch": named(rows.epoch, self._epochs),
            "time": pa.array(rows.time).cast(_TYPES["time"]),
            "kind": named(rows.kind, self._kinds),
            "x": pa.array(rows.x),
            "y": pa.array(rows.y),
            "width": _ONES[:count],
            "height": _ONES[:count],
            "color": pa.array(rows.color),
            "hex": named(rows.hex, pa.array(rows.colors, pa.string())),
            "person": _NOBODY[:count],
            "action": _NO_ACTIONS[:count],
            "change": _NO_CHANGES[:count],
        }
        if rows.told:
            for place, name in enumerate(_TOLD):
                if place == _PERSON:
                    continue
                columns[name] = _with(columns[name], {index: told[place] for index, told in rows.told.items()})
        if rows.changes:
            columns["change"] = _with(columns["change"], rows.changes)
        return list(columns.values())


def _people(people: Any, named: dict[int, str]) -> Any:
    """The names of a row group, each written once; of some rows other names."""
    packed = pa.py_buffer(people)
    numbered = pa.Array.from_buffers(pa.binary(IDENTITY_BYTES), len(people), [None, packed]).dictionary_encode()
    distinct = len(numbered.dictionary)
    different = numpy.frombuffer(numbered.dictionary.buffers()[1], numpy.uint8, distinct * IDENTITY_BYTES)
    names = written_names(different.reshape(-1, IDENTITY_BYTES))
    ends = numpy.arange(0, names.size + 1, NAME_BYTES, dtype=numpy.int32)
    texts = pa.StringArray.from_buffers(distinct, pa.py_buffer(ends), pa.py_buffer(names))
    if not named:
        return pa.DictionaryArray.from_arrays(numbered.indices, texts)
    others, indices = sorted(set(named.values())), numbered.indices.to_numpy().copy()
    indices[list(named)] = [distinct + others.index(name) for name in named.values()]
    return pa.DictionaryArray.from_arrays(indices, pa.concat_arrays([texts, pa.array(others)]))


def _with(column: Any, told: dict[int, Any]) -> Any:
    """The column with other values in some rows. Raises pa.ArrowInvalid where one cannot be in it."""
    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    mask = numpy.zeros(len(plain), bool)
    mask[list(told)] = True
    others = pa.array([told[index] for index in sorted(told)], plain.type)
    changed = pc.replace_with_mask(plain, pa.array(mask), others)
    return changed.dictionary_encode() if pa.types.is_dictionary(column.type) else changed


def _told(head: Head) -> dict[str, Any]:
    epochs = [
        {"name": e.name, "first": e.first_seq, "width": e.width, "height": e.height, "colors": e.palette.colors}
        for e in head.epochs
    ]
    return {"seq": head.state.seq, "epochs": epochs}

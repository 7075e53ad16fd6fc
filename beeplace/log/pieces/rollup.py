"""The figures of a log from its first entry on, as arrays: pure. Placements alone count, whatever became of them.

Invariant: a rollup follows from the entries that it counts, in their order; so it does not matter who made it, or in
how many steps.
"""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beeplace.errors import RollupDamaged
from beeplace.log.pieces.columns import IDENTITY_BYTES, Columns, Numbers

MINUTE_MS = 60_000
NEWCOMER_MS = 10 * MINUTE_MS  # for so long after the first placement somebody is a newcomer
_COLORS = 256
_LEVEL = 1
_GZIP = b"\x1f\x8b"
_PERSON = f"S{IDENTITY_BYTES}"


def _none() -> Numbers:
    return np.zeros(0, np.int64)


@dataclass(slots=True)
class Rollup:
    """`placed` has how many placements each pixel got, by y and x, as far as anybody placed: boards change their size.

    `people` are the identities in order, `first_ms` is when each placed first; `minutes`, in order, are those of the
    wall clock in which somebody placed, `per_minute` how often. `first` and `last` are x, y, color and at_ms of these
    placements, `newcomers` how many were made by newcomers.
    """

    placed: NDArray[np.uint32] = field(default_factory=lambda: np.zeros((0, 0), np.uint32))
    colors: Numbers = field(default_factory=lambda: np.zeros(_COLORS, np.int64))
    minutes: Numbers = field(default_factory=_none)
    per_minute: Numbers = field(default_factory=_none)
    people: NDArray[np.bytes_] = field(default_factory=lambda: np.zeros(0, _PERSON))
    first_ms: Numbers = field(default_factory=_none)
    first: Numbers = field(default_factory=_none)
    last: Numbers = field(default_factory=_none)
    newcomers: int = 0

    @property
    def placements(self) -> int:
        """All there were."""
        return int(self.colors.sum())

    def within(self, width: int, height: int) -> NDArray[np.uint32]:
        """How many placements each pixel of a board of that size got, row by row; not to be written into."""
        if self.placed.shape == (height, width):
            return self.placed.reshape(-1)
        found = np.zeros((height, width), np.uint32)
        some = self.placed[:height, :width]
        found[: some.shape[0], : some.shape[1]] = some
        return found.ravel()

    def add(self, columns: Columns) -> None:
        """Counts the placements that come next."""
        if len(columns.seqs) == 0:
            return
        height, width = np.maximum(self.placed.shape, (columns.ys.max() + 1, columns.xs.max() + 1)).tolist()
        if (height, width) != self.placed.shape:
            self.placed = self.within(width, height).reshape(height, width)
        places, counts = np.unique(columns.ys * width + columns.xs, return_counts=True)
        self.placed.reshape(-1)[places] += counts.astype(np.uint32)  # in place: of a large board that is 64 MB
        self.colors += np.bincount(columns.colors, minlength=_COLORS)
        self.minutes, self.per_minute = _summed(
            np.concatenate([self.minutes, columns.at_ms // MINUTE_MS]),
            np.concatenate([self.per_minute, np.ones(len(columns.seqs), np.int64)]),
        )
        ends = np.stack([columns.xs, columns.ys, columns.colors.astype(np.int64), columns.at_ms])
        self.first, self.last = (self.first if len(self.first) else ends[:, 0]), ends[:, -1]
        self._add_people(np.frombuffer(columns.identities, _PERSON), columns.at_ms)

    def _add_people(self, who: NDArray[np.bytes_], at_ms: Numbers) -> None:
        names = np.concatenate([self.people, who])
        self.people, firsts = np.unique(names, return_index=True)  # the index is where each is found first
        self.first_ms = np.concatenate([self.first_ms, at_ms])[firsts]
        since = at_ms - self.first_ms[np.searchsorted(self.people, who)]
        self.newcomers += int((since < NEWCOMER_MS).sum())

    def pack(self) -> bytes:
        """As a store keeps it: gzip of the fields in order, each in NumPy's form. Compressed while it is written, as
        the counts of a large board are 64 MB."""
        told = io.BytesIO()
        with gzip.GzipFile(fileobj=told, mode="wb", compresslevel=_LEVEL, mtime=0) as file:
            for one in fields(self):
                np.lib.format.write_array(file, np.atleast_1d(getattr(self, one.name)), allow_pickle=False)
        return told.getvalue()

    @classmethod
    def unpack(cls, body: bytes) -> Rollup:
        """The one that was packed. Raises RollupDamaged."""
        try:
            arrays = _arrays(body) if body.startswith(_GZIP) else _arrays_of_first_form(body)
            return cls(**arrays | {"newcomers": int(arrays["newcomers"][0])})
        except Exception as error:  # of zlib, gzip, zipfile and NumPy, by where the damage is
            raise RollupDamaged(repr(error)) from error


def _arrays(body: bytes) -> dict[str, Any]:
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
        arrays = {one.name: np.lib.format.read_array(file, allow_pickle=False) for one in fields(Rollup)}
        if file.read(1):  # the end is where gzip compares its checksum
            raise ValueError("more fields than a rollup has")
    return arrays


def _arrays_of_first_form(body: bytes) -> dict[str, Any]:
    """What a database has until its next stretch is counted: zlib of NumPy's archive."""
    with np.load(io.BytesIO(zlib.decompress(body)), allow_pickle=False) as told:
        return {name: told[name] for name in told.files}


def _summed(keys: Numbers, counts: Numbers) -> tuple[Numbers, Numbers]:
    """Each key once, in order, with the sum of its counts."""
    found, places = np.unique(keys, return_inverse=True)
    return found, np.bincount(places, counts, len(found)).astype(np.int64)

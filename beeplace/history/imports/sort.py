"""A sort by time that holds a part in memory: sorted runs in a temporary folder, read together at the end.

Rows of the same moment stay in the order in which they came.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import numpy

from beeplace.history.imports.records import RECORD, Records

_RUN = 250_000  # records that are sorted at once: 9 MB
_AT_ONCE = 16_384  # of one run, while they are merged


class SortedRecords:
    """Takes records in any order. Its folder goes with the context."""

    def __init__(self) -> None:
        self._waiting: list[Records] = []
        self._size = 0
        self._runs: list[Path] = []

        self._read: list[_Run] = []

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="beeplace-import-")
        return self

    def __exit__(self, *_: object) -> None:
        for run in self._read:
            run.close()
        self._folder.cleanup()

    def add(self, records: Records) -> None:
        """Some records, in the file's order."""
        self._waiting.append(records)
        self._size += len(records)
        if self._size >= _RUN:
            self._write_run()

    def read(self) -> Iterator[Records]:
        """All of them by time; nothing is added any more."""
        if self._size:
            self._write_run()
        runs = self._read = [_Run(path) for path in self._runs]
        while runs := [run for run in runs if run.fill()]:
            unread = [run.last for run in runs if run.has_more]
            # Invariant: what is before the earliest end of a window is in a window, of each run.
            before = min(unread) if unread else None
            parts = [run.take(before) for run in runs]
            ready = numpy.concatenate(parts)
            if len(ready):
                yield ready[numpy.argsort(ready["at_ms"], kind="stable")]
            elif unread:
                for run in runs:  # a window of one moment: more of that moment may follow
                    run.widen()

    def _write_run(self) -> None:
        records = numpy.concatenate(self._waiting)
        self._waiting, self._size = [], 0
        path = Path(self._folder.name) / str(len(self._runs))
        with path.open("wb") as file:
            order = numpy.argsort(records["at_ms"], kind="stable")
            for start in range(0, len(order), _AT_ONCE):
                file.write(records[order[start : start + _AT_ONCE]].tobytes())
        self._runs.append(path)


class _Run:
    """A sorted run, of which a window is in memory."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._window = numpy.empty(0, RECORD)
        self.has_more = True

    @property
    def last(self) -> int:
        """The moment at which the window ends."""
        return int(self._window["at_ms"][-1])

    def fill(self) -> bool:
        """Reads what there is room for; False at the end of it."""
        if len(self._window) < _AT_ONCE:
            self.widen()
        return len(self._window) > 0

    def widen(self) -> None:
        """Reads on."""
        if not self.has_more:
            return
        data = self._file.read(_AT_ONCE * RECORD.itemsize)
        self.has_more = len(data) == _AT_ONCE * RECORD.itemsize
        self._window = numpy.concatenate([self._window, numpy.frombuffer(data, RECORD)])

    def close(self) -> None:
        """It is read no more."""
        self._file.close()

    def take(self, before: int | None) -> Records:
        """What is before that moment, or all."""
        end = len(self._window) if before is None else int(numpy.searchsorted(self._window["at_ms"], before))
        taken, self._window = self._window[:end], self._window[end:]
        return taken

"""An export in the form of Pxls's log: moment, hash, x, y, colour index, action, with tabs between.

    2021-04-12 23:56:04,123	<64 hexadecimal digits>	826	1048	5	user place

The hash is of the row and of a key that is each person's own: who has no key cannot tell which rows are one person's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import BinaryIO, Final

import numpy

from beeplace.history.export.rows import ExportedRows, painting
from beeplace.log.archive import Epochs, Head
from beeplace.people.export_names import ExportNames

_PEOPLE: Final = 100_000  # whose keys are kept for the next time
_LINES: Final = 4_096  # that are written at once
_ACTIONS: Final = {"placement": "user place", "rewind": "rollback", "undo": "rollback undo", "reset": "console nuke"}
_OTHERWISE: Final = "mod overwrite"


class PxlsWriter:
    """Writes a line for each pixel that a change gave a colour, as Pxls does. What changes no pixel has none."""

    def __init__(self, file: BinaryIO, head: Head) -> None:
        self._file, self._epochs = file, Epochs(head)
        self._key = lru_cache(_PEOPLE)(ExportNames(head.secrets.get("identities", b"")).pxls_key)

    def add(self, rows: ExportedRows) -> None:
        """Writes the lines of some entries."""
        lines: list[str] = []
        for line in self._told(rows):
            lines.append(line)
            if len(lines) == _LINES:
                self._write(lines)
                lines = []
        self._write(lines)

    def close(self) -> None:
        """Everything was added; there is no end to write."""

    def _write(self, lines: list[str]) -> None:
        self._file.write("".join(lines).encode())

    def _told(self, rows: ExportedRows) -> Iterator[str]:
        moments = numpy.datetime_as_string(rows.time.astype("datetime64[ms]"), unit="ms").tolist()
        for seq, _, iso, kind, *area, color, _, person, _, change in rows.rows(moments):
            moment = iso.replace("T", " ").replace(".", ",")
            key, action = self._key(person), _ACTIONS.get(kind, _OTHERWISE)
            epoch = self._epochs.at(seq)
            pixels: Iterable[tuple[int, int, int]] = [(area[0], area[1], color)]
            if change is not None:
                pixels = painted(painting(change, *area), epoch.width, epoch.height)
            for px, py, index in pixels:
                code = hashlib.sha256(f"{moment},{px},{py},{index},{key}".encode()).hexdigest()
                yield f"{moment}\t{code}\t{px}\t{py}\t{index}\t{action}\n"


def painted(line: str, width: int, height: int) -> Iterator[tuple[int, int, int]]:
    """The pixels of a line of the log's text (see `log_text.py`), with their colour indices, row by row."""
    letter, *told = line.split(",")
    if letter == "r":
        told = ["0", "0", str(width), str(height), "0"]
    elif letter not in ("p", "f"):  # what changes no pixel
        return
    left, top, across, down = (int(number) for number in told[:4])
    runs = told[4].split(";") if letter == "p" else [f"{across * down}*{told[4]}"]
    offset = 0
    for run in runs:
        count, _, color = run.rpartition("*")
        end = offset + int(count or 1)
        if color != "-":
            for place in range(offset, end):
                yield left + place % across, top + place // across, int(color)
        offset = end

"""Power cuts for SQLite: a record of all writes and syncs of a real server, and the files that a cut may leave.

What was written before the last sync of its file is there; of what came after, any part may be. The record
is made by a VFS of SQLite inside the server (see `faulty.py`), which passes everything on to the real one.
"""

from __future__ import annotations

import os
import random
import sqlite3
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from tests.crash.history import History, Triple

TRACE = "power.trace"
HEAD = struct.Struct("<qcBqq")  # ns, what, file, offset or size, length of the data
WRITE, TRUNCATE, SYNC, DELETE = b"w", b"t", b"s", b"d"
NAMES = ("beeplace.db", "beeplace.db-wal", "beeplace.db-journal")
REAL = "unix"  # the VFS that everything is passed on to
SECTOR_BYTES = 512
TORN = 0.2  # of the writes that were under way are there in part


def record() -> None:
    """From now on every database of this process is recorded in `power.trace` of the working directory."""
    trace = os.open(TRACE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def note(what: bytes, file: int, number: int, data: bytes = b"") -> None:
        os.write(trace, HEAD.pack(time.monotonic_ns(), what, file, number, len(data)) + data)

    class File(apsw.VFSFile):
        def __init__(self, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
            self.number = _number(name.filename() if isinstance(name, apsw.URIFilename) else name)
            super().__init__(REAL, name, flags)

        def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  # SQLite's name
            if self.number is not None:
                note(WRITE, self.number, offset, bytes(data))
            super().xWrite(data, offset)

        def xTruncate(self, newsize: int) -> None:  # noqa: N802
            if self.number is not None:
                note(TRUNCATE, self.number, newsize)
            super().xTruncate(newsize)

        def xSync(self, flags: int) -> None:  # noqa: N802
            super().xSync(flags)
            if self.number is not None:
                note(SYNC, self.number, flags)  # only now: one that is cut short has synced nothing

    class Recorder(apsw.VFS):
        def __init__(self) -> None:
            super().__init__("recorder", REAL, makedefault=True)

        def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> File:  # noqa: N802
            return File(name, flags)

        def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
            super().xDelete(filename, syncdir)
            if (number := _number(filename)) is not None:
                note(DELETE, number, 0)

    _kept.append(Recorder())


def _number(path: str | None) -> int | None:
    name = Path(path or "").name
    return NAMES.index(name) if name in NAMES else None


_kept: list[apsw.VFS] = []  # SQLite does not keep it alive


@dataclass(slots=True)
class Step:
    """One thing that was done to a file."""

    ns: int
    what: bytes
    file: int
    number: int
    data: bytes

    def onto(self, image: bytearray, most_bytes: int | None = None) -> None:
        """Does it again; only the first `most_bytes` of a write, where they are given."""
        if self.what == TRUNCATE:
            del image[self.number :]
            return
        data = self.data if most_bytes is None else self.data[:most_bytes]
        if len(image) < self.number:
            image.extend(bytes(self.number - len(image)))
        image[self.number : self.number + len(data)] = data


def steps(trace: Path) -> list[Step]:
    """What was recorded, in order; the last may be cut off."""
    data, at, found = trace.read_bytes(), 0, []
    while at + HEAD.size <= len(data):
        ns, what, file, number, length = HEAD.unpack_from(data, at)
        at += HEAD.size + length
        found.append(Step(ns, what, file, number, data[at - length : at]))
    return found


@dataclass(slots=True)
class Disk:
    """The files, as far as they are certain, and what may or may not have come to the platters."""

    images: list[bytearray] = field(default_factory=lambda: [bytearray() for _ in NAMES])
    pending: list[list[Step]] = field(default_factory=lambda: [[] for _ in NAMES])

    def take(self, step: Step) -> None:
        """One more step; a sync makes certain what its file was given.

        Files are deleted at the start and at the end alone, where no cut is made.
        """
        if step.what == DELETE:
            self.images[step.file].clear()
            self.pending[step.file].clear()
            return
        if step.what != SYNC:
            self.pending[step.file].append(step)
            return
        for each in self.pending[step.file]:
            each.onto(self.images[step.file])
        self.pending[step.file].clear()

    def cut(self, folder: Path, randomness: random.Random) -> None:
        """Leaves in the folder what a power cut now may leave."""
        share = randomness.choice((0.0, 0.5, 0.9, 1.0))
        for name, image, pending in zip(NAMES, self.images, self.pending, strict=True):
            left = bytearray(image)
            for step in pending:
                if randomness.random() < share:
                    torn = randomness.random() < TORN and len(step.data) > SECTOR_BYTES
                    step.onto(
                        left, SECTOR_BYTES * randomness.randrange(len(step.data) // SECTOR_BYTES) if torn else None
                    )
            if left or name == NAMES[0]:
                (folder / name).write_bytes(left)


def cuts(trace: Path, history: History, count: int, seed: int) -> Iterator[str]:
    """Cuts the power so often, and says what is lost or damaged of all that had been confirmed by then."""
    randomness = random.Random(f"power {seed}")
    done = steps(trace)
    told = sorted((w.told_ns, w.pixel, w.answers[0]["seq"]) for w in history.wishes if w.confirmed)
    first = next((i for i, step in enumerate(done) if told and step.ns >= told[0][0]), len(done))
    points = set(randomness.sample(range(first, len(done)), min(count, len(done) - first)))
    disk, confirmed, at = Disk(), dict[Triple, int](), 0
    for number, step in enumerate(done):
        while at < len(told) and told[at][0] < step.ns:
            confirmed[told[at][1]], at = told[at][2], at + 1
        if number in points:
            yield from _judged(disk, confirmed, number, randomness)
        disk.take(step)


def _judged(disk: Disk, confirmed: dict[Triple, int], number: int, randomness: random.Random) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        disk.cut(folder, randomness)
        try:
            with closing(sqlite3.connect(folder / NAMES[0])) as db:
                [(state,)] = db.execute("PRAGMA quick_check")
                rows = {(x, y, color): seq for seq, x, y, color in db.execute("SELECT seq, x, y, color FROM log")}
        except sqlite3.DatabaseError as error:
            yield f"damaged: a cut before step {number} leaves no database: {error}"
            return
    if state != "ok":
        yield f"damaged: after a cut before step {number}: {state}"
    missing = [seq for pixel, seq in confirmed.items() if rows.get(pixel) != seq]
    if missing:
        yield f"lost: a cut before step {number} loses {len(missing)} of {len(confirmed)} that were confirmed"

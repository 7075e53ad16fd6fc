"""A SQLite file as a whole: read through a second connection beside the server's, or written anew.

Reading takes no lock: in WAL mode a reader sees the file as of its first statement, and neither waits for the
writer nor lets it wait. Filling writes a file beside the database's and gives it that name at the end, so that
a file of that name is always whole.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import apsw
import numpy
import orjson
from numpy.typing import NDArray

from beeplace.board.allowance import Allowance
from beeplace.board.bitmap import Block
from beeplace.board.geometry import Pixel
from beeplace.board.moderation import Moderation
from beeplace.board.palette import Palette
from beeplace.board.rules import Answer, CachedAnswer
from beeplace.board.state import LiveSettings
from beeplace.board.terms import Term
from beeplace.errors import BackupDamaged, SettingError, StoreNotEmpty, StoreUnavailable
from beeplace.log.archive import (
    Answers,
    Archive,
    Claims,
    DatabaseFilling,
    Epoch,
    Head,
    Held,
    Moment,
    Part,
    Placed,
    Reports,
    Row,
    Rows,
    Undo,
    Windows,
    settings_texts,
)
from beeplace.log.board_clock import BoardClock, Reading, boot_id, boot_ms
from beeplace.log.claims.claim import Claim
from beeplace.log.keys import StoredKey
from beeplace.log.reports.report import Mute, ReportChange, ReportPicture, StoredReport
from beeplace.log.sql_files import migrations, queries
from beeplace.log.sqlite import row_codec
from beeplace.log.sqlite.claims.table import SQL as CLAIMS
from beeplace.log.sqlite.database_file import PRIVATE_FILE, inspect, make_folders, resolved
from beeplace.log.sqlite.file_lock import locked
from beeplace.log.sqlite.reading import reader
from beeplace.log.sqlite.reports.table import SQL as REPORTS
from beeplace.log.sqlite.reports.table import write
from beeplace.log.strips.columns import AT_ONCE, LogColumns, as_rows, from_numbers

_SQL = queries("sqlite", "archive")
_KEEPING = queries("sqlite")
_AT_ONCE = 10_000  # entries of one part
_HELD_AT_ONCE = 1_000
_REPORTS_AT_ONCE = 20  # with pictures of some 10 kB
_NEW_FILE = (
    "PRAGMA journal_mode = OFF",  # a file that nobody has seen needs no way back
    "PRAGMA synchronous = OFF",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -16000",
)


class SqliteArchive(Archive):
    """One file. `ticks` are milliseconds since the machine was started."""

    def __init__(self, path: Path, ticks: Callable[[], int] = boot_ms) -> None:
        self._path = path
        self._ticks = ticks

    @asynccontextmanager
    async def moment(self) -> AsyncIterator[Moment]:
        with _translated(), closing(self._reader()) as db:
            db.execute("BEGIN")
            yield _SqliteMoment(db, self._ticks)

    async def entries(self, after: int, to: int) -> AsyncIterator[Undo | Rows]:
        with _translated(), closing(self._reader()) as db:
            query = "entries" if db.execute(_SQL["has_payloads"]).get else "entries_before_payloads"
            while found := _fetched(db, query, after, to, _AT_ONCE):
                rows = [Row(*columns[:-1]) for columns in found]
                for action in db.execute(_SQL["actions"], (after + 1, rows[-1].seq)):
                    yield Undo(*action)
                yield Rows(rows, [columns[-1] for columns in found])
                after = rows[-1].seq

    async def columns(self, after: int, to: int) -> AsyncIterator[LogColumns]:
        with _translated(), closing(self._reader()) as db:
            suffix = "" if db.execute(_SQL["has_payloads"]).get else "_before_payloads"
            for first in range(after, to, AT_ONCE):
                last = min(to, first + AT_ONCE)
                [(count, *lists, people)] = _fetched(db, "placements" + suffix, first, last)
                placed = from_numbers(first, map(_numbers, lists), people or b"")
                rows = _fetched(db, "others" + suffix, first, last) if count < last - first else []
                yield LogColumns(first, last, placed, [Row(*columns) for columns in rows])

    async def reasons(self, to: int) -> dict[int, str]:
        with _translated(), closing(self._reader()) as db:
            return dict(_fetched(db, "reasons", to))

    def _reader(self) -> apsw.Connection:
        if not self._path.is_file():
            raise SettingError(f"DATABASE_URL: there is no file {self._path}")
        if not inspect(self._path):
            raise SettingError(f"DATABASE_URL: {self._path.name} has no board yet")
        return reader(self._path)

    @asynccontextmanager
    async def filling(self, head: Head) -> AsyncIterator[DatabaseFilling]:
        make_folders(self._path.parent)
        path = resolved(self._path)
        unfinished = path.with_name(path.name + ".restoring")
        lock = locked(path.with_name(path.name + ".lock"))
        try:
            with _translated():
                _make_way(path)
                unfinished.unlink(missing_ok=True)  # of a restore that was killed
                unfinished.touch(PRIVATE_FILE)
                with closing(apsw.Connection(str(unfinished))) as db:
                    filling = _SqliteDatabaseFilling(db, head, self._ticks)
                    yield filling
                if filling.finished:
                    _put_in_place(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
            os.close(lock)


class _SqliteMoment(Moment):
    def __init__(self, db: apsw.Connection, ticks: Callable[[], int]) -> None:
        self._db = db
        query = "board" if db.execute(_SQL["has_payloads"]).get else "board_before_payloads"
        row = db.execute(_SQL[query]).get
        if row is None:
            raise StoreUnavailable("the database has no board")
        epochs = tuple(map(_epoch, db.execute(_SQL["epochs"])))
        now_ms = BoardClock(Reading(*row[8:11]), ticks).now_ms()
        terms = tuple(Term(*term) for term in db.execute(_SQL["terms"])) if db.execute(_SQL["has_terms"]).get else ()
        secrets, first = dict(db.execute(_SQL["secrets"])), LiveSettings.read(row[13]) if row[13] else None
        told = db.execute(_SQL["moderation"]).get if db.execute(_SQL["has_moderation"]).get else None
        state = replace(row_codec.state(row), moderation=Moderation.read(told))
        has_keys = db.execute(_KEEPING["has_keys"]).get
        keys = tuple(StoredKey(*key) for key in db.execute(_KEEPING["keys"])) if has_keys else ()
        self.head = Head(state, now_ms, epochs, secrets, terms, first, keys)
        self.checkpoint_seq = row[7]

    async def held(self) -> AsyncIterator[Held]:
        now = (self.head.board_ms,)
        for some in _batched(self._db.execute(_SQL["allowances"], now)):
            yield Windows({identity: Allowance(used, ends_ms) for identity, used, ends_ms in some})
        for some in _batched(self._db.execute(_SQL["requests"], now)):
            yield Answers([CachedAnswer(i, rid, Pixel(x, y, c), Answer(*a), e) for i, rid, x, y, c, *a, e in some])

        if self._db.execute(REPORTS["has_reports"]).get:
            for some in _batched(self._db.execute(REPORTS["all"]), _REPORTS_AT_ONCE):
                yield Reports([ReportPicture(StoredReport.of(columns), packed) for *columns, packed in some], [])
            for some in _batched(self._db.execute(REPORTS["all_mutes"])):
                yield Reports([], [Mute(*row) for row in some])
        if self._db.execute(CLAIMS["has_claims"]).get:
            for some in _batched(self._db.execute(CLAIMS["all"])):
                yield Claims([Claim(ticket, holder, bool(listed)) for ticket, holder, listed in some])

    async def blocks(self) -> AsyncIterator[Block]:
        for number, pixels, versions in self._db.execute(_SQL["blocks"]):
            try:
                yield Block(number, pixels, zlib.decompress(versions))
            except zlib.error:
                yield Block(number, pixels, b"")


class _SqliteDatabaseFilling(DatabaseFilling):
    def __init__(self, db: apsw.Connection, head: Head, ticks: Callable[[], int]) -> None:
        self._db, self._head, self._ticks = db, head, ticks
        self.finished = False
        self._numbers = {epoch.name: number for number, epoch in enumerate(head.epochs, 1)}
        for pragma in _NEW_FILE:
            db.execute(pragma)
        db.execute("BEGIN")
        for number, script in migrations("sqlite"):
            db.execute(script)
            db.pragma("user_version", number)
        for number, e in enumerate(head.epochs, 1):
            colors = orjson.dumps(e.palette.colors).decode()
            db.execute(_SQL["add_epoch"], (number, e.name, e.first_seq, e.width, e.height, colors, e.at_ms))
        db.executemany(_SQL["add_secret"], head.secrets.items())
        db.executemany(_KEEPING["add_key"], (key.columns for key in head.keys))

    async def take(self, part: Part) -> None:
        many = self._db.executemany
        match part:
            case Rows(rows, previous):
                many(_SQL["add_entry"], map(self._row, rows, previous or ()))
            case Undo(seq, reason, before, seqs):
                self._db.execute(_SQL["add_action"], (seq, reason, before, seqs))
            case Windows(allowances):
                many(_SQL["add_allowance"], ((i, a.used, a.ends_ms) for i, a in allowances.items()))
            case Answers(remembered):
                many(_SQL["add_request"], map(row_codec.request_row, remembered))
            case Claims(claims):
                many(CLAIMS["claim"], claims)
            case Reports(reports, mutes):
                for change in (*map(ReportChange, reports), *(ReportChange(mute=mute) for mute in mutes)):
                    write(self._db, change)

    async def place(self, placed: Placed) -> None:
        number, columns = self._numbers[placed.epoch.name], placed.columns
        rows = as_rows(columns, placed.epoch.palette.colors, placed.previous)
        self._db.executemany(_SQL["add_placement"], ((number, *row) for row in rows))

    def _row(self, row: Row, previous: int) -> tuple[object, ...]:
        return (row[0], self._numbers[row[1]], *row[2:], previous)

    async def finish(self, reset_seq: int, blocks: Iterable[Block]) -> None:  # noqa: ARG002  # a reset has its entry
        state = self._head.state
        clock = (self._head.board_ms, self._ticks(), boot_id())
        self._db.execute(
            _SQL["add_board"], (state.seq, state.read_only, state.seq, *clock, *settings_texts(self._head))
        )
        self._db.execute(_SQL["add_moderation"], (state.moderation.text(),))
        self._db.executemany(_SQL["add_block"], map(row_codec.block_row, blocks))
        self._db.execute("COMMIT")
        self.finished = True


def _fetched(db: apsw.Connection, query: str, *bindings: int) -> list[tuple[Any, ...]]:
    """STRICT tables have the types the schema says."""
    return db.execute(_SQL[query], bindings).fetchall()


def _numbers(listed: str | None) -> NDArray[numpy.int64]:
    return numpy.fromstring(listed, numpy.int64, sep=",") if listed else numpy.empty(0, numpy.int64)


def _epoch(row: tuple[Any, ...]) -> Epoch:
    name, first_seq, width, height, colors, at_ms = row
    return Epoch(name, first_seq, width, height, Palette(tuple(orjson.loads(colors))), at_ms)


def _make_way(path: Path) -> None:
    """Makes sure that nothing is lost when another file takes this one's name."""
    try:
        if not inspect(path):
            return
    except SettingError as error:
        raise StoreNotEmpty(str(error)) from error
    with closing(apsw.Connection(str(path))) as db:
        seq = db.execute(_SQL["seq"]).get
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if seq:
        raise StoreNotEmpty(
            f"DATABASE_URL: {path.name} has a board with {seq:,} entries; name a file that is not there"
        )


def _put_in_place(unfinished: Path, path: Path) -> None:
    _synchronise(unfinished)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    unfinished.replace(path)
    _synchronise(path.parent)


def _synchronise(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _batched(rows: Iterator[tuple[Any, ...]], most: int = _HELD_AT_ONCE) -> Iterator[list[tuple[Any, ...]]]:
    while some := list(islice(rows, most)):
        yield some


@contextmanager
def _translated() -> Iterator[None]:
    """What only SQLite knows becomes an error of the port."""
    try:
        yield
    except (apsw.ConstraintError, apsw.MismatchError, apsw.TooBigError, OverflowError) as error:
        raise BackupDamaged from error  # the schema refuses it
    except (apsw.Error, orjson.JSONDecodeError) as error:
        raise StoreUnavailable(f"the database cannot be read or written: {error}") from error

"""A PostgreSQL database as a whole: read beside the gateways, or filled in one transaction."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import asyncpg
import numpy
from numpy.typing import NDArray

from beeplace.board.allowance import Allowance
from beeplace.board.bitmap import Block
from beeplace.board.changes.placement import Placement
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
from beeplace.log.board_clock import BoardClock, boot_id, boot_ms
from beeplace.log.claims.claim import Claim
from beeplace.log.keys import StoredKey
from beeplace.log.postgres import row_codec
from beeplace.log.postgres.address import PostgresAddress
from beeplace.log.postgres.claims.table import SQL as CLAIMS
from beeplace.log.postgres.connection import FAILURES, in_words, wrong_setting
from beeplace.log.postgres.reports.table import SQL as REPORTS
from beeplace.log.postgres.reports.table import write
from beeplace.log.postgres.schema import migrate, migrated
from beeplace.log.postgres.session import Connection, connected
from beeplace.log.reports.report import Mute, ReportChange, ReportPicture, StoredReport
from beeplace.log.sql_files import queries
from beeplace.log.store import BoardSpec
from beeplace.log.strips.columns import AT_ONCE, LogColumns, as_rows, from_numbers

_SQL = queries("postgres", "archive")
_KEEPING = queries("postgres")
_AT_ONCE = 10_000  # entries of one part
_HELD_AT_ONCE = 1_000
_REPORTS_AT_ONCE = 20  # with pictures of some 10 kB
_BLOCKS_AT_ONCE = 64
_CONNECT_SECONDS = 10.0
_SESSION = {
    "application_name": "beeplace archive",
    "lock_timeout": "10000",
    "max_parallel_workers_per_gather": "0",  # gateways come first
    "work_mem": "16MB",  # a piece of the log is sorted without a file
}
_YEARS = range(2000, 2100)  # what a wall clock says that is wrong goes to the log's default partition
_LOG = ("seq", "at_ms", "action", "epoch", "kind", "x", "y", "width", "height", "color", "hex", "identity", "payload")

_PLACED = ("epoch", "kind", "seq", "x", "y", "color", "hex", "at_ms", "identity")
_DAY_MS = 86_400_000


class PostgresArchive(Archive):
    """One database. `ticks` are milliseconds since this machine was started, `boot` names that start."""

    def __init__(self, url: str, ticks: Callable[[], int] = boot_ms, boot: Callable[[], str] = boot_id) -> None:
        self._address = PostgresAddress(url)
        self._ticks, self._boot = ticks, boot

    @asynccontextmanager
    async def moment(self) -> AsyncIterator[Moment]:
        async with self._connected() as db:
            if not await db.fetchval(_KEEPING["has_migrations"], "board"):
                raise SettingError("DATABASE_URL: there is no board in this database")
            await migrated(db)
            async with db.transaction(isolation="repeatable_read", readonly=True):
                yield await self._moment(db)

    async def _moment(self, db: Connection) -> Moment:
        query = "board" if await db.fetchval(_SQL["has_payloads"]) else "board_before_payloads"
        row = await db.fetchrow(_SQL[query])
        if row is None:
            raise StoreUnavailable("the database has no board")
        clock = BoardClock(row_codec.reading(row), self._ticks, self._boot)
        epochs = tuple(map(_epoch, await db.fetch(_SQL["epochs"])))
        secrets = {name: bytes(value) for name, value in await db.fetch(_SQL["secrets"])}
        has_terms = await db.fetchval(_KEEPING["has_migrations"], "term")
        terms = tuple(Term(*term) for term in await db.fetch(_SQL["terms"])) if has_terms else ()
        first = LiveSettings.read(row["first_settings"]) if row["first_settings"] else None
        has_moderation = await db.fetchval(_KEEPING["has_migrations"], "moderation")
        told = await db.fetchval(_SQL["moderation"]) if has_moderation else None
        state = replace(row_codec.state(row), moderation=Moderation.read(told))
        has_keys = await db.fetchval(_KEEPING["has_migrations"], "organiser_key")
        keys = tuple(StoredKey(*key) for key in await db.fetch(_KEEPING["keys"])) if has_keys else ()
        head = Head(state, clock.now_ms(), epochs, secrets, terms, first, keys)
        return _PostgresMoment(db, head, row["kept_seq"])

    async def entries(self, after: int, to: int) -> AsyncIterator[Undo | Rows]:
        async with self._connected() as db:
            query = "entries" if await db.fetchval(_SQL["has_payloads"]) else "entries_before_payloads"
            for first in range(after, to, _AT_ONCE):  # by number: where entries are missing, others may follow
                last = min(to, first + _AT_ONCE)
                for action in await db.fetch(_SQL["actions"], first + 1, last):
                    yield Undo(*action)
                if rows := [Row(*columns) for columns in await db.fetch(_SQL[query], first, last)]:
                    yield Rows(rows)

    async def columns(self, after: int, to: int) -> AsyncIterator[LogColumns]:
        async with self._connected() as db:
            suffix = "" if await db.fetchval(_SQL["has_payloads"]) else "_before_payloads"
            for first in range(after, to, AT_ONCE):
                last = min(to, first + AT_ONCE)
                [(count, *lists, people)] = await db.fetch(_SQL["placements" + suffix], first, last)
                placed = from_numbers(first, map(_numbers, lists), people or b"")
                rows = await db.fetch(_SQL["others" + suffix], first, last) if count < last - first else []
                yield LogColumns(first, last, placed, [Row(*columns) for columns in rows])

    async def reasons(self, to: int) -> dict[int, str]:
        async with self._connected() as db:
            return dict(map(tuple, await db.fetch(_SQL["reasons"], to)))

    @asynccontextmanager
    async def filling(self, head: Head) -> AsyncIterator[DatabaseFilling]:
        state, now_ms = head.state, head.epochs[-1].at_ms
        self._address.refuse_standbys()
        async with self._connected(primary=True) as db:
            transaction = db.transaction()
            await transaction.start()
            await db.execute(db.each_transaction)
            try:
                await migrate(db, BoardSpec(state.width, state.height, state.palette), now_ms)
                if seq := await db.fetchval(_SQL["lock"]):
                    raise StoreNotEmpty(f"DATABASE_URL: there is a board with {seq:,} entries; name an empty database")
                await db.execute(_SQL["empty"])
                filling = _PostgresDatabaseFilling(db, head, self._ticks, self._boot)
                await filling.begin()
                yield filling
            except BaseException:
                if not db.is_closed():
                    await transaction.rollback()
                raise
            await (transaction.commit() if filling.finished else transaction.rollback())

    @asynccontextmanager
    async def _connected(self, *, primary: bool = False) -> AsyncIterator[Connection]:
        """A connection without limits of time: a query over a long log takes what it takes."""
        try:
            db = await connected(self._address, _SESSION, connect_seconds=_CONNECT_SECONDS, primary=primary)
            try:
                yield db
            finally:
                await db.close(timeout=_CONNECT_SECONDS)
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
            raise BackupDamaged from error  # the schema refuses it
        except (*FAILURES, ValueError) as error:
            raise wrong_setting(error) or StoreUnavailable(in_words(error)) from error


class _PostgresMoment(Moment):
    def __init__(self, db: Connection, head: Head, checkpoint_seq: int) -> None:
        self._db = db
        self.head, self.checkpoint_seq = head, checkpoint_seq

    async def held(self) -> AsyncIterator[Held]:
        now_ms = self.head.board_ms
        async for some in self._fetched(_SQL["allowances"], now_ms):
            yield Windows({identity: Allowance(used, ends_ms) for identity, used, ends_ms in some})
        async for some in self._fetched(_SQL["requests"], now_ms):
            yield Answers([CachedAnswer(i, rid, Pixel(x, y, c), Answer(*a), e) for i, rid, x, y, c, *a, e in some])

        if await self._db.fetchval(_KEEPING["has_migrations"], "report"):
            async for some in self._fetched(REPORTS["all"], most=_REPORTS_AT_ONCE):
                yield Reports([ReportPicture(StoredReport.of(columns), packed) for *columns, packed in some], [])
            async for some in self._fetched(REPORTS["all_mutes"]):
                yield Reports([], [Mute(*row) for row in some])
        if await self._db.fetchval(_KEEPING["has_migrations"], "ticket_claim"):
            async for some in self._fetched(CLAIMS["all"]):
                yield Claims([Claim(*row) for row in some])

    async def _fetched(self, sql: str, *arguments: object, most: int = _HELD_AT_ONCE) -> AsyncIterator[list[Any]]:
        cursor = await self._db.cursor(sql, *arguments)
        while some := await cursor.fetch(most):
            yield some

    async def blocks(self) -> AsyncIterator[Block]:
        async for number, pixels, versions in self._db.cursor(_SQL["blocks"], prefetch=_BLOCKS_AT_ONCE):
            try:
                yield Block(number, pixels, zlib.decompress(versions))
            except zlib.error:
                yield Block(number, pixels, b"")


class _PostgresDatabaseFilling(DatabaseFilling):
    def __init__(self, db: Connection, head: Head, ticks: Callable[[], int], boot: Callable[[], str]) -> None:
        self._db, self._head, self._ticks, self._boot = db, head, ticks, boot
        self._numbers: dict[str, int] = {}
        self._months: set[tuple[int, int]] = set()
        self.finished = False

    async def begin(self) -> None:
        """Writes down what the head says."""
        for e in self._head.epochs:
            row = (e.name, e.first_seq, e.width, e.height, e.palette.colors, e.at_ms)
            self._numbers[e.name] = await self._db.fetchval(_SQL["add_epoch"], *row)
        for name, value in self._head.secrets.items():
            await self._db.execute(_KEEPING["add_secret"], name, value)
        for key in self._head.keys:
            await self._db.execute(_KEEPING["add_key"], *key.columns)

    async def take(self, part: Part) -> None:
        match part:
            case Rows(rows):
                await self._make_partitions({row.at_ms // _DAY_MS for row in rows})
                await self._copy("log", map(self._row, rows), _LOG)
            case Undo(seq, reason, before):
                await self._db.execute(_KEEPING["add_action"], seq, reason, before)
            case Windows(allowances):
                await self._copy("allowance", ((i, a.used, a.ends_ms) for i, a in allowances.items()))
            case Answers(remembered):
                await self._copy("request", map(row_codec.request_row, remembered))
            case Claims(claims):
                await self._copy("ticket_claim", claims)
            case Reports(reports, mutes):
                for change in (*map(ReportChange, reports), *(ReportChange(mute=mute) for mute in mutes)):
                    await write(self._db, change)

    async def place(self, placed: Placed) -> None:
        number, columns = self._numbers[placed.epoch.name], placed.columns
        await self._make_partitions({*(columns.at_ms // _DAY_MS).tolist()})
        rows = as_rows(columns, placed.epoch.palette.colors)
        await self._copy("log", ((number, Placement.NUMBER, *row) for row in rows), _PLACED)

    async def _copy(self, table: str, rows: Iterable[tuple[Any, ...]], columns: tuple[str, ...] | None = None) -> None:
        await self._db.copy_records_to_table(table, records=rows, columns=columns)

    def _row(self, r: Row) -> tuple[Any, ...]:
        return (r.seq, r.at_ms, r.action, self._numbers[r.epoch], *r[2:9], r.identity, r.payload)

    async def _make_partitions(self, all_days: set[int]) -> None:
        for days in all_days:
            day = datetime.fromtimestamp(days * 86_400, UTC)
            if day.year in _YEARS and (day.year, day.month) not in self._months:
                self._months.add((day.year, day.month))
                await self._db.execute(_SQL["make_partition"], datetime(day.year, day.month, 1))  # noqa: DTZ001

    async def finish(self, reset_seq: int, blocks: Iterable[Block]) -> None:
        state = self._head.state
        clock = (self._head.board_ms, self._ticks(), self._boot())
        await self._db.execute(
            _SQL["add_board"], state.seq, state.read_only, reset_seq, *clock, *settings_texts(self._head)
        )
        await self._db.execute(_KEEPING["set_moderation"], state.moderation.text())
        ahead = iter(blocks)
        while some := list(islice(ahead, _BLOCKS_AT_ONCE)):
            await self._db.execute(_KEEPING["add_blocks"], *row_codec.packed(some))
        self.finished = True


def _numbers(packed: bytes | None) -> NDArray[numpy.int64]:
    return numpy.frombuffer(packed or b"", ">i8").astype(numpy.int64)


def _epoch(row: Iterable[Any]) -> Epoch:
    name, first_seq, width, height, colors, at_ms = row
    return Epoch(name, first_seq, width, height, Palette(tuple(colors)), at_ms)

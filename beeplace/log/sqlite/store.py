"""The embedded store: SQLite in WAL mode with `synchronous=FULL`, one process, one writing thread.

A commit is one transaction and one fsync; a second process on the same file is refused. SQLite comes with
APSW, because Debian 12's own (3.40.1) can corrupt a WAL that two connections reset.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import apsw
import orjson

from beeplace.board.allowance import Allowance
from beeplace.board.bitmap import Block
from beeplace.board.board import Board
from beeplace.board.changes.resize import Size
from beeplace.board.entries import Entry
from beeplace.board.geometry import Pixel
from beeplace.board.rules import Answer, CachedAnswer, Decision, Facts
from beeplace.board.state import BoardState
from beeplace.board.terms import KEPT, Term, Terms, new_name
from beeplace.errors import SettingError, StoreUnavailable
from beeplace.log.board_clock import BoardClock, Reading, boot_ms, wall_ms
from beeplace.log.crash_points import passing
from beeplace.log.pieces.stored import StoredPiece
from beeplace.log.sql_files import many, migrations, queries
from beeplace.log.sqlite import row_codec
from beeplace.log.sqlite.claims.table import SqliteClaims
from beeplace.log.sqlite.database_file import DatabaseFile, WalGone, connected
from beeplace.log.sqlite.epochs import begin_epoch
from beeplace.log.sqlite.past import SqlitePast
from beeplace.log.sqlite.reads import SqliteReads
from beeplace.log.sqlite.reasons import translated
from beeplace.log.sqlite.reports.table import SqliteReports
from beeplace.log.sqlite.thread import StoreThread
from beeplace.log.store import BoardBehind, BoardSpec, Decide, FactsNeeded, OutcomeUnknown, Store, check_whole, trial
from beeplace.log.strips.strip import Strip

_SQL = queries("sqlite")
_TAIL = 20_000  # log entries read at once at the start
_FORGET_MS = 10_000  # board time between two sweeps of what has expired

T = TypeVar("T")


class SqliteStore(SqlitePast, SqliteReports, SqliteClaims, Store):
    """The log in one file. All work happens on one thread, in the order it was asked for; reads for people on another.

    When a pixel changed last is read from the board in memory: a commit is made on a board that has all of the log.
    `ticks` are milliseconds since the machine was started.
    """

    def __init__(self, path: Path, ticks: Callable[[], int] = boot_ms) -> None:
        self._file = DatabaseFile(path)
        self._ticks = ticks
        self._worker = StoreThread("store")
        super().__init__(
            SqliteReads(self._place, lambda: self._state, lambda offset: self._board.bitmap.versions.at(offset))
        )
        self._closing = ExitStack()
        self._forgotten_ms = 0
        self._doubtful = False  # the last COMMIT failed and what became of it is not known

    async def _run(self, work: Callable[..., T], *args: object) -> T:
        return await self._worker.run(translated, work, args)

    async def open(self, wanted: BoardSpec) -> Board:
        return await self._run(self._open, wanted)

    async def load(self) -> Board:
        return await self._run(self._load)

    async def terms(self) -> Terms:
        return await self._run(self._terms)

    async def doubt_term(self) -> None:
        await self._run(self._doubt_term)

    def now_ms(self) -> int:
        return self._clock.now_ms()

    async def commit(self, question: FactsNeeded, decide: Decide) -> Decision:
        return await self._run(self._commit, question, decide)

    async def probe(self) -> None:
        await self._run(self._probe)

    async def look(self) -> None:
        await self._run(self._look)

    async def state(self) -> BoardState:
        return await self._run(lambda: self._state)

    async def windows(self) -> dict[bytes, Allowance]:
        return await self._run(self._windows)

    async def entries_after(self, seq: int, most: int) -> list[Entry]:
        return await self._run(self._entries, "entries_after", (seq, most))

    async def keep(
        self, blocks: Sequence[Block], seq: int | None, term: str | None = None, size: Size | None = None
    ) -> None:
        await self._run(self._keep, blocks, seq, term, size)

    async def keep_strips(self, strips: Sequence[Strip]) -> None:
        await self._run(self._keep_made, "keep_strip", [(strip.key, strip.packed) for strip in strips])

    async def keep_piece(self, piece: StoredPiece, term: str) -> None:
        await self._run(self._keep_made, "keep_piece", [(*piece[:3], piece.digest, *piece[3:])], term)

    async def keep_rollup(self, stretches: int, body: bytes, term: str) -> None:
        await self._run(self._keep_made, "keep_rollup", [(stretches, body)], term)

    async def drop_rollup(self, body: bytes) -> None:
        await self._run(self._keep_made, "drop_rollup", [(body,)])

    async def secret(self, name: str) -> bytes:
        return await self._run(self._secret, name)

    async def scrub(self) -> bool:
        return await self._run(lambda: self._file.scrub(self._db))

    async def close(self) -> None:
        self._end_reading()
        self._reads.close()  # the last connection to end is the one that can tidy up
        await self._run(self._closing.close)
        self._worker.end()

    # What follows runs on the store's thread.

    def _open(self, wanted: BoardSpec) -> Board:
        self._closing.callback(self._file.close)
        path = self._file.open()
        try:
            self._db = connected(self._file.path)
        except (apsw.NotADBError, apsw.CorruptError) as error:
            raise SettingError(f"DATABASE_URL: {path.name} is no SQLite database, or a damaged one") from error
        self._closing.callback(self._disconnect)
        self._migrate(wanted)
        with self._db:  # before anything else is written to a file that may be an older copy
            self._db.execute(_SQL["add_term"], (new_name(),))
        self._file.connected()
        row = self._db.execute(_SQL["board"]).get
        self._clock = BoardClock(Reading(*row[8:11]), self._ticks)
        self._board = self._load()
        self._reads.open()
        return self._board

    def _migrate(self, wanted: BoardSpec) -> None:
        done = self._db.pragma("user_version")
        for number, script in migrations("sqlite"):
            if number > done:
                with self._db:
                    self._db.execute(script)
                    if number == 1:
                        self._begin(wanted)
                    self._db.pragma("user_version", number)
                    passing("migrating")
        if not done:
            self._db.execute(_SQL["begin_settings"], (wanted.settings.text(),))

    def _begin(self, wanted: BoardSpec) -> None:
        colors = orjson.dumps(wanted.palette.colors).decode()
        name = secrets.token_hex(8)
        self._db.execute(_SQL["add_epoch"], (name, 1, wanted.width, wanted.height, colors, wall_ms()))
        self._db.execute(_SQL["add_board"], (0, 0, ""))

    def _load(self) -> Board:
        """The board as the file has it."""
        row = self._db.execute(_SQL["board"]).get
        self._state = row_codec.state(row)
        return self._loaded(checkpoint_seq=row[7])

    def _terms(self) -> Terms:
        return Terms(Term(*row) for row in reversed(self._db.execute(_SQL["terms"], (KEPT,)).fetchall()))

    def _doubt_term(self) -> None:
        with self._db:
            self._db.execute(_SQL["doubt_term"], (new_name(),))
        self._state = row_codec.state(self._db.execute(_SQL["board"]).get)

    def _loaded(self, checkpoint_seq: int) -> Board:
        board = Board(self._state)
        board.checkpoint_seq, board.terms = checkpoint_seq, self._terms()
        for number, pixels, versions in self._db.execute(_SQL["blocks"]):
            board.bitmap.restore(Block(number, pixels, zlib.decompress(versions)))
        while tail := self._entries("entries_after", (checkpoint_seq, _TAIL)):
            checkpoint_seq = check_whole(tail, checkpoint_seq, self._state)
            board.apply(tail, self._state)
        check_whole((), checkpoint_seq, self._state)
        board.allowances = self._windows()
        return board

    def _windows(self) -> dict[bytes, Allowance]:
        found = self._db.execute(_SQL["open_windows"], (self.now_ms(),))
        return {identity: Allowance(*window) for identity, *window in found}

    def _disconnect(self) -> None:
        """SQLite ends with a checkpoint, and deletes the WAL by its name: not if that may be another's by now."""
        try:
            self._look()
        except StoreUnavailable as error:
            with suppress(apsw.Error):  # closed already
                self._db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, not isinstance(error, WalGone))
        self._file.disconnected()
        self._db.close()

    def _look(self) -> None:
        self._file.check_place()
        self._check_file()

    def _check_file(self) -> None:
        """Raises StoreUnavailable where the next start would not find what is written. What a deleted WAL still has
        is brought into the database, so that of what was confirmed before nothing is lost."""
        try:
            self._file.check()
        except WalGone:
            if self._file.wal_is_whole:
                self._db.execute("PRAGMA wal_checkpoint(FULL)")
                self._file.written()
            raise

    def _begin_writing(self) -> None:
        if self._doubtful:
            self._recover()
        self._check_file()
        self._db.execute("BEGIN IMMEDIATE")

    def _commit(self, question: FactsNeeded, decide: Decide) -> Decision:
        self._begin_writing()
        try:
            facts = self._facts(question)
            question.check(facts)
            board = question.board or self._board
            if board.state.seq != facts.state.seq:
                raise BoardBehind
            passing("locked")
            decision = decide(facts)
            if not (decision.entries or decision.remembered):
                self._db.execute("ROLLBACK")  # nothing to write down: no fsync for refusals
                return decision
            self._write(decision, board)
            passing("written")
        except BaseException:
            if self._db.in_transaction:  # a full disk has already rolled it back
                self._db.execute("ROLLBACK")
            raise
        try:
            self._db.execute("COMMIT")
        except apsw.Error as error:
            self._settle(decision, error)
        self._state = decision.state
        with suppress(apsw.Error):  # the commit stands, whatever becomes of the sweep
            self._forget()
        try:
            self._file.check_written()
        except StoreUnavailable as error:
            raise OutcomeUnknown from error
        return decision

    def _probe(self) -> None:
        """The row is deleted rather than rolled back, so that as many pages have to be stored as for a placement."""
        self._transaction(self._try)

    def _try(self, db: apsw.Connection) -> None:
        tried = trial(self._facts(FactsNeeded()))
        self._write(tried, self._board)
        db.execute(_SQL["forget_entry"], (tried.state.seq,))
        self._write(Decision(self._state), self._board)

    def _transaction(self, work: Callable[[apsw.Connection], T]) -> T:
        """Of what is no entry of the log."""
        self._begin_writing()
        try:
            done = work(self._db)
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        try:
            self._db.execute("COMMIT")
        except apsw.Error:
            self._doubtful = True
            raise
        self._file.check_written()
        return done

    def _facts(self, question: FactsNeeded) -> Facts:
        now_ms, at_ms = self._clock.now_ms(), wall_ms()  # of one moment: whoever reads the log compares them
        allowances = {}
        for identity in question.identities:
            if row := self._db.execute(_SQL["allowance"], (identity,)).fetchone():
                allowances[identity] = Allowance(*row)
        answers = {}
        for identity, rid in question.requests:
            if row := self._db.execute(_SQL["request"], (identity, rid, now_ms)).fetchone():
                x, y, color, *answer, expires_ms = row
                answers[identity, rid] = CachedAnswer(identity, rid, Pixel(x, y, color), Answer(*answer), expires_ms)
        return Facts(self._state, now_ms, at_ms, allowances, answers)

    def _write(self, decision: Decision, board: Board) -> None:
        """`board` has all that the log has before it."""
        state, versions = decision.state, board.bitmap.versions
        if state.epoch != self._state.epoch:
            begin_epoch(self._db, decision, board)
        if decision.action:
            self._db.execute(_SQL["add_action"], row_codec.action_row(decision, versions))
            self._db.execute(_SQL["add_entry"], row_codec.entry_row(decision, versions))
        elif decision.entries:
            shared = (self._db.execute(_SQL["last_epoch"]).get, *row_codec.shared_columns(decision))
            self._add("add_placements", row_codec.placement_rows(decision, versions), shared)
        if state.moderation is not self._state.moderation:
            self._db.execute(_SQL["set_moderation"], (state.moderation.text(),))
        self._add("set_allowance", [(i, a.used, a.ends_ms) for i, a in decision.allowances.items()])
        self._add("remember_request", [*map(row_codec.request_row, decision.remembered)])
        reading = self._clock.reading()
        clock = (reading.board_ms, reading.boot_ms, reading.boot_id)
        self._db.execute(_SQL["set_board"], (state.seq, state.read_only, state.settings.text(), *clock))

    def _add(self, query: str, rows: Sequence[tuple[object, ...]], shared: tuple[object, ...] = ()) -> None:
        for sql, bindings in many(_SQL[query], rows, shared):
            self._db.execute(sql, bindings)

    def _settle(self, decision: Decision, error: apsw.Error) -> None:
        """After a COMMIT that failed: what the file says counts, and only once it is on stable storage.

        The connection is not trusted any more, since a failed fsync may have dropped what it was to write.
        """
        self._doubtful = True
        try:
            self._recover()
        except (apsw.Error, StoreUnavailable) as again:
            raise OutcomeUnknown from again
        if self._state.seq != decision.state.seq:
            raise StoreUnavailable from error

    def _recover(self) -> None:
        self._file.check_place()
        self._file.disconnected()
        self._reads.close()
        self._db.close(True)
        self._db = connected(self._file.path)
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._state = row_codec.state(self._db.execute(_SQL["board"]).get)
        last = max(self._state.seq - 1, 0)
        check_whole((), check_whole(self._entries("entries_after", (last, 2)), last, self._state), self._state)
        self._file.connected()
        self._doubtful = False

    def _forget(self) -> None:
        now_ms = self._clock.now_ms()
        if now_ms - self._forgotten_ms >= _FORGET_MS:
            self._forgotten_ms = now_ms
            with self._db:
                self._db.execute(_SQL["forget_windows"], (now_ms,))
                self._db.execute(_SQL["forget_requests"], (now_ms,))

    def _entries(self, query: str, bindings: tuple[int, ...]) -> list[Entry]:
        return [row_codec.entry(row, self._state) for row in self._db.execute(_SQL[query], bindings)]

    def _place(self) -> Path:
        self._file.check_place()
        return self._file.path

    def _keep(self, blocks: Sequence[Block], seq: int | None, term: str | None, size: Size | None) -> None:
        if term not in (None, self._state.term) or size not in (None, (self._state.width, self._state.height)):
            return
        with self._written(), self._db:
            self._db.executemany(_SQL["keep_block"], map(row_codec.block_row, blocks))
            if seq is not None:
                self._db.execute(_SQL["set_kept"], (seq,))

    def _keep_made(self, query: str, rows: Sequence[tuple[object, ...]], term: str | None = None) -> None:
        """Stores what follows from the log, unless it was made in another term."""
        if term in (None, self._state.term):
            with self._written(), self._db:
                self._db.executemany(_SQL[query], rows)

    def _secret(self, name: str) -> bytes:
        with self._written():
            self._db.execute(_SQL["add_secret"], (name, secrets.token_bytes(32)))
        value: bytes = self._db.execute(_SQL["secret"], (name,)).get
        return value

    @contextmanager
    def _written(self) -> Iterator[None]:
        """Into the file that the next start finds; what is written meanwhile is ours."""
        self._check_file()
        try:
            yield
        finally:
            self._file.written()

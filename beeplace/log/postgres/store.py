"""The shared store: one PostgreSQL database for any number of gateways, put in order by the lock of the board's row.

A commit goes over a connection of its own and takes four round trips: lock, facts, everything written, COMMIT.
Reads have another one, so that they never wait behind commits, and what people read of the past a third.
"""

from __future__ import annotations

import asyncio
import secrets
import time
import zlib
from collections.abc import Callable, Sequence

import asyncpg

from beeplace.board.allowance import Allowance
from beeplace.board.bitmap import Block
from beeplace.board.board import Board
from beeplace.board.changes.change import Change
from beeplace.board.changes.resize import Size
from beeplace.board.entries import Entry
from beeplace.board.rules import Decision, Facts
from beeplace.board.state import BoardState
from beeplace.board.terms import Terms
from beeplace.errors import StoreUnavailable
from beeplace.log.board_clock import boot_id, boot_ms
from beeplace.log.crash_points import passing
from beeplace.log.keys import StoredKey
from beeplace.log.pieces.stored import StoredPiece
from beeplace.log.postgres import row_codec
from beeplace.log.postgres.address import PostgresAddress
from beeplace.log.postgres.claims.table import PostgresClaims
from beeplace.log.postgres.connection import FAILURES, Link, NotReplicated, broke, reason
from beeplace.log.postgres.outcome import Outcome
from beeplace.log.postgres.past import PostgresPast, entries_of
from beeplace.log.postgres.reports.table import PostgresReports
from beeplace.log.postgres.schema import migrate
from beeplace.log.postgres.session import Connection
from beeplace.log.postgres.shared_clock import joined_clock, tell
from beeplace.log.postgres.term import doubt_term, settle_term, terms
from beeplace.log.postgres.upkeep import Upkeep
from beeplace.log.sql_files import queries
from beeplace.log.store import BoardSpec, Decide, FactsNeeded, Store, check_whole, trial
from beeplace.log.strips.strip import Strip

_SQL = queries("postgres")
_COMMITTING = {  # only rows looked up by their key: with many of them asked for, a plan must not turn to whole tables
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
_TAIL = 20_000  # log entries read at once at the start
_PATIENCE_SECONDS = 60.0  # for a query at the start, when nobody waits yet


class PostgresStore(PostgresPast, PostgresReports, PostgresClaims, Store):
    """The log in a database. `ticks` are milliseconds since this machine was started, `boot` names that start."""

    def __init__(self, url: str, ticks: Callable[[], int] = boot_ms, boot: Callable[[], str] = boot_id) -> None:
        self._ticks = ticks
        # Without a name of the boot, gateways beside this one are taken for those of other machines.
        name = boot() or secrets.token_hex(16)
        self._boot = lambda: name
        address = PostgresAddress(url)
        address.refuse_standbys()
        address.refuse_missing_files()
        super().__init__(Link(address, {}))
        self._commits, self._reads = Link(address, _COMMITTING), Link(address, {})
        self._outcome = Outcome(self._commits)
        self._upkeep = Upkeep(self._tell_time, self._reads, self._commits, self._past)

    async def open(self, wanted: BoardSpec) -> Board:
        await self._commits.open()
        await self._reads.open()
        await self._past.open()
        await self._commits.run(lambda db: migrate(db, wanted, wall_ms()))
        self._commits.prepare = settle_term
        await self._commits.run(settle_term)
        self._clock = await self._commits.run(lambda db: joined_clock(db, self._ticks, self._boot))
        board = await self.load()
        self._known = board.state
        await self._upkeep.start()
        return board

    async def load(self) -> Board:
        board = await self._reads.run(self._load)
        board.allowances = await self.windows()
        return board

    async def terms(self) -> Terms:
        return await self._reads.run(terms)

    async def doubt_term(self) -> None:
        await self._commits.run(doubt_term)

    def now_ms(self) -> int:
        return self._clock.now_ms()

    async def commit(self, question: FactsNeeded, decide: Decide) -> Decision:
        decision = await self._commits.run(lambda db: self._commit(db, question, decide))
        self._known = decision.state
        self._upkeep.look(self.now_ms())
        return decision

    async def probe(self) -> None:
        await self._commits.run(self._probe)

    async def look(self) -> None:
        """The server looks after its files."""

    async def state(self) -> BoardState:
        row = await self._reads.run(lambda db: db.fetchrow(_SQL["board"]))
        assert row is not None
        self._clock.observe(row_codec.reading(row))
        self._known = found = row_codec.state(row)
        return found

    async def windows(self) -> dict[bytes, Allowance]:
        rows = await self._reads.run(lambda db: db.fetch(_SQL["open_windows"], self.now_ms()))
        return {identity: Allowance(used, ends_ms) for identity, used, ends_ms in rows}

    async def entries_after(self, seq: int, most: int) -> list[Entry]:
        return await entries_of(await self._fetch("entries_after", seq, most), self._known)

    async def keep(
        self, blocks: Sequence[Block], seq: int | None, term: str | None = None, size: Size | None = None
    ) -> None:
        columns = await asyncio.to_thread(row_codec.packed, blocks)
        await self._commits.run(lambda db: self._keep(db, columns, seq, term, size))

    async def keep_strips(self, strips: Sequence[Strip]) -> None:
        await self._fetch("keep_strips", [strip.key for strip in strips], [strip.packed for strip in strips])

    async def keep_piece(self, piece: StoredPiece, term: str) -> None:
        await self._fetch("keep_piece", *piece[:3], piece.digest, *piece[3:], term)

    async def keep_rollup(self, stretches: int, body: bytes, term: str) -> None:
        await self._fetch("keep_rollup", stretches, body, term)

    async def drop_rollup(self, body: bytes) -> None:
        await self._fetch("drop_rollup", body)

    async def secret(self, name: str) -> bytes:
        await self._fetch("add_secret", name, secrets.token_bytes(32))
        [[value]] = await self._fetch("secret", name)
        return bytes(value)

    async def secrets(self) -> dict[str, bytes]:
        return {name: bytes(value) for name, value in await self._fetch("secrets")}

    async def scrub(self) -> bool:
        return True  # a table that was emptied has files of its own, and the old ones are gone with the commit

    async def keys(self) -> list[StoredKey]:
        return [StoredKey(*row) for row in await self._fetch("keys")]

    async def close(self) -> None:
        await self._upkeep.stop()
        await self._commits.close()
        await self._reads.close()
        await self._past.close()

    async def _tell_time(self) -> None:
        await self._reads.run(lambda db: tell(db, self._clock))

    async def _fetch(self, query: str, *arguments: object) -> Sequence[row_codec.Row]:
        return await self._reads.run(lambda db: db.fetch(_SQL[query], *arguments))

    async def _load(self, db: Connection) -> Board:
        """The blocks and the log's tail as of one moment, whatever others commit meanwhile."""
        async with db.transaction(isolation="repeatable_read", readonly=True):
            await db.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
            row = await db.fetchrow(_SQL["board"], timeout=_PATIENCE_SECONDS)
            assert row is not None
            board = Board(row_codec.state(row))
            board.checkpoint_seq = seq = row["kept_seq"]
            board.terms = await terms(db)
            async for stored in db.cursor(_SQL["blocks"], prefetch=256, timeout=_PATIENCE_SECONDS):
                board.bitmap.restore(row_codec.block(stored))
            while rows := await db.fetch(_SQL["entries_after"], seq, _TAIL, timeout=_PATIENCE_SECONDS):
                tail = [row_codec.entry(row, board.state) for row in rows]
                seq = check_whole(tail, seq, board.state)
                board.apply(tail, board.state)
            check_whole((), seq, board.state)
        return board

    # What follows runs on the commits' connection, one at a time.

    async def _commit(self, db: Connection, question: FactsNeeded, decide: Decide) -> Decision:
        try:
            facts = await self._locked(db, question)
            question.check(facts)
            passing("locked")
            decision = decide(facts)
            if not (decision.entries or decision.remembered):
                await self._end_unwritten(db, decision)
                return decision
            token = secrets.token_bytes(16)
            await self._write(db, decision, facts.state, token, question.board)
            passing("written")
        except BaseException as error:
            await self._undo(db, error)
            if isinstance(error, asyncpg.LockNotAvailableError) and await db.fetchval(_SQL["waits_for_standby"]):
                raise StoreUnavailable(reason(NotReplicated())) from error
            raise
        await self._outcome.commit(db, token)
        return decision

    async def _probe(self, db: Connection) -> None:
        try:
            facts, token = await self._locked(db, FactsNeeded()), secrets.token_bytes(16)
            await db.execute("SAVEPOINT probe")
            await self._write(db, trial(facts), facts.state, token)
            await db.execute("ROLLBACK TO probe")
            await self._write(db, Decision(facts.state), facts.state, token)
        except BaseException as error:
            await self._undo(db, error)
            raise
        await self._outcome.commit(db, token)

    async def _end_unwritten(self, db: Connection, decision: Decision) -> None:
        """There is no fsync for refusals; what was confirmed before is still to be confirmed where it is repeated."""
        if any(answer.code is None for answer in decision.answers):
            await self._outcome.repeat(db)
        else:
            await db.execute("ROLLBACK")

    async def _locked(self, db: Connection, question: FactsNeeded) -> Facts:
        await db.execute(db.begin_locked)
        requests = list(question.requests)
        asked = [list(question.identities), [identity for identity, _ in requests], [rid for _, rid in requests]]
        row = await db.fetchrow(_SQL["facts"], *asked)
        assert row is not None
        if not row["original"]:
            raise asyncpg.InterfaceError("other tables are in their place")  # a new connection begins a term
        self._clock.observe(row_codec.reading(row))
        return row_codec.facts(row, self._clock.now_ms(), wall_ms(), self._clock.late_ms)

    async def _write(
        self, db: Connection, decision: Decision, before: BoardState, token: bytes, board: Board | None = None
    ) -> None:
        state, reading = decision.state, self._clock.reading()
        if state.epoch != before.epoch:
            await self._new_epoch(db, decision, board)
        if action := decision.action:
            picture = await asyncio.to_thread(zlib.compress, action.before, 1)
            await db.execute(_SQL["add_action"], state.seq, action.reason, picture)
        if state.moderation is not before.moderation:
            await db.execute(_SQL["set_moderation"], state.moderation.text())
        clock = (reading.board_ms, reading.boot_ms, reading.boot_id)
        columns = row_codec.written(decision)
        await db.execute(_SQL["write"], *columns, token, state.seq, state.read_only, state.settings.text(), *clock)

    async def _new_epoch(self, db: Connection, decision: Decision, board: Board | None) -> None:
        state, change = decision.state, decision.entries[0].change
        row = (state.epoch, state.seq, state.width, state.height, state.palette.colors, wall_ms())
        await db.execute(_SQL["add_epoch"], *row)
        if change.EMPTIES:
            await db.execute(_SQL["forget_blocks"])
            await db.execute(_SQL["set_reset"], state.seq)
        elif change.RESIZES:
            assert board is not None  # an action is decided on a board that has all of the log
            await db.execute(_SQL["forget_blocks"])
            columns = await asyncio.to_thread(_resized, change, board, state.seq)
            await db.execute(_SQL["add_blocks"], *columns)
            await db.execute(_SQL["set_resized"], state.seq)

    async def _undo(self, db: Connection, error: BaseException) -> None:
        if broke(error):
            return  # the link drops it, and with it the transaction
        try:
            await db.execute("ROLLBACK")
        except FAILURES as another:
            self._commits.drop(db, reason(another))

    async def _keep(
        self, db: Connection, columns: row_codec.Columns, seq: int | None, term: str | None, size: Size | None
    ) -> None:
        try:
            await db.execute(db.begin_locked)
            await db.execute(_SQL["keep_blocks"], *columns, term, *(size or (None, None)))
            if seq is not None:
                await db.execute(_SQL["set_kept"], seq, term)
            await db.execute("COMMIT")
        except BaseException as error:
            await self._undo(db, error)
            raise


def _resized(change: Change, board: Board, seq: int) -> row_codec.Columns:
    """The blocks of a board that gets another size."""
    bitmap = change.repaint(board.bitmap, board.state.width, seq)
    return row_codec.packed([bitmap.block(number) for number in bitmap.blocks_since(0)])


def wall_ms() -> int:
    """The wall clock, which is only recorded."""
    return time.time_ns() // 1_000_000

"""The replica: the one way into the board in memory, for what this gateway committed and for what others did.

Everything passes here in the order of its seq, each entry once. What comes late is ignored, and where
something is missing it is read from the log, which alone is believed: also in that another epoch or term follows.
A log that has not what was shown is another history; the board is then read anew, and the followers are told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter

from beeplace.board.board import Board
from beeplace.board.changes import Change
from beeplace.board.entries import Entry
from beeplace.board.state import BoardState
from beeplace.errors import LogWentBack, StoreUnavailable
from beeplace.log.committed import Committed
from beeplace.log.store import Store, check, check_size

AT_ONCE = 10_000  # log entries read in one query
RETRY_SECONDS = 0.5
LARGE = 65_536  # pixels that a change paints in one step of the loop
STEP_SECONDS = 0.005

Follower = Callable[[Sequence[Entry], BoardState], None]
Reloaded = Callable[[], None]


class Replica:
    """The board's only writer. Followers are told of entries in the same step in which the board takes them."""

    def __init__(self, board: Board, store: Store) -> None:
        self.board, self._store = board, store
        self._followers: list[Follower] = []
        self._reloaded: list[Reloaded] = []
        self._reading = asyncio.Lock()
        self._missing = asyncio.Event()
        self.repairs = 0  # how often something was read from the log because nobody had told of it
        self.reloads = 0  # how often the log was another history
        self.failing: str | None = None  # why the log could not be read last time

    def follow(self, follower: Follower, reloaded: Reloaded = lambda: None) -> None:
        """Calls `follower` with all entries that the board takes; those of one call are of one epoch.

        Calls `reloaded` in the step in which the board becomes that of another history.
        """
        self._followers.append(follower)
        self._reloaded.append(reloaded)

    async def prepare(self, news: Committed) -> None:
        """Paints what comes next and takes long ahead of `take`, in short steps of the loop."""
        entry = next((entry for entry in news.entries if entry.seq == self.board.state.seq + 1), None)
        if entry is None or not entry.change.IN_STROKES or (entry.change.size < LARGE and not entry.change.RESIZES):
            return
        began = perf_counter()
        for _ in self.board.paint_ahead(entry):
            if perf_counter() - began > STEP_SECONDS:
                await asyncio.sleep(0)
                began = perf_counter()

    async def replaced_by(self, change: Change) -> bytes:
        """What a change is about to paint over, copied in short steps of the loop.

        Where the board changes meanwhile, the log has more than was known before it, and takes nothing made of it.
        """
        pieces: list[bytes] = []
        for piece in self.board.replaced_by(change):
            if pieces:
                await asyncio.sleep(0)
            pieces.append(piece)
        return b"".join(pieces)

    def take(self, news: Committed) -> bool:
        """Takes in what is new of it; False, and nothing taken, where the board lacks what came before."""
        state = self.board.state
        fresh = news.after(state.seq)
        if fresh.entries and (fresh.entries[0].seq != state.seq + 1 or news.state.term != state.term):
            return False
        for piece in fresh.by_epoch():
            self.board.apply(piece.entries, piece.state)
            for follower in self._followers:
                follower(piece.entries, self.board.state)
        self.board.spend(news.allowances, self._store.now_ms())
        return True

    def hear(self, news: Committed | None) -> None:
        """Another gateway's news, or None: something may have been missed. What begins an epoch is never believed."""
        if news is None or news.state.epoch != self.board.state.epoch or not self.take(news):
            self._missing.set()

    async def catch_up(self) -> None:
        """Reads what the log has and the board has not. Raises StoreUnavailable."""
        async with self._reading:
            known = self.board.state
            log = await self._store.state()
            try:
                check(log, known)
            except LogWentBack:
                log = await self._turn(log, known)
            if log.seq > self.board.state.seq:
                await self._read(log)
            if log.seq == self.board.state.seq:
                check_size(log, self.board.state)

    async def _turn(self, log: BoardState, known: BoardState) -> BoardState:
        """Goes on in the log's own term, with the board as it is or as the log has it; what the log says then."""
        if log.term == known.term:
            await self._store.doubt_term()
        terms = await self._store.terms()
        if terms.hold(self.board.state.term, self.board.state.seq, 0):
            self.board.begin(terms)
        else:
            self._reload(await self._store.load())
        known = self.board.state
        log = await self._store.state()
        check(log, known)
        return log

    def _reload(self, other: Board) -> None:
        self.board.become(other)
        self.reloads += 1
        for reloaded in self._reloaded:
            reloaded()

    async def _read(self, log: BoardState) -> None:
        self.repairs += 1
        while self.board.state.seq < log.seq:
            missed = await self._store.entries_after(self.board.state.seq, AT_ONCE)
            to_log = [entry for entry in missed if entry.seq <= log.seq]  # `log` is no state of what came later
            for some in _by_work(to_log):
                await self.prepare(news := Committed(some, log))
                if not self.take(news):
                    raise StoreUnavailable("the log has a hole")
            if not missed:
                raise StoreUnavailable("the log has a hole")
        self.board.spend(await self._store.windows(), self._store.now_ms())

    async def run(self, pace: Callable[[], float]) -> None:
        """Looks into the log every `pace()` seconds, and at once when something is missing."""
        while True:
            try:
                async with asyncio.timeout(pace()):
                    await self._missing.wait()
            except TimeoutError:
                pass
            self._missing.clear()
            try:
                await self.catch_up()
                self.failing = None
            except StoreUnavailable as error:
                self.failing = str(error)
                await asyncio.sleep(RETRY_SECONDS)


def _by_work(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """The same entries; each that takes long to paint by itself."""
    begin = 0
    for number, entry in enumerate(entries):
        if entry.change.IN_STROKES:
            yield from filter(None, (entries[begin:number], entries[number : number + 1]))
            begin = number + 1
    yield from filter(None, (entries[begin:],))

"""The feed: the one way into the board in memory, for what this gateway committed and for what others did.

Everything passes here in the order of its seq, each entry once. What comes late is ignored, and where
something is missing it is read from the log, which alone is believed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from beeplace.board.board import Board
from beeplace.board.entries import BoardState, Entry
from beeplace.board.news import News
from beeplace.board.store import Store
from beeplace.errors import LogWentBack, StoreUnavailable

AT_ONCE = 10_000  # log entries read in one query
RETRY_SECONDS = 0.5

Follower = Callable[[Sequence[Entry], BoardState], None]


class Feed:
    """The board's only writer. Followers are told of entries in the same step in which the board takes them."""

    def __init__(self, board: Board, store: Store) -> None:
        self.board, self._store = board, store
        self._followers: list[Follower] = []
        self._missing = asyncio.Event()
        self.repairs = 0  # how often something was read from the log because nobody had told of it
        self.failing: str | None = None  # why the log could not be read last time

    def follow(self, follower: Follower) -> None:
        """Calls `follower` with all entries that the board takes; those of one call are of one epoch."""
        self._followers.append(follower)

    def take(self, news: News) -> bool:
        """Takes in what is new of it; False, and nothing taken, where the board lacks what came before."""
        fresh = news.after(self.board.state.seq)
        if fresh.entries and fresh.entries[0].seq != self.board.state.seq + 1:
            return False
        for piece in fresh.by_epoch():
            self.board.apply(piece.entries, piece.state)
            for follower in self._followers:
                follower(piece.entries, piece.state)
        self.board.spend(news.allowances, self._store.now_ms())
        return True

    def hear(self, news: News | None) -> None:
        """Another gateway's news, or None: something may have been missed."""
        if news is None or not self.take(news):
            self._missing.set()

    async def catch_up(self) -> None:
        """Reads what the log has and the board has not. Raises StoreUnavailable, LogWentBack among them."""
        known = self.board.state.seq
        log = await self._store.state()
        check(log, known)
        check_size(log, self.board.state)
        if log.seq <= self.board.state.seq:
            return
        self.repairs += 1
        while self.board.state.seq < log.seq:
            missed = await self._store.entries_after(self.board.state.seq, AT_ONCE)
            to_log = [entry for entry in missed if entry.seq <= log.seq]  # `log` is no state of what came later
            if not self.take(News(to_log, log)) or not missed:
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


def check(log: BoardState, known: int) -> None:
    """Raises LogWentBack where the log has less than was known before it was read: an old copy was put in its place."""
    if log.seq < known:
        raise LogWentBack


def check_size(log: BoardState, shown: BoardState) -> None:
    """Raises StoreUnavailable where a newer BeePlace has given the board another size than the one in memory."""
    if (log.width, log.height) != (shown.width, shown.height):
        raise StoreUnavailable("the board has another size now; restart this gateway, with the newest BeePlace")

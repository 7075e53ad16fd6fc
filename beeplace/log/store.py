"""The port that keeps the log, the allowances and the board's state: the one truth.

What every store guarantees:

* Order: entries are numbered by the store's transaction, +1 each, without holes, whoever writes.
* Atomicity: check, charge, number and append happen in one transaction, or not at all.
* Durability: `commit` returns after the transaction is on stable storage; a crash of the process, of the
  database or of the machine loses nothing that was returned. What was not returned may or may not be there.
* Honesty: where the outcome of a commit is not known, `OutcomeUnknown` is raised, and never a guess.
* History: nothing is committed to a copy of the log, or to one that came back, in a term that another log has too.

A store carries no rules: it reads the facts a decision needs, calls the rules, and writes down the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from beeplace.board.allowance import Allowance
from beeplace.board.bitmap import Block
from beeplace.board.board import Board
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.resize import Size
from beeplace.board.entries import Entry
from beeplace.board.palette import Palette
from beeplace.board.rules import Decision, Facts
from beeplace.board.state import BoardState, LiveSettings
from beeplace.board.terms import Terms
from beeplace.errors import LogWentBack, StoreUnavailable
from beeplace.log.claims.claim import ClaimStore
from beeplace.log.keys import StoredKey
from beeplace.log.past import Past
from beeplace.log.pieces.stored import StoredPiece
from beeplace.log.reports.report import ReportStore
from beeplace.log.strips.strip import Strip


class OutcomeUnknown(StoreUnavailable):
    """Whether the last commit happened is not known yet."""


class BoardBehind(Exception):
    """The log has what the board of who asks has not, and must have for this: once it has caught up, it asks again."""


@dataclass(frozen=True, slots=True)
class BoardSpec:
    """The board the settings ask for; a store that is empty begins with it."""

    width: int
    height: int
    palette: Palette
    settings: LiveSettings = field(default_factory=LiveSettings)


@dataclass(frozen=True, slots=True)
class FactsNeeded:
    """Whose allowances and which requests a decision needs to know, and on which board it is made.

    `board` is the board of who asks, `known` its state at that moment; without them the log is taken as it is.
    `all_known` says that the log may have nothing that is not known, but for a request that was answered before.
    """

    identities: frozenset[bytes] = frozenset()
    requests: frozenset[tuple[bytes, bytes]] = frozenset()
    board: Board | None = None
    known: BoardState | None = None
    all_known: bool = False

    def check(self, facts: Facts) -> None:
        """Raises LogWentBack, StoreUnavailable or BoardBehind where no decision on these facts may be made."""
        if self.known is not None:
            check(facts.state, self.known)
            if facts.state.seq == self.known.seq:
                check_size(facts.state, self.known)
            if self.all_known and facts.state.seq != self.known.seq and not facts.answers:
                raise BoardBehind


Decide = Callable[[Facts], Decision]


def check(log: BoardState, known: BoardState) -> None:
    """Raises LogWentBack where the log is in another term than was known before it was read, or has less."""
    if log.seq < known.seq or log.term != known.term:
        raise LogWentBack


def check_size(log: BoardState, shown: BoardState) -> None:
    """Raises StoreUnavailable where the log has another size than the board that was made of all of its entries: a
    newer BeePlace has given it one, by a kind of change that is not known here."""
    if (log.width, log.height) != (shown.width, shown.height):
        raise StoreUnavailable("the board has another size now; restart this gateway, with the newest BeePlace")


def trial(facts: Facts) -> Decision:
    """The placement that a probe stores and takes back."""
    state, nobody = facts.state, bytes(16)
    entry = Entry(state.seq + 1, state.epoch, facts.at_ms, nobody, None, Placement(0, 0, 0))
    return Decision(replace(state, seq=state.seq + 1), entries=[entry])


def check_whole(tail: Sequence[Entry], after: int, state: BoardState) -> int:
    """The seq up to which a board has been loaded, once it has taken what was read behind `after`; empty: all was.

    Raises StoreUnavailable where the log lacks entries that the board's row counts: its files, or its tables, are not
    of one moment. Shown, such a board would be one that nobody has drawn.
    """
    last = tail[-1].seq if tail else after
    if last != after + len(tail) or last > state.seq or (not tail and last != state.seq):
        raise StoreUnavailable(f"the log lacks entries after {after:,} of {state.seq:,}; restore a backup")
    return last


class Store(Past, ReportStore, ClaimStore, Protocol):
    """See the module's docstring for what is guaranteed."""

    async def open(self, wanted: BoardSpec) -> Board:
        """Brings the schema up to date and returns the board as of the last commit.

        Who opens keeps that board as the log is; a store may look into it. Raises StoreLocked or StoreUnavailable.
        """

    async def load(self) -> Board:
        """The board as of the last commit once more, where the log is not the one that it was."""

    async def terms(self) -> Terms:
        """The newest terms of the log; the last is the one in which it goes on."""

    async def doubt_term(self) -> None:
        """Begins another term, and takes back the last: the log has not what was shown, and nothing else says so."""

    def now_ms(self) -> int:
        """Board time: never goes back, the same for everyone who writes to this store."""

    async def commit(self, question: FactsNeeded, decide: Decide) -> Decision:
        """Runs `decide` inside a transaction and writes down what it returns.

        Raises StoreUnavailable, LogWentBack among it, and BoardBehind: of the latter also a store that can only go on
        with a board that has all of the log. Until it returns, nothing but this log's entries changes that board.
        """

    async def probe(self) -> None:
        """Finds out whether placements can be stored: stores one as `commit` would, and takes it back in the same
        transaction, which is committed. Raises StoreUnavailable."""

    async def look(self) -> None:
        """Raises StoreUnavailable where the next start might not find what was committed: as while nobody places."""

    async def state(self) -> BoardState:
        """The board as of the last commit, whoever made it."""

    async def windows(self) -> dict[bytes, Allowance]:
        """All windows that have not ended."""

    async def entries_after(self, seq: int, most: int) -> list[Entry]:
        """The log after `seq`, in order, at most `most` entries."""

    async def keep(
        self, blocks: Sequence[Block], seq: int | None, term: str | None = None, size: Size | None = None
    ) -> None:
        """Stores blocks for the next start; `seq`, once given, says that they hold every change up to it.

        Nothing is stored of a board of another `term` than the log's, which may have what the log has not, or of
        another `size`.
        """

    async def keep_strips(self, strips: Sequence[Strip]) -> None:
        """Stores all strips of one stretch, unless they are there."""

    async def keep_piece(self, piece: StoredPiece, term: str) -> None:
        """Stores a piece, unless one of that number is there, or it is of another term than the log's."""

    async def keep_rollup(self, stretches: int, body: bytes, term: str) -> None:
        """Stores the figures of so many stretches, unless those of as many are there, or the log is in another term."""

    async def drop_rollup(self, body: bytes) -> None:
        """Forgets these figures, unless others took their place."""

    async def secret(self, name: str) -> bytes:
        """32 random bytes under a name, made at the first call; whoever destroys them breaks the link."""

    async def secrets(self) -> dict[str, bytes]:
        """All that are there, by their names, as of the last commit."""

    async def scrub(self) -> bool:
        """Overwrites on the disk what was overwritten in the database; False where that must be tried again."""

    async def keys(self) -> list[StoredKey]:
        """All organisers' keys there ever were, as of the last commit, oldest first."""

    async def close(self) -> None:
        """Ends after the work under way."""

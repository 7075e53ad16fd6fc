"""The port to a whole database, for backup, restore and verify: read beside running gateways, or filled while empty.

What every archive guarantees:

* It reads while gateways write, takes no lock of theirs, and never holds a transaction open for long: the log
  is only appended to, so what is read of it after `moment`, up to that moment's seq, belongs to that moment.
* It needs bounded memory, however long the log is.
* What is filled is there whole once `filling` ends, on stable storage, or not at all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from beeplace.board.allowance import Allowance
from beeplace.board.bitmap import Block
from beeplace.board.changes import Record
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.rules import CachedAnswer
from beeplace.board.state import BoardState, LiveSettings
from beeplace.board.terms import Term
from beeplace.log.claims.claim import Claim
from beeplace.log.keys import StoredKey
from beeplace.log.reports.report import Mute, ReportPicture

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from beeplace.log.strips.columns import LogColumns, PlacementColumns


class Row(NamedTuple):
    """One entry of the log as it is stored; `Entry` says what the fields mean, and a pixel has no width and height.

    `kind` is a plain number, since what is read may be damaged. `hex` is the colour as #RRGGBB, None where no pixel
    changes.
    """

    seq: int
    epoch: str
    kind: int
    x: int | None
    y: int | None
    width: int | None
    height: int | None
    color: int
    hex: str | None
    at_ms: int
    identity: bytes
    action: int | None
    payload: bytes | None = None

    @property
    def record(self) -> Record:
        """The change as it was written down."""
        area = None if self.x is None or self.y is None else Area(self.x, self.y, self.width or 1, self.height or 1)
        return Record(self.kind, area, self.color, self.payload)


@dataclass(frozen=True, slots=True)
class Epoch:
    """One numbering of the board; its first entry is `first_seq`. `at_ms` is the wall clock, in UTC."""

    name: str
    first_seq: int
    width: int
    height: int
    palette: Palette
    at_ms: int


@dataclass(frozen=True, slots=True)
class Head:
    """The board as of one moment, board time then, all epochs and terms in their order, the secrets, the live settings
    that the board began with, and organisers' keys.

    A database that is filled has no terms of another: it begins one when it is opened.
    """

    state: BoardState
    board_ms: int
    epochs: tuple[Epoch, ...]
    secrets: dict[str, bytes]
    terms: tuple[Term, ...] = ()
    first_settings: LiveSettings | None = None  # None: a board of a version that did not keep them
    keys: tuple[StoredKey, ...] = ()  # of organisers, all there ever were


def settings_texts(head: Head) -> tuple[str, str | None]:
    """The live settings of a board, and those it began with, as stores keep them."""
    return head.state.settings.text(), head.first_settings.text() if head.first_settings else None


class Epochs:
    """Which epoch a seq belongs to: the last one that had begun."""

    def __init__(self, head: Head) -> None:
        self._epochs = head.epochs
        self._first_seqs = [epoch.first_seq for epoch in head.epochs]

    def at(self, seq: int) -> Epoch:
        """The epoch of an entry; of the board before the first one, the first."""
        return self._epochs[max(0, bisect_right(self._first_seqs, seq) - 1)]

    def state_before(self, seq: int) -> BoardState:
        """What an entry found of the board, as far as epochs say it."""
        epoch = self.at(seq - 1)
        return BoardState(epoch.name, seq - 1, epoch.width, epoch.height, epoch.palette)


@dataclass(frozen=True, slots=True)
class Rows:
    """Consecutive entries of the log.

    `previous` names for each the seq of its pixel's change before: 0 for the first one, and for what is no placement.
    It follows from the log, and is None where a store does not keep it.
    """

    rows: list[Row]
    previous: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Consecutive placements of one pixel each as columns, all of one epoch; `previous` as in `Rows`."""

    epoch: Epoch
    columns: PlacementColumns
    previous: NDArray[numpy.int64]


@dataclass(frozen=True, slots=True)
class Undo:
    """What an organiser's action is reversed with; it comes before the action's entry.

    `before` has the area's colour indices, zlib. `seqs`, 64-bit little-endian and zlib too, has when they changed last;
    it follows from the log, and is None where a store does not keep it.
    """

    seq: int
    reason: str
    before: bytes
    seqs: bytes | None = None


@dataclass(frozen=True, slots=True)
class Windows:
    """Open windows of the allowance, by identity."""

    allowances: dict[bytes, Allowance]


@dataclass(frozen=True, slots=True)
class Answers:
    """First answers to request ids, which are given again for ten minutes."""

    remembered: list[CachedAnswer]


@dataclass(frozen=True, slots=True)
class Reports:
    """People's reports, in the order of their numbers, and mutes."""

    reports: list[ReportPicture]
    mutes: list[Mute]


@dataclass(frozen=True, slots=True)
class Claims:
    """Tickets by which somebody has come in."""

    claims: list[Claim]


Held = Windows | Answers | Reports | Claims
Part = Held | Undo | Rows


class Moment(Protocol):
    """The database as of one moment."""

    head: Head
    checkpoint_seq: int  # the stored blocks hold every change up to here, and may hold newer ones

    def held(self) -> AsyncIterator[Held]:
        """All open windows, all remembered answers, all reports, and all claims of tickets."""

    def blocks(self) -> AsyncIterator[Block]:
        """The stored board, in the order of the numbers."""


class DatabaseFilling(Protocol):
    """An empty database on its way to a full one."""

    async def take(self, part: Part) -> None:
        """Writes one part down: what is held first, then the log; `previous` and `seqs` are given."""

    async def place(self, placed: Placed) -> None:
        """Writes placements down, as `take` does rows."""

    async def finish(self, reset_seq: int, blocks: Iterable[Block]) -> None:
        """All was taken. `blocks` are the board as of its seq, `reset_seq` is its last reset, 0 for none."""


class Archive(Protocol):
    """See the module's docstring for what is guaranteed. All methods raise StoreUnavailable."""

    def moment(self) -> AbstractAsyncContextManager[Moment]:
        """One consistent view; it ends with the context, which must not last. Raises SettingError where no board is."""

    def entries(self, after: int, to: int) -> AsyncIterator[Undo | Rows]:
        """The log in (after, to], each action's Undo before its entry, at most 10,000 entries in one part."""

    def columns(self, after: int, to: int) -> AsyncIterator[LogColumns]:
        """The same without Undos, as columns, 16,384 entries in one piece; entries may be missing in it."""

    async def reasons(self, to: int) -> dict[int, str]:
        """Why organisers acted, by the seqs that name their actions, up to a seq."""

    def filling(self, head: Head) -> AbstractAsyncContextManager[DatabaseFilling]:
        """Fills an empty database; nothing of it stays unless `finish` was called and the context ends well.

        Board time goes on from the head's. Raises StoreNotEmpty, StoreLocked.
        """

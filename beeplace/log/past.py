"""The part of a store's port for what people read of the past: commits never wait for it, nor it for commits.

`reads.py` bounds how much is asked at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from beeplace.board.changes import KINDS
from beeplace.board.changes.moderation.ban_and_rewind import BanAndRewind
from beeplace.board.changes.restoration import Restoration, head_end
from beeplace.board.changes.unknown import Unknown
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState
from beeplace.log.archive import Epoch
from beeplace.log.pieces.stored import PieceHead
from beeplace.log.strips.strip import BAND_ROWS, Strip

if TYPE_CHECKING:
    from beeplace.log.pieces.columns import Columns

_STRIPS_AT_ONCE = 128  # some 130,000 placements: what is worked on stays in the processor's cache
HEAD_BYTES = 8_192  # of a payload, which is enough for nearly every head; of longer ones all are read, one by one
MAX_HEAD_BYTES = 131_072  # of a rewind or a ban, each of a thousand people
UNDO_BYTES = 128  # of a payload: what an undo takes back is said at its beginning
UNDOS_AT_ONCE = 1_000
UNDOES_BAN: Final = b'"kind":%d,' % BanAndRewind.NUMBER  # in these bytes: what is taken back put people out, too
TAKES_BACK: Final = b'"target":'  # in these bytes: the change is an undo
_TARGET: Final = re.compile(TAKES_BACK + rb"(\d+)")


def stretches_at_once(area: Area) -> int:
    """Of how many stretches strips are read together: the fewer bands an area has, the more."""
    bands = (area.y + area.height - 1) // BAND_ROWS - area.y // BAND_ROWS + 1
    return max(1, _STRIPS_AT_ONCE // bands)


class Done(NamedTuple):
    """An organiser's action, as it is kept: its entry, the reason that was given, and how its area looked before."""

    entry: Entry
    reason: str
    before: bytes


class ListedAction(NamedTuple):
    """An organiser's action, in short: what its row of the log has, the reason, and the beginning of its payload."""

    seq: int
    epoch: str
    kind: int
    area: Area | None
    color: int
    identity: bytes
    at_ms: int
    reason: str
    payload: bytes | None


class DoneUndo(NamedTuple):
    """An undo: what it takes back, and who did it when."""

    seq: int
    target: int
    identity: bytes
    at_ms: int


class ActionFilter(NamedTuple):
    """Which actions are listed: before a seq, of some kinds, by who is called so in the log; None is no filter."""

    before: int
    kinds: Sequence[int] | None = None
    identity: bytes | None = None


class Beginnings(NamedTuple):
    """The entry with which the present epoch began, and the last one that emptied the board; 0 where none did."""

    epoch_seq: int
    empty_seq: int


def cut_off(kind: int, payload: bytes | None) -> int:
    """How long the head of a payload is in bytes, where more than the `HEAD_BYTES` that were read; 0 elsewhere."""
    if payload is None or len(payload) < HEAD_BYTES or not issubclass(KINDS.get(kind, Unknown), Restoration):
        return 0
    needed = head_end(payload)
    return needed if HEAD_BYTES < needed <= MAX_HEAD_BYTES else 0


def state_cut_off(kind: int, payload: bytes | None) -> int:
    """The same of what a change's state is read from; that of an undo has the heads of two."""
    if payload is None or len(payload) < HEAD_BYTES or kind not in KINDS:
        return 0
    needed = KINDS[kind].state_end(payload)
    return needed if HEAD_BYTES < needed <= 2 * MAX_HEAD_BYTES else 0


def undos_of(rows: Iterable[Iterable[Any]]) -> list[DoneUndo]:
    """Of the columns of the query `undos`; a damaged one takes nothing back."""
    found = ((seq, _TARGET.search(head or b""), identity, at_ms) for seq, head, identity, at_ms in rows)
    return [DoneUndo(seq, int(target[1]) if target else 0, identity, at_ms) for seq, target, identity, at_ms in found]


class Past(Protocol):
    """See the module's docstring. Each method raises StoreUnavailable."""

    async def excerpt(self, seq: int, most: int) -> list[Entry]:
        """The same as `entries_after`, for people."""

    async def seqs_before(self, moments: Sequence[int]) -> list[int]:
        """For each moment of the wall clock, in ms since 1970, the seq of the last change before it; 0 for none.

        Found by halving, as if the wall clock had never been set back; good enough for figures and replays.
        """

    async def beginnings(self) -> Beginnings:
        """Where the present epoch began, and where the board was last empty."""

    async def strips(self, area: Area, after: int, to: int) -> list[Strip]:
        """Strips with the placements in an area and with seqs in (after, to], and perhaps with some beside these.

        Ordered by stretch, and of `stretches_at_once(area)` stretches at most.
        """

    async def stretches(self) -> int:
        """How many stretches of the log, from its first on, the stored strips are of."""

    async def packed(self, number: int) -> list[Strip]:
        """All strips of one whole stretch, made from the log."""

    async def columns(self, after: int, to: int) -> Columns:
        """The placements with seqs in (after, to], at most some ten thousands."""

    async def others(self, after: int, to: int) -> list[Entry]:
        """The entries in (after, to] that are no placements, in order."""

    async def piece_heads(self, begin: int) -> list[PieceHead]:
        """Those of the stored pieces from a number on, in order and without a gap."""

    async def piece(self, number: int) -> bytes | None:
        """A stored piece; None where there is none of that number."""

    async def checkpoint(self, number: int) -> bytes | None:
        """The checkpoint before a piece; None where it has none."""

    async def rollup(self) -> tuple[int, bytes] | None:
        """How many stretches of the log are counted, and their figures; None where none is."""

    async def epochs(self) -> list[Epoch]:
        """All numberings of the board in their order."""

    async def last_painted(self, area: Area, after: int, to: int) -> Entry | None:
        """The last entry in (after, to] that is no placement and paints pixels of an area."""

    async def state_changes(self, after: int, to: int) -> list[Entry]:
        """The entries in (after, to] that change the board's state, in order: those that paint nothing, and a few.

        Of each there is what changes the state, `Change.in_state`, alone: no pixels and no pictures are read.
        """

    async def actions(self, asked: ActionFilter, most: int) -> list[ListedAction]:
        """The last actions of organisers, newest first. Of a payload there is its head at least, and all where it
        says what an organiser put in force."""

    async def undos(self, after: int) -> list[DoneUndo]:
        """The first undos after a seq, in order: so many that there are more where they are `UNDOS_AT_ONCE`."""

    async def action(self, seq: int) -> Done | None:
        """One action of an organiser; None where there is none with that seq."""

    async def first_state(self) -> BoardState:
        """The board as it began."""

    async def moments(self, seqs: Sequence[int]) -> dict[int, int]:
        """When changes were committed, by the wall clock, in ms since 1970; those that are not there are left out."""

    async def history(self, x: int, y: int, most: int) -> list[Entry]:
        """The last changes of one pixel since the last reset, which is one of them, newest first.

        They may end sooner where more would be dear: behind many fills of a large board.
        """

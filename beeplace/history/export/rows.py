"""The columns of an export: what each entry of the log is to people who have another tool than BeePlace.

    seq     its number; consecutive, from 1
    epoch   the numbering of the board that it belongs to
    time    the wall clock in UTC, to the millisecond; it may step back where the clock was set
    kind    what happened: `placement`, `fill`, `rewind`, ...; `other` for what a newer version wrote
    x, y, width, height   the pixels that changed lie in this rectangle, 1 x 1 for a placement; empty where none did
    color, hex   the colour that all of them got, as the palette's index and as #RRGGBB; empty where there is not one
    person  the pseudonym of who placed, whose beginning the pages show; `organiser` for an organiser's action
    action  the seq that names the organiser's action; empty for what people do
    change  what is no placement, as a line of the log's text with no time (see `log_text.py`), so that the picture
            can be played; empty for a placement

An export has no secrets, reasons, bans, settings or safe pictures: a backup has those.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from beeplace.board.changes import KINDS, read_on
from beeplace.board.changes.unknown import Unknown
from beeplace.board.state import BoardState
from beeplace.errors import StoreUnavailable
from beeplace.log.archive import Epochs, Head, Row
from beeplace.people.identities import full_pseudonym

ORGANISER: Final = "organiser"
_NAMES: Final = {number: kind.NAME.replace("_", "-") for number, kind in KINDS.items()}  # as in a selection


class ExportedRows(NamedTuple):
    """Consecutive rows of an export, column by column, in the order of the file's columns."""

    seq: list[int]
    epoch: list[str]
    time: list[int]  # ms since 1970
    kind: list[str]
    x: list[int | None]
    y: list[int | None]
    width: list[int | None]
    height: list[int | None]
    color: list[int | None]
    hex: list[str | None]
    person: list[str]
    action: list[int | None]
    change: list[str | None]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The same, row by row."""
        return zip(*self, strict=True)


class ExportedColumns:
    """Makes columns of the log's entries, which must come without a gap."""

    def __init__(self, head: Head) -> None:
        self._epochs = Epochs(head)
        self.seq = 0

    def of(self, rows: list[Row]) -> ExportedRows:
        """Raises StoreUnavailable where an entry of the log is missing."""
        seqs, epochs, kinds, xs, ys, widths, heights, colors, hexes, times, identities, actions, _ = map(
            list, zip(*rows, strict=True)
        )
        self._follow(seqs)
        changes: list[str | None] = [None] * len(rows)
        # Invariant: a row with a position and neither a size nor a payload is of one pixel, whatever its kind.
        for index, row in enumerate(rows):
            if row.width is not None or row.x is None or row.payload is not None or row.action is not None:
                changes[index] = self._line(row)
        return ExportedRows(
            seqs,
            epochs,
            times,
            [_NAMES.get(kind, Unknown.NAME) for kind in kinds],
            xs,
            ys,
            [None if x is None else width or 1 for x, width in zip(xs, widths, strict=True)],
            [None if x is None else height or 1 for x, height in zip(xs, heights, strict=True)],
            [None if code is None else color for code, color in zip(hexes, colors, strict=True)],
            hexes,
            [
                full_pseudonym(who) if action is None else ORGANISER
                for who, action in zip(identities, actions, strict=True)
            ],
            actions,
            changes,
        )

    def end(self, seq: int) -> None:
        """All entries were taken. Raises StoreUnavailable where the last one is not the board's."""
        if self.seq != seq:
            raise StoreUnavailable(f"the log ends at entry {self.seq}, the board stands at {seq}")

    def _follow(self, seqs: list[int]) -> None:
        if seqs[0] != self.seq + 1 or seqs[-1] != self.seq + len(seqs):
            raise StoreUnavailable(f"the log is damaged after entry {self.seq}; beeplace verify tells more")
        self.seq = seqs[-1]

    def _line(self, row: Row) -> str:
        epoch = self._epochs.at(row.seq)
        state = BoardState(epoch.name, row.seq, epoch.width, epoch.height, epoch.palette)
        return read_on(state, row.record).line(0, epoch.name)

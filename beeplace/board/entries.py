"""What the log records: one entry for each committed change, numbered without holes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from beeplace.board.palette import Palette
from beeplace.board.pixel import Area
from beeplace.board.terms import place_name


class Kind(IntEnum):
    """Why the board changed. The numbers are stored: never reuse one."""

    PLACEMENT = 1
    FILL = 2
    RESET = 3
    READ_ONLY = 4
    PALETTE = 5
    RESTORE = 6

    @classmethod
    def _missing_(cls, value: object) -> Kind | None:
        """A kind that a newer BeePlace writes. It equals its number and is none of the names above."""
        if type(value) is not int:
            return None
        kind = int.__new__(cls, value)
        kind._name_, kind._value_ = "OTHER", value
        return kind


LAST_KIND = max(Kind)
NEW_EPOCH = frozenset((Kind.RESET, Kind.PALETTE, Kind.RESTORE))  # what begins a new numbering; a reset alone empties


class Entry(NamedTuple):
    """One committed change. `area` is one pixel for a placement and None where no pixel changes.

    `color` is the palette index given to the area, or 1 and 0 for a board that became read-only and writable.
    `at_ms` is the wall clock in UTC, for people; no rule reads it. `action` is the seq that names an
    organiser's action, which all entries of that action carry. `hex` is the colour as #RRGGBB when the entry was made;
    it is read for a pixel's history alone.
    """

    seq: int
    epoch: str
    kind: Kind
    area: Area | None
    color: int
    identity: bytes
    at_ms: int
    action: int | None = None
    hex: str | None = None


@dataclass(frozen=True, slots=True)
class BoardState:
    """The rules' view of a board: what it is, the last committed change, and the term in which the log goes on."""

    epoch: str
    seq: int
    width: int
    height: int
    palette: Palette
    read_only: bool = False
    term: str = field(default="", compare=False)  # the same board in another term is the same board

    @property
    def name(self) -> str:
        """What clients are given as `epoch`: this numbering, and this history of it."""
        return place_name(self.epoch, self.term)


def generic(entry: Entry, board: BoardState) -> Entry:
    """An entry of a kind that this version does not know, as it is shown: an area with a colour, or nothing.

    Nothing of it is believed that the board does not have.
    """
    area = entry.area
    fits = area and area.x >= 0 <= area.y and area.width >= 1 <= area.height
    inside = area and area.x + area.width <= board.width and area.y + area.height <= board.height
    if fits and inside and 0 <= entry.color < len(board.palette):
        return entry
    return entry._replace(area=None, color=0)

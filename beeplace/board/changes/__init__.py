"""The registry: the only list of the kinds of change. A new kind is one file beside this one and one line here."""

from __future__ import annotations

from typing import Final

from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.change import Change, Record
from beeplace.board.changes.clear import Clear
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.moderation.announce import Announce
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.ban_and_rewind import BanAndRewind
from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.changes.moderation.safe_picture import SafePicture
from beeplace.board.changes.moderation.zone import Zone
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.reset import Reset
from beeplace.board.changes.resize import Resize
from beeplace.board.changes.restore import Restore
from beeplace.board.changes.rewind import Rewind
from beeplace.board.changes.undo import Undone
from beeplace.board.changes.unknown import Unknown
from beeplace.board.state import BoardState

__all__ = ["KINDS", "Change", "Record", "read", "read_on", "read_state"]

KINDS: Final[dict[int, type[Change]]] = {
    kind.NUMBER: kind
    for kind in (
        Placement,
        Fill,
        Reset,
        ReadOnly,
        Recolor,
        Restore,
        Paste,
        Adjust,
        Rewind,
        Undone,
        Clear,
        Ban,
        Zone,
        Announce,
        Panic,
        SafePicture,
        Resize,
        BanAndRewind,
    )
}


def read(record: Record) -> Change:
    """The change that was written down; of a kind that is not known, an `Unknown`. Raises ValueError."""
    return KINDS.get(record.kind, Unknown).read(record)


def read_state(record: Record) -> Change:
    """What of a change that was written down changes the board's state, see `Change.read_state`; of one that cannot be
    read, nothing."""
    try:
        return KINDS.get(record.kind, Unknown).read_state(record)
    except ValueError:
        return Unknown(Record(record.kind))


def read_on(state: BoardState, record: Record) -> Change:
    """The same for a board, whatever was written down: what cannot be read is shown as a kind that is not known.

    Nothing of such a one is believed that the board does not have.
    """
    try:
        change = read(record)
    except ValueError:
        change = Unknown(record)
    if not change.KNOWN and not change.fits(state):
        return Unknown(Record(record.kind, payload=record.payload))
    return change

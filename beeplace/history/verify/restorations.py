"""What a rewind or an undo put in force, as if that had been the entry; for verify.

The form is that of `board/changes/restoration.py`, read here once more on purpose.
"""

from __future__ import annotations

import json
from typing import Any

from beeplace.history.verify.replay import BAN, PASTE
from beeplace.log.archive import Row

REWIND, UNDO, BAN_AND_REWIND = 9, 10, 18
_DAMAGE = (ValueError, TypeError, KeyError, IndexError, AttributeError)


def in_force(row: Row) -> Row:
    """The row itself where it is of another kind; a paste without pixels where it is damaged."""
    if row.kind not in (REWIND, UNDO, BAN_AND_REWIND):
        return row
    try:
        _, shown = _parted(row)
        return in_force(shown) if row.kind == UNDO and shown.kind == BAN_AND_REWIND else shown
    except _DAMAGE:
        return row._replace(kind=PASTE, payload=None)


def ban_of(row: Row) -> Row | None:
    """What a ban with a rewind, or an undo of one, says of bans, as a ban's row; None for any other."""
    try:
        if row.kind == UNDO:
            _, row = _parted(row)
        if row.kind != BAN_AND_REWIND:
            return None
        head, _ = _parted(row)
        return row._replace(kind=BAN, x=None, y=None, width=None, height=None, payload=json.dumps(head["ban"]).encode())
    except _DAMAGE:
        return None  # `in_force` says that it is damaged


def _parted(row: Row) -> tuple[dict[str, Any], Row]:
    """The head of a payload, and a row of what is in force. Raises one of `_DAMAGE`."""
    payload = row.payload or b""
    at = 5 + int.from_bytes(payload[1:5], "little")
    head = json.loads(payload[5:at])
    kind, sizes = head.get("kind", PASTE), head["sizes"]
    if payload[:1] != b"\x01" or at + sum(size or 0 for size in sizes) != len(payload) or kind in (REWIND, UNDO):
        raise ValueError("the payload is damaged")
    inner = None if sizes[0] is None else payload[at : at + sizes[0]]
    return head, row._replace(kind=int(kind), payload=inner)

"""What a rewind or an undo put in force, as if that had been the entry; for verify.

The form is that of `board/changes/restoration.py`, read here once more on purpose.
"""

from __future__ import annotations

import json

from beeplace.history.verify.replay import PASTE
from beeplace.log.archive import Row

REWIND, UNDO = 9, 10


def in_force(row: Row) -> Row:
    """The row itself where it is of another kind; a paste without pixels where it is damaged."""
    if row.kind not in (REWIND, UNDO):
        return row
    damaged, payload = row._replace(kind=PASTE, payload=None), row.payload or b""
    at = 5 + int.from_bytes(payload[1:5], "little")
    try:
        head = json.loads(payload[5:at])
        kind, sizes = head.get("kind", PASTE), head["sizes"]
        if payload[:1] != b"\x01" or at + sum(size or 0 for size in sizes) != len(payload) or kind in (REWIND, UNDO):
            return damaged
        inner = None if sizes[0] is None else payload[at : at + sizes[0]]
        return row._replace(kind=int(kind), payload=inner)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return damaged

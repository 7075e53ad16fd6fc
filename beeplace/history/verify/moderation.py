"""Recomputes from the log what organisers had in force, and whether anybody drew against it; for verify.

The forms are those of `board/changes/`, read here once more on purpose.
"""

from __future__ import annotations

import json
from typing import Any

from beeplace.history.verify.replay import PANIC, PLACEMENT, SAFE_PICTURE
from beeplace.log.archive import Row


class ModerationReplay:
    """What is in force after the entries that were taken."""

    def __init__(self) -> None:
        self.in_force: dict[str, Any] = {"panic": False, "safePicture": None}

    def take(self, row: Row) -> str | None:
        """Follows an entry; what is wrong with it, in words."""
        if row.kind == PLACEMENT:
            return self._against(row)
        if row.kind == PANIC:
            self.in_force["panic"] = row.color == 1
            return None if row.color in (0, 1) else f"panic is 0 or 1, not {row.color}"
        if row.kind == SAFE_PICTURE:
            return self._approve(row)
        return None

    def _against(self, row: Row) -> str | None:  # noqa: ARG002  # panic holds for everyone
        return "somebody drew while panic was on" if self.in_force["panic"] else None

    def _approve(self, row: Row) -> str | None:
        head, _, picture = (row.payload or b"").partition(b"\n")
        try:
            told = json.loads(head)
            seq = row.seq if picture else told["earlier"]
            self.in_force["safePicture"] = {"seq": seq, "armed": told["armed"]} if seq else None
        except (ValueError, LookupError, TypeError):
            return "its safe picture is damaged"
        return None

    def difference(self, stored: str | None) -> str | None:
        """Where what a board has is not what the log says."""
        mine = {name: value for name, value in self.in_force.items() if value}
        theirs = {name: value for name, value in json.loads(stored or "{}").items() if value}
        names = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
        return f"what the board has in force is not what the log says: {', '.join(names)}" if names else None

"""Recomputes from the log what organisers had in force, and whether anybody drew against it; for verify.

The forms are those of `board/changes/`, read here once more on purpose. Ends are judged by the wall clock of the log:
what lies close to one is not judged, nor an end that the clock was set back before.
"""

from __future__ import annotations

import json
from typing import Any

from beeplace.history.verify.replay import BAN, PANIC, PLACEMENT, SAFE_PICTURE
from beeplace.log.archive import Row

_SLACK_MS = 5_000  # by which two clocks may differ on an end


class ModerationReplay:
    """What is in force after the entries that were taken."""

    def __init__(self) -> None:
        self.in_force: dict[str, Any] = {"panic": False, "safePicture": None, "bans": []}
        self._banned: dict[str, list[dict[str, Any]]] = {}  # by the first bytes of an identity, in hexadecimal
        self._doubtful: set[int] = set()  # bans whose end is not known any more
        self._last_ms = 0

    def take(self, row: Row) -> str | None:
        """Follows an entry; what is wrong with it, in words."""
        if row.kind == PLACEMENT:
            return self._against(row)
        if row.kind == PANIC:
            self.in_force["panic"] = row.color == 1
            return None if row.color in (0, 1) else f"panic is 0 or 1, not {row.color}"
        try:
            if row.kind == SAFE_PICTURE:
                self._approve(row)
            elif row.kind == BAN:
                self._ban(row)
        except (ValueError, LookupError, TypeError):
            return "what it puts in force is damaged"
        return None

    def _against(self, row: Row) -> str | None:
        if row.at_ms < self._last_ms - _SLACK_MS:
            self._doubtful = {ban["seq"] for ban in self.in_force["bans"] if ban["end"]}
        self._last_ms = row.at_ms
        if self.in_force["panic"]:
            return "somebody drew while panic was on"
        if self._banned:
            name = row.identity.hex()
            for ban in (*self._banned.get(name[:8], ()), *self._banned.get(name, ())):
                if self._holds(ban, row.at_ms):
                    return f"bee-{name[:8]} drew, and was banned by entry {ban['seq']:,}"
        return None

    def _holds(self, ban: dict[str, Any], at_ms: int) -> bool:
        return not ban["end"] or (ban["seq"] not in self._doubtful and at_ms < ban["end"][1] - _SLACK_MS)

    def _approve(self, row: Row) -> None:
        head, _, picture = (row.payload or b"").partition(b"\n")
        told = json.loads(head)
        seq = row.seq if picture else told["earlier"]
        self.in_force["safePicture"] = {"seq": seq, "armed": told["armed"]} if seq else None

    def _ban(self, row: Row) -> None:
        told = json.loads(row.payload or b"")
        ban = {"seq": told["of"] or row.seq, **{name: told[name] for name in ("people", "reason", "end")}}
        kept = [
            one
            for one in self.in_force["bans"]
            if one["seq"] != ban["seq"] and (not one["end"] or told["made"] < one["end"][0])
        ]
        self.in_force["bans"] = sorted(kept if told["lifted"] else [*kept, ban], key=lambda one: int(one["seq"]))
        self._banned = {}
        for one in self.in_force["bans"]:
            for person in one["people"]:
                self._banned.setdefault(person[4:], []).append(one)

    def difference(self, stored: str | None) -> str | None:
        """Where what a board has is not what the log says."""
        mine = {name: value for name, value in self.in_force.items() if value}
        theirs = {name: value for name, value in json.loads(stored or "{}").items() if value}
        names = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
        return f"what the board has in force is not what the log says: {', '.join(names)}" if names else None

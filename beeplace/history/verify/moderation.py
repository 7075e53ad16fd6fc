"""Recomputes from the log what organisers had in force, and whether anybody drew against it; for verify.

The forms are those of `board/changes/`, read here once more on purpose. Ends are judged by the wall clock of the log:
what lies close to one is not judged, nor an end that the clock was set back before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from beeplace.board.allowance import Limits
from beeplace.history.verify.allowances import AllowanceReplay
from beeplace.history.verify.replay import ANNOUNCEMENT, BAN, PANIC, PLACEMENT, SAFE_PICTURE, ZONE
from beeplace.log.archive import Row

_SLACK_MS = 5_000  # by which two clocks may differ on an end
_LISTS = {  # what is in force of a kind until an end, and the fields that say what it is
    BAN: ("bans", ("people", "reason")),
    ZONE: ("zones", ("area", "closed", "limits", "colors", "reason")),
    ANNOUNCEMENT: ("announcements", ("texts",)),
}


class ModerationReplay:
    """What is in force after the entries that were taken."""

    def __init__(self) -> None:
        self.in_force: dict[str, Any] = {
            "panic": False, "safePicture": None, "bans": [], "zones": [], "announcements": [],
        }  # fmt: skip
        self._banned: dict[str, list[dict[str, Any]]] = {}  # by the first bytes of an identity, in hexadecimal
        self._spending: dict[int, AllowanceReplay] = {}  # of zones with limits of their own, by seq
        self._doubtful: set[int] = set()  # what has an end that is not known any more
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
            elif row.kind in _LISTS:
                self._enforce(row)
        except (ValueError, LookupError, TypeError):
            return "what it puts in force is damaged"
        return None

    def has_limits_at(self, row: Row) -> bool:
        """Whether a placement may have been charged to a zone, and not to the board's window."""
        return bool(self.in_force["zones"]) and any(zone["limits"] for zone in self._zones(row, -_SLACK_MS))

    def _against(self, row: Row) -> str | None:
        if row.at_ms < self._last_ms - _SLACK_MS:
            self._doubtful = {one["seq"] for name, _ in _LISTS.values() for one in self.in_force[name] if one["end"]}
        self._last_ms = row.at_ms
        if self.in_force["panic"]:
            return "somebody drew while panic was on"
        name = row.identity.hex()
        if self._banned:
            for ban in (*self._banned.get(name[:8], ()), *self._banned.get(name, ())):
                if self._holds(ban, row.at_ms, _SLACK_MS):
                    return f"bee-{name[:8]} drew, and was banned by entry {ban['seq']:,}"
        return self._against_zone(row) if self.in_force["zones"] else None

    def _against_zone(self, row: Row) -> str | None:
        zones = [*self._zones(row, _SLACK_MS)]
        for zone in zones:
            if zone["closed"] or (zone["colors"] is not None and row.color not in zone["colors"]):
                return f"it lies in the zone of entry {zone['seq']:,}, where that is not allowed"
        limited = next((zone for zone in zones if zone["limits"]), None)
        if limited and self._spending[limited["seq"]].exceeds(row):
            return f"one pixel too many of bee-{row.identity.hex()[:8]} in the zone of entry {limited['seq']:,}"
        return None

    def _zones(self, row: Row, slack_ms: int) -> Iterator[dict[str, Any]]:
        """The newest first."""
        for zone in reversed(self.in_force["zones"]):
            x, y, width, height = zone["area"]
            inside = x <= (row.x or 0) < x + width and y <= (row.y or 0) < y + height
            if inside and self._holds(zone, row.at_ms, slack_ms):
                yield zone

    def _holds(self, one: dict[str, Any], at_ms: int, slack_ms: int) -> bool:
        if one["seq"] in self._doubtful:
            return slack_ms < 0
        return not one["end"] or at_ms < one["end"][1] - slack_ms

    def _approve(self, row: Row) -> None:
        head, _, picture = (row.payload or b"").partition(b"\n")
        told = json.loads(head)
        seq = row.seq if picture else told["earlier"]
        self.in_force["safePicture"] = {"seq": seq, "armed": told["armed"]} if seq else None

    def _enforce(self, row: Row) -> None:
        name, fields = _LISTS[row.kind]
        told = json.loads(row.payload or b"")
        one = {"seq": told["of"] or row.seq, "end": told["end"], **{field: told[field] for field in fields}}
        kept = [
            other
            for other in self.in_force[name]
            if other["seq"] != one["seq"] and (not other["end"] or told["made"] < other["end"][0])
        ]
        self.in_force[name] = sorted(kept if told["lifted"] else [*kept, one], key=lambda each: int(each["seq"]))
        if row.kind == BAN:
            self._banned = {}
            for ban in self.in_force["bans"]:
                for person in ban["people"]:
                    self._banned.setdefault(person[4:], []).append(ban)
        elif row.kind == ZONE and one["limits"]:
            self._spending.setdefault(one["seq"], AllowanceReplay(Limits(*one["limits"])))

    def difference(self, stored: str | None) -> str | None:
        """Where what a board has is not what the log says."""
        mine = {name: value for name, value in self.in_force.items() if value}
        theirs = {name: value for name, value in json.loads(stored or "{}").items() if value}
        names = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
        return f"what the board has in force is not what the log says: {', '.join(names)}" if names else None

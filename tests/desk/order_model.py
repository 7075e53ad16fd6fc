"""What keeping order should come to, as simple as it can be said: which bans, zones, panic and settings hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.desk.model import Place

PEOPLE, PLACES, PANIC, WORDS, SETTINGS = "ban", "zone", "panic", "announcement", "settings"
Values = dict[str, Any]


@dataclass
class Ordered:
    """One entry: what it is called, the first entry of the same thing, and what holds of it from here on."""

    seq: int
    kind: str
    of: int
    values: Values  # {} where it is lifted


@dataclass
class OrderModel:
    """All entries that keep order, in theirs; an undo of one is one more."""

    log: list[Ordered] = field(default_factory=list)
    first: Values = field(default_factory=dict)  # settings that a board begins with

    def happen(self, seq: int, kind: str, values: Values, of: int | None = None) -> None:
        self.log.append(Ordered(seq, kind, seq if of is None else of, values))

    def in_force(self, kind: str, before: int | None = None) -> dict[int, Values]:
        """What holds, by the entries that put it in force; `before` an entry."""
        found: dict[int, Values] = {}
        for one in self.log:
            if one.kind == kind and (before is None or one.seq < before):
                found.pop(one.of, None)
                if one.values:
                    found[one.of] = one.values
        return found

    def settings(self, before: int | None = None) -> Values:
        """What they are; `before` an entry."""
        found = dict(self.first)
        for one in self.log:
            if one.kind == SETTINGS and (before is None or one.seq < before):
                found |= one.values
        return found

    def refusal(self, who: bytes, place: Place, color: int) -> str | None:
        """Why somebody may not place a pixel."""
        if self.in_force(PANIC):
            return "read_only"
        if any(who in ban["people"] for ban in self.in_force(PEOPLE).values()):
            return "banned"
        for _, zone in sorted(self.in_force(PLACES).items(), reverse=True):  # the newest that has a no says why
            if place in zone["places"] and zone["colors"] is None:
                return "protected"
            if place in zone["places"] and color not in zone["colors"]:
                return "bad_color"
        return None

    def undone(self, target: Ordered) -> tuple[Values, int] | None:
        """What an undo of an entry puts in force, and of what; None where that was changed since."""
        later = [one for one in self.log if one.seq > target.seq and one.kind == target.kind]
        if target.kind == SETTINGS:
            changed = {name for one in later for name in one.values}
            old = self.settings(before=target.seq)
            values = {name: old[name] for name in target.values if name not in changed}
            return (values, 0) if values else None
        if any(one.of == target.of for one in later):
            return None
        if target.kind == PANIC:
            return self.in_force(PANIC, before=target.seq).get(0, {}), 0
        if target.values:
            return {}, target.of
        return next(one.values for one in reversed(self.log) if one.of == target.of and one.values), target.of

"""A zone: an organiser gives an area rules of its own until an end, or lifts them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from beeplace.board.allowance import Limits
from beeplace.board.changes.change import Listed, Record
from beeplace.board.changes.moderation.enforce import Enforce, Span, too_many
from beeplace.board.geometry import Area
from beeplace.board.in_force import MAX_REASON, ZoneState
from beeplace.board.moderation import MAX_ZONES
from beeplace.board.state import RULES, BoardState


@dataclass(frozen=True, slots=True)
class Zone(Enforce):
    """`limits` and `colors` are None where the board's count; see `ZoneState`. It paints nothing."""

    NUMBER: ClassVar[int] = 13
    NAME: ClassVar[str] = "zone"

    ruled: Area
    closed: bool = False
    limits: Limits | None = None
    colors: tuple[int, ...] | None = None
    reason: str = ""

    def item(self, seq: int) -> ZoneState:
        return ZoneState(seq, self.span.end, self.ruled, self.closed, self.limits, self.colors, self.reason)

    @classmethod
    def from_told(cls, told: dict[str, Any], span: Span) -> Zone:
        zone = ZoneState.read(told)
        return cls(span, zone.area, zone.closed, zone.limits, zone.colors, zone.reason)

    @classmethod
    def listed(cls, record: Record) -> Listed:
        zone = cls.read(record).item(0)
        rules = zone.public_json()
        names = {"closed": "closed", "maxPixels": "max_pixels", "cooldown": "cooldown", "colors": "colors"}
        fields = {ours: rules[name] for name, ours in names.items() if name in rules}
        return Listed(zone.area, {**fields, "until": rules["until"]})

    def objection(self, state: BoardState) -> str | None:
        if len(self.reason) > MAX_REASON or "\0" in self.reason:
            return f"reason must have at most {MAX_REASON} characters"
        if wrong := Enforce.objection(self, state):
            return wrong
        # One that is lifted, or comes back, may be older than the board's palette or size.
        if not self.span.of and (wrong := self._misfit(state)):
            return wrong
        return too_many(self.state_after(state).moderation.zones, MAX_ZONES, "zones are in force")

    def _misfit(self, state: BoardState) -> str | None:
        if not state.holds(self.ruled):
            return "the area must lie on the board"
        if not self.closed and self.limits is None and self.colors is None:
            return "a zone is closed, or has an allowance or colours of its own"
        if self.limits and not self._is_limit(self.limits):
            return "maxPixels and cooldown of a zone must be as those of the board, and cooldown at least 1"
        if self.colors is not None:
            known = set(range(len(state.palette)))
            if not self.colors or len(set(self.colors)) < len(self.colors) or not known.issuperset(self.colors):
                return "colors must be colours of the palette, at least one, each once"
        return None

    @staticmethod
    def _is_limit(limits: Limits) -> bool:
        seconds, rest = divmod(limits.cooldown_ms, 1000)
        broken = RULES["maxPixels"].objection(limits.max_pixels) or RULES["cooldown"].objection(seconds)
        return not broken and seconds > 0 and rest == 0

    def state_after(self, state: BoardState) -> BoardState:
        _, made_ms, of, lifted = self.span
        moderation = state.moderation.with_zone(self.item(of or state.seq + 1), made_ms, lifted=lifted)
        return replace(state, moderation=moderation)

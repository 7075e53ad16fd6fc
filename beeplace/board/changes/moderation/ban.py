"""A ban: an organiser keeps people from drawing until an end, or lifts such a ban."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from beeplace.board.changes.change import Listed, Record
from beeplace.board.changes.moderation.enforce import Enforce, Span
from beeplace.board.in_force import MAX_REASON, BanState, is_person
from beeplace.board.moderation import MAX_PEOPLE
from beeplace.board.state import BoardState

MAX_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Ban(Enforce):
    """`people` are pseudonyms as people see them; `reason` is what they are told."""

    NUMBER: ClassVar[int] = 12
    NAME: ClassVar[str] = "ban"

    people: tuple[str, ...]
    reason: str = ""

    def item(self, seq: int) -> BanState:
        return BanState(seq, self.span.end, self.people, self.reason)

    @classmethod
    def from_told(cls, told: dict[str, Any], span: Span) -> Ban:
        ban = BanState.read(told)
        return cls(span, ban.people, ban.reason)

    @classmethod
    def listed(cls, record: Record) -> Listed:
        ban = cls.read(record).item(0)
        return Listed(None, {"people": list(ban.people), "until": ban.until})

    def objection(self, state: BoardState) -> str | None:
        if not 1 <= len(self.people) <= MAX_AT_ONCE or len(set(self.people)) < len(self.people):
            return f"people must be a list of 1 to {MAX_AT_ONCE:,} people, each once"
        if not all(map(is_person, self.people)):
            return "a person is named like bee-1f2e3d4c"
        if len(self.reason) > MAX_REASON or "\0" in self.reason:
            return f"reason must have at most {MAX_REASON} characters"
        if wrong := Enforce.objection(self, state):
            return wrong
        banned = sum(len(ban.people) for ban in self.state_after(state).moderation.bans)
        return f"at most {MAX_PEOPLE:,} people are banned at the same time" if banned > MAX_PEOPLE else None

    def state_after(self, state: BoardState) -> BoardState:
        _, made_ms, of, lifted = self.span
        moderation = state.moderation.with_ban(self.item(of or state.seq + 1), made_ms, lifted=lifted)
        return replace(state, moderation=moderation)

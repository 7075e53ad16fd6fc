"""A ban: an organiser keeps people from drawing until an end, or lifts such a ban."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import orjson

from beeplace.board.changes.change import Before, Change, Record, without_area
from beeplace.board.moderation import MAX_PEOPLE, MAX_REASON, BanState, End, is_person, read_end, read_reason
from beeplace.board.state import BoardState

MAX_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Ban(Change):
    """`people` are pseudonyms as people see them. `made_ms` is board time when it was asked for: what had ended by then
    is forgotten. `of` is the entry that first banned them, 0 for this one; `lifted` takes that ban back.

    The payload is JSON: {"people", "reason", "end": [board ms, wall ms] or null, "made", "of", "lifted"}.
    """

    NUMBER: ClassVar[int] = 12
    NAME: ClassVar[str] = "ban"

    people: tuple[str, ...]
    reason: str = ""
    end: End | None = None
    made_ms: int = 0
    of: int = 0
    lifted: bool = False

    def record(self) -> Record:
        told = {
            "people": list(self.people), "reason": self.reason, "end": self.end and self.end.told(),
            "made": self.made_ms, "of": self.of, "lifted": self.lifted,
        }  # fmt: skip
        return Record(self.NUMBER, payload=orjson.dumps(told))

    @classmethod
    def read(cls, record: Record) -> Ban:
        told: Any = orjson.loads(without_area(record).payload or b"null")
        try:
            end, reason, people = read_end(told["end"]), read_reason(told["reason"]), tuple(told["people"])
            found = cls(people, reason, end, told["made"], told["of"], told["lifted"])
        except (TypeError, LookupError) as error:
            raise ValueError("a ban has people, a reason and an end") from error
        if (type(found.made_ms), type(found.of), type(found.lifted)) != (int, int, bool):
            raise ValueError("a ban says when it was made, and which it is")
        return found

    def fits(self, state: BoardState) -> bool:
        return self.objection(state) is None

    def objection(self, state: BoardState) -> str | None:
        """Why it cannot happen, in words; None where it can."""
        if not 1 <= len(self.people) <= MAX_AT_ONCE or len(set(self.people)) < len(self.people):
            return f"people must be a list of 1 to {MAX_AT_ONCE:,} people, each once"
        if not all(map(is_person, self.people)):
            return "a person is named like bee-1f2e3d4c"
        if len(self.reason) > MAX_REASON or "\0" in self.reason:
            return f"reason must have at most {MAX_REASON} characters"
        if self.end and not self.of and self.end.board_ms <= self.made_ms:
            return "until must lie ahead"
        if not 0 <= self.of <= state.seq:
            return "there is no such ban"
        banned = sum(len(ban.people) for ban in self._after(state).moderation.bans)
        return f"at most {MAX_PEOPLE:,} people are banned at the same time" if banned > MAX_PEOPLE else None

    def state_after(self, state: BoardState) -> BoardState:
        return self._after(state)

    def _after(self, state: BoardState) -> BoardState:
        ban = BanState(self.of or state.seq + 1, self.people, self.reason, self.end)
        return replace(state, moderation=state.moderation.with_ban(ban, self.made_ms, lifted=self.lifted))

    def undone(self, seq: int, before: Before) -> Change | None:  # noqa: ARG002  # bans of the same people stay
        return replace(self, of=self.of or seq, lifted=not self.lifted)

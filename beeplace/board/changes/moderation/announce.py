"""An announcement: an organiser says something on all phones and walls until an end, or takes it off."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from beeplace.board.changes.change import Listed, Record
from beeplace.board.changes.moderation.enforce import Enforce, Span, too_many
from beeplace.board.in_force import MAX_TEXT, AnnouncementState
from beeplace.board.moderation import MAX_ANNOUNCEMENTS
from beeplace.board.state import BoardState

MAX_LANGUAGES = 8
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Announce(Enforce):
    """`texts` has words by language; a page whose language is not among them shows the first."""

    NUMBER: ClassVar[int] = 15
    NAME: ClassVar[str] = "announce"

    texts: tuple[tuple[str, str], ...]

    def item(self, seq: int) -> AnnouncementState:
        return AnnouncementState(seq, self.span.end, self.texts)

    @classmethod
    def from_told(cls, told: dict[str, Any], span: Span) -> Announce:
        return cls(span, AnnouncementState.read(told).texts)

    @classmethod
    def listed(cls, record: Record) -> Listed:
        said = cls.read(record).item(0)
        return Listed(None, {"texts": dict(said.texts), "until": said.until})

    def objection(self, state: BoardState) -> str | None:
        if not 1 <= len(self.texts) <= MAX_LANGUAGES or not all(_LANGUAGE.fullmatch(name) for name, _ in self.texts):
            return f"texts must have words by language, such as en or de, in 1 to {MAX_LANGUAGES} languages"
        if not all(text.strip() and len(text) <= MAX_TEXT and "\0" not in text for _, text in self.texts):
            return f"each text must have 1 to {MAX_TEXT} characters"
        if wrong := Enforce.objection(self, state):
            return wrong
        found = self.state_after(state).moderation.announcements
        return too_many(found, MAX_ANNOUNCEMENTS, "announcements are in force")

    def state_after(self, state: BoardState) -> BoardState:
        _, made_ms, of, lifted = self.span
        moderation = state.moderation.with_announcement(self.item(of or state.seq + 1), made_ms, lifted=lifted)
        return replace(state, moderation=moderation)

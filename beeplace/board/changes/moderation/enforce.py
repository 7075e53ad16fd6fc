"""What bans, zones and announcements have in common: they put something in force until an end, or lift it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import orjson

from beeplace.board.changes.change import Before, Change, Record, without_area
from beeplace.board.in_force import End, InForce
from beeplace.board.state import BoardState


class Span(NamedTuple):
    """How long, and which.

    `made_ms` is board time when it was asked for: of the same kind, what had ended by then is forgotten. `of` is the
    entry that put it in force first, 0 for this one; `lifted` says that it is not in force any more.
    """

    end: End | None = None
    made_ms: int = 0
    of: int = 0
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class Enforce(Change):
    """The payload is JSON: the fields of what is put in force, and {"end", "made", "of", "lifted"}."""

    span: Span

    @abstractmethod
    def item(self, seq: int) -> InForce:
        """What is in force under a seq."""

    @classmethod
    @abstractmethod
    def from_told(cls, told: dict[str, Any], span: Span) -> Self:
        """From the payload. Raises ValueError, TypeError or LookupError."""

    def record(self) -> Record:
        told = self.item(0).as_json()
        del told["seq"]
        _, made_ms, of, lifted = self.span
        return Record(self.NUMBER, payload=orjson.dumps({**told, "made": made_ms, "of": of, "lifted": lifted}))

    @classmethod
    def read(cls, record: Record) -> Self:
        told: Any = orjson.loads(without_area(record).payload or b"null")
        try:
            made_ms, of, lifted = told["made"], told["of"], told["lifted"]
            found = cls.from_told({**told, "seq": 1}, Span(End.read(told["end"]), made_ms, of, lifted))
        except (TypeError, LookupError, AttributeError) as error:
            raise ValueError("it says neither what is in force nor how long") from error
        if (type(made_ms), type(of), type(lifted)) != (int, int, bool):
            raise ValueError("it says when it was asked for, and of what")
        return found

    def fits(self, state: BoardState) -> bool:
        return self.objection(state) is None

    def objection(self, state: BoardState) -> str | None:
        """Why it cannot happen, in words; None where it can."""
        end, made_ms, of, _ = self.span
        if end and not of and end.board_ms <= made_ms:
            return "until must lie ahead"
        if not 0 <= of <= state.seq:
            return "there is nothing of that number"
        return None

    def undone(self, seq: int, before: Before) -> Change | None:
        """Lifts what it put in force, or puts that in force again; None where somebody did since."""
        of = self.span.of or seq
        if any(isinstance(later, type(self)) and later.span.of == of for later in before.later):
            return None
        return replace(self, span=self.span._replace(of=of, lifted=not self.span.lifted))


def too_many(items: Sequence[InForce], most: int, what: str) -> str | None:
    """The objection where more of a kind would be in force than may be."""
    return f"at most {most:,} {what} at the same time" if len(items) > most else None

"""An adjustment: live settings got other values, for everyone from the same seq on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import orjson

from beeplace.board.changes.change import Before, Change, Listed, Record, without_area
from beeplace.board.state import RULES, BoardState


@dataclass(frozen=True, slots=True)
class Adjust(Change):
    """`values` by the names of the interface, such as `maxPixels`; those that are not named stay.

    The payload is JSON: {"values": {name: value}, "by": "environment"} where a gateway's start brought them in, and
    without "by" where an organiser did. What an organiser chose, no gateway's environment changes any more.
    """

    NUMBER: ClassVar[int] = 8
    NAME: ClassVar[str] = "settings"

    values: tuple[tuple[str, Any], ...]
    from_environment: bool = False

    def record(self) -> Record:
        told: dict[str, Any] = {"values": dict(self.values)}
        return Record(
            self.NUMBER, payload=orjson.dumps({**told, "by": "environment"} if self.from_environment else told)
        )

    @classmethod
    def read(cls, record: Record) -> Adjust:
        told = orjson.loads(without_area(record).payload or b"null")
        if not isinstance(told, dict) or not isinstance(told.get("values"), dict):
            raise ValueError("an adjustment has values")
        return cls(tuple(told["values"].items()), told.get("by") == "environment")

    def fits(self, state: BoardState) -> bool:
        return bool(self.values) and self.objection(state) is None

    def objection(self, state: BoardState) -> str | None:
        """Why it cannot happen, in words; None where it can."""
        if unknown := [name for name, _ in self.values if name not in RULES]:
            return f"there is no live setting {unknown[0]}"
        return state.settings.with_values(dict(self.values)).objection(len(state.palette), dict(self.values))

    @classmethod
    def listed(cls, record: Record) -> Listed:
        return Listed(None, {"settings": dict(cls.read(record).values)})

    def state_after(self, state: BoardState) -> BoardState:
        settings = state.settings.with_values(dict(self.values))
        if not self.from_environment:
            settings = settings.chosen_by_organiser(name for name, _ in self.values)
        return replace(state, settings=settings)

    def undone(self, seq: int, before: Before) -> Change | None:  # noqa: ARG002  # it paints nothing
        """Settings that were changed again later stay."""
        old = before.state.settings.named()
        for later in before.later:
            if isinstance(later, Adjust):
                old = {name: value for name, value in old.items() if name not in dict(later.values)}
        values = tuple((name, old[name]) for name, _ in self.values if name in old)
        return Adjust(values) if values else None

"""What the value of a live setting may be, whatever brings it: an organiser, the environment, a log, a backup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

OPEN: Final = "open"  # an entry rule that lets anyone draw
WAYS: Final = ("code", "ticket", "work")  # to come in where it does not


class Rule(Protocol):
    """The rule of one setting; `field` is its name in `LiveSettings`."""

    @property
    def field(self) -> str:
        """The attribute that has the value."""

    def objection(self, value: object) -> str | None:
        """What the value should have been, in words that follow "must be"; None where it is."""


@dataclass(frozen=True, slots=True)
class NumberRule:
    """An integer or any number, from `least` to `most`."""

    field: str
    least: float
    most: float
    whole: bool = True

    def objection(self, value: object) -> str | None:
        """See `Rule`."""
        right = type(value) is int or (not self.whole and type(value) is float)
        if right and self.least <= value <= self.most:  # type: ignore[operator]  # a number, as was just looked at
            return None
        return f"{'an integer' if self.whole else 'a number'} from {self.least:g} to {self.most:g}"


@dataclass(frozen=True, slots=True)
class FlagRule:
    """On or off."""

    field: str

    def objection(self, value: object) -> str | None:
        """See `Rule`."""
        return None if isinstance(value, bool) else "true or false"


@dataclass(frozen=True, slots=True)
class TextRule:
    """A line of at most so many printable characters; it may be empty."""

    field: str
    most: int

    def objection(self, value: object) -> str | None:
        """See `Rule`."""
        if isinstance(value, str) and len(value) <= self.most and value.isprintable():
            return None
        return f"a line of at most {self.most} printable characters"


@dataclass(frozen=True, slots=True)
class EntryRule:
    """Who may draw: anyone, or who comes in by one of some ways."""

    field: str

    def objection(self, value: object) -> str | None:
        """See `Rule`."""
        if isinstance(value, list | tuple) and all(isinstance(way, str) for way in value):
            ways = set(value)
            if ways and len(ways) == len(value) and (ways == {OPEN} or ways <= set(WAYS)):
                return None
        return f"a list: {OPEN} alone, or any of {', '.join(WAYS)}"


@dataclass(frozen=True, slots=True)
class IndicesRule:
    """Distinct indices of the palette."""

    field: str

    def objection(self, value: object) -> str | None:
        """See `Rule`."""
        if isinstance(value, list | tuple) and all(type(one) is int and 0 <= one <= 255 for one in value):
            return None if len(set(value)) == len(value) else "distinct indices of the palette"
        return "a list of indices of the palette"

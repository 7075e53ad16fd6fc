"""What an organiser puts in force until an end, each named by the entry that did: a ban, a zone, an announcement.

Ends are kept twice: in board time, by which the rules judge, and by the wall clock, which people are told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Any, Final

from beeplace.board.allowance import Limits
from beeplace.board.geometry import Area

MAX_REASON: Final = 200  # characters
MAX_TEXT: Final = 300
LATEST_MS: Final = 253_402_300_799_999  # the end of the year 9999
_PERSON: Final = re.compile(r"bee-(?:[0-9a-f]{8}|[0-9a-f]{32})", re.ASCII)
PERSON_BYTES: Final = (4, 16)  # of an identity that people are named by


@dataclass(frozen=True, slots=True)
class End:
    """When something ends: in board time, and by the wall clock, both in milliseconds."""

    board_ms: int
    wall_ms: int

    def as_json(self) -> list[int]:
        """For stores."""
        return [self.board_ms, self.wall_ms]

    @staticmethod
    def read(told: Any) -> End | None:
        """As stores keep it; None for no end. Raises ValueError or TypeError."""
        if told is None:
            return None
        board_ms, wall_ms = told
        if type(board_ms) is not int or type(wall_ms) is not int or not 0 <= wall_ms <= LATEST_MS:
            raise TypeError("an end has two moments")
        return End(board_ms, wall_ms)


@dataclass(frozen=True, slots=True)
class InForce:
    """`seq` is the entry that put it in force; `end` is None where only an organiser ends it."""

    seq: int
    end: End | None

    def holds(self, now_ms: int) -> bool:
        """Whether it has not ended."""
        return self.end is None or now_ms < self.end.board_ms

    @property
    def until(self) -> str | None:
        """Its end for people, as RFC 3339 has it."""
        if self.end is None:
            return None
        moment = datetime.fromtimestamp(self.end.wall_ms / 1000, UTC)
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")

    def as_json(self) -> dict[str, Any]:
        """For stores."""
        return {"seq": self.seq, "end": self.end and self.end.as_json()}


@dataclass(frozen=True, slots=True)
class BanState(InForce):
    """People who may not draw, named by pseudonym."""

    people: tuple[str, ...]
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**InForce.as_json(self), "people": list(self.people), "reason": self.reason}

    @staticmethod
    def read(told: Any) -> BanState:
        """As stores keep it. Raises ValueError, TypeError or LookupError."""
        people = tuple(told["people"])
        if not people or not all(map(is_person, people)):
            raise ValueError("nobody is banned")
        return BanState(read_seq(told["seq"]), End.read(told["end"]), people, read_words(told["reason"]))


@dataclass(frozen=True, slots=True)
class ZoneState(InForce):
    """An area with rules of its own: nobody may draw there (`closed`), or only in some colours, or within limits that
    are counted apart from those of the board."""

    area: Area
    closed: bool = False
    limits: Limits | None = None
    colors: tuple[int, ...] | None = None
    reason: str = ""

    def refusal(self, color: int) -> str | None:
        """Why a pixel of that colour may not be placed there; None where it may."""
        if self.closed:
            return "protected"
        return "bad_color" if self.colors is not None and color not in self.colors else None

    def window(self, identity: bytes) -> bytes:
        """Under which name somebody's window in this zone is kept."""
        return blake2s(identity, key=self.seq.to_bytes(8, "little"), digest_size=16, person=b"zone").digest()

    def as_json(self) -> dict[str, Any]:
        limits = self.limits and [self.limits.max_pixels, self.limits.cooldown_ms]
        colors = None if self.colors is None else list(self.colors)
        return {
            **InForce.as_json(self), "area": list(self.area), "closed": self.closed, "limits": limits, "colors": colors,
            "reason": self.reason,
        }  # fmt: skip

    def public_json(self) -> dict[str, Any]:
        """For clients, under the names of the interface."""
        shown: dict[str, Any] = {**self.area._asdict(), "id": self.seq, "closed": self.closed, "reason": self.reason}
        if self.limits:
            shown |= {"maxPixels": self.limits.max_pixels, "cooldown": self.limits.cooldown_ms // 1000}
        if self.colors is not None:
            shown["colors"] = list(self.colors)
        return {**shown, "until": self.until}

    @staticmethod
    def read(told: Any) -> ZoneState:
        """As stores keep it. Raises ValueError, TypeError or LookupError."""
        x, y, width, height = told["area"]
        limits, colors = told["limits"], told["colors"]
        numbers = [x, y, width, height, *(limits or ()), *(colors or ())]
        if not all(type(number) is int and number >= 0 for number in numbers) or type(told["closed"]) is not bool:
            raise TypeError("a zone has an area, limits and colours in whole numbers")
        return ZoneState(
            read_seq(told["seq"]), End.read(told["end"]), Area(x, y, width, height), told["closed"],
            Limits(*limits) if limits else None, None if colors is None else tuple(colors), read_words(told["reason"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnnouncementState(InForce):
    """Words for phones and walls, by language."""

    texts: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        return {**InForce.as_json(self), "texts": dict(self.texts)}

    def public_json(self) -> dict[str, Any]:
        """For clients, under the names of the interface."""
        return {"id": self.seq, "texts": dict(self.texts), "until": self.until}

    @staticmethod
    def read(told: Any) -> AnnouncementState:
        """As stores keep it. Raises ValueError, TypeError or LookupError."""
        if not isinstance(told["texts"], Mapping) or not told["texts"]:
            raise TypeError("an announcement has texts")
        texts = tuple((read_words(name, 16), read_words(text, MAX_TEXT)) for name, text in told["texts"].items())
        return AnnouncementState(read_seq(told["seq"]), End.read(told["end"]), texts)


def is_person(value: object) -> bool:
    """Whether it names somebody as people see them: `bee-` and the first 4 bytes of the identity, or all 16."""
    return isinstance(value, str) and _PERSON.fullmatch(value) is not None


def person_bytes(person: str) -> bytes:
    """The first bytes of the identity that a pseudonym names."""
    return bytes.fromhex(person[4:])


def read_words(told: Any, longest: int = MAX_REASON) -> str:
    """Words for people. Raises TypeError."""
    if not isinstance(told, str) or len(told) > longest or "\0" in told:
        raise TypeError("no words, or too many")
    return told


def read_seq(value: Any) -> int:
    """The number of an entry. Raises ValueError."""
    if type(value) is not int or not 0 < value < 2**63:
        raise ValueError("no seq")
    return value

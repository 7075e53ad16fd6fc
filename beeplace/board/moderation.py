"""What organisers have in force to keep order, as state of the board: equal on all gateways at the same seq.

Ends are kept twice: in board time, by which the rules judge, and by the wall clock, which people are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

import orjson

MAX_REASON: Final = 200  # characters
MAX_PEOPLE: Final = 2_000  # that are banned at the same time: each commit reads them
LATEST_MS: Final = 253_402_300_799_999  # the end of the year 9999
_PERSON: Final = re.compile(r"bee-((?:[0-9a-f]{8}){1,4})", re.ASCII)
_PERSON_BYTES: Final = (4, 16)  # of an identity that people are named by


@dataclass(frozen=True, slots=True)
class ApprovedPicture:
    """Which entry of the log has the picture; armed walls also show it when they cannot reach the server."""

    seq: int
    armed: bool = True

    def told(self) -> dict[str, Any]:
        """For stores and clients."""
        return {"seq": self.seq, "armed": self.armed}


@dataclass(frozen=True, slots=True)
class End:
    """When something ends: in board time, and by the wall clock, both in milliseconds."""

    board_ms: int
    wall_ms: int

    def told(self) -> list[int]:
        """For stores."""
        return [self.board_ms, self.wall_ms]


@dataclass(frozen=True, slots=True)
class BanState:
    """People who may not draw, named by pseudonym; `seq` is the entry that said so, `end` is None for good."""

    seq: int
    people: tuple[str, ...]
    reason: str = ""
    end: End | None = None

    def holds(self, now_ms: int) -> bool:
        """Whether it has not ended."""
        return self.end is None or now_ms < self.end.board_ms

    def told(self) -> dict[str, Any]:
        """For stores."""
        return {
            "seq": self.seq,
            "people": list(self.people),
            "reason": self.reason,
            "end": self.end and self.end.told(),
        }


@dataclass(frozen=True, slots=True)
class Moderation:
    """See the module's docstring. Invariant: one that has nothing in force equals `Moderation()`.

    `restricts` says whether anything of it can refuse a placement: all that a placement asks while nothing does.
    """

    panic: bool = False
    safe_picture: ApprovedPicture | None = None
    bans: tuple[BanState, ...] = ()  # by seq
    restricts: bool = field(init=False, compare=False)
    _by_person: Mapping[bytes, tuple[BanState, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        found: dict[bytes, tuple[BanState, ...]] = {}
        for ban in self.bans:
            for person in ban.people:
                key = person_bytes(person)
                found[key] = (*found.get(key, ()), ban)
        object.__setattr__(self, "_by_person", found)
        object.__setattr__(self, "restricts", self.panic or bool(self.bans))

    def ban_of(self, identity: bytes, now_ms: int) -> BanState | None:
        """What keeps somebody from drawing, the longest of it; None where nothing does."""
        named = (self._by_person.get(identity[:size], ()) for size in _PERSON_BYTES)
        holding = [ban for bans in named for ban in bans if ban.holds(now_ms)]
        return max(holding, key=_ends_ms, default=None)

    def refusal(self, identity: bytes, now_ms: int) -> str | None:
        """Why somebody may not draw now; None where nothing is against it."""
        if self.panic:
            return "read_only"
        return "banned" if self.bans and self.ban_of(identity, now_ms) else None

    def with_ban(self, ban: BanState, now_ms: int, *, lifted: bool) -> Moderation:
        """These with a ban more, or one less; those that have ended are forgotten."""
        others = (one for one in self.bans if one.seq != ban.seq and one.holds(now_ms))
        return replace(self, bans=_ordered(others if lifted else (*others, ban)))

    def told(self) -> dict[str, Any]:
        """What all clients are told, under the names of the interface."""
        return {"panic": self.panic, "safePicture": self.safe_picture and self.safe_picture.told()}

    @lru_cache(maxsize=8)  # noqa: B019  # never changes, and few are in use
    def text(self) -> str | None:
        """As JSON, for stores; None where nothing is in force."""
        if self == NOTHING_IN_FORCE:
            return None
        bans = {"bans": [ban.told() for ban in self.bans]} if self.bans else {}
        return orjson.dumps(self.told() | bans).decode()

    @staticmethod
    @lru_cache(maxsize=8)
    def read(text: str | None) -> Moderation:
        """From `text`. Raises ValueError, TypeError or LookupError for what is none."""
        if text is None:
            return NOTHING_IN_FORCE
        told = orjson.loads(text)
        picture = told["safePicture"]
        return Moderation(
            panic=_truth(told["panic"]),
            safe_picture=picture and ApprovedPicture(_seq(picture["seq"]), _truth(picture["armed"])),
            bans=_ordered(_banned(one) for one in told.get("bans", ())),
        )


def is_person(value: object) -> bool:
    """Whether it names somebody as people see them: `bee-` and the first 4 bytes of the identity, or all 16."""
    found = _PERSON.fullmatch(value) if isinstance(value, str) else None
    return found is not None and len(found[1]) // 2 in _PERSON_BYTES


def person_bytes(person: str) -> bytes:
    """The first bytes of the identity. Raises ValueError for what names nobody."""
    if not is_person(person):
        raise ValueError("a person is named like bee-1f2e3d4c")
    return bytes.fromhex(person[4:])


def read_end(told: Any) -> End | None:
    """An end as stores keep it, None for none. Raises ValueError or TypeError."""
    if told is None:
        return None
    board_ms, wall_ms = told
    if type(board_ms) is not int or type(wall_ms) is not int or not 0 <= wall_ms <= LATEST_MS:
        raise TypeError("an end has two moments")
    return End(board_ms, wall_ms)


def read_reason(told: Any) -> str:
    """Words for people. Raises TypeError."""
    if not isinstance(told, str) or len(told) > MAX_REASON or "\0" in told:
        raise TypeError("no reason")
    return told


def _banned(told: Any) -> BanState:
    people = tuple(told["people"])
    if not people or len(people) > MAX_PEOPLE:
        raise ValueError("nobody is banned, or too many")
    return BanState(_seq(told["seq"]), people, read_reason(told["reason"]), read_end(told["end"]))


def _ordered(bans: Iterable[BanState]) -> tuple[BanState, ...]:
    return tuple(sorted(bans, key=lambda ban: ban.seq))


def _ends_ms(ban: BanState) -> float:
    return ban.end.board_ms if ban.end else float("inf")


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


def _seq(value: Any) -> int:
    if type(value) is not int or not 0 < value < 2**63:
        raise ValueError("no seq")
    return value


NOTHING_IN_FORCE = Moderation()

"""The one filter for look-up, preview, rewind, ban and export: which changes of the log are meant.

Its JSON form is the same over HTTP, in the log and from the shell:

    {"area": {"x", "y", "width", "height"}, "from": seq, "to": seq, "since": RFC 3339, "until": RFC 3339,
     "people": [pseudonym], "except": [pseudonym], "kinds": [name]}

All fields may be left out; nothing given selects everything of this epoch. `from` is exclusive, `to` inclusive.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from beeplace.board.changes import KINDS
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState
from beeplace.errors import BadRequest
from beeplace.log.strips.strip import NAME_BYTES

MAX_PEOPLE: Final = 1_000
_MAX_SEQ: Final = 10**15
_FIELDS: Final = frozenset({"area", "from", "to", "since", "until", "people", "except", "kinds"})
_PERSON: Final = re.compile(r"bee-([0-9a-f]{8})")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_NUMBERS: Final = {kind.NAME.replace("_", "-"): number for number, kind in KINDS.items()}

SeqsBefore = Callable[[Sequence[int]], Awaitable[list[int]]]  # moments in ms since 1970; see `Store.seqs_before`


@dataclass(frozen=True, slots=True)
class Selection:
    """The changes in (after, to] that touch the area, are of these kinds, and of these people but not of those.

    Empty sets leave a filter out. People are the first four bytes of their identities, as pseudonyms say them: of two
    people in four billion who share these, both are meant.
    """

    area: Area
    after: int
    to: int
    people: frozenset[bytes] = frozenset()
    others: frozenset[bytes] = frozenset()
    kinds: frozenset[int] = frozenset()

    def takes(self, seq: int, kind: int, identity: bytes) -> bool:
        """Whether it has a change that touches the area."""
        if not self.after < seq <= self.to or (self.kinds and kind not in self.kinds):
            return False
        name = identity[:NAME_BYTES]
        return (not self.people or name in self.people) and name not in self.others

    def as_json(self) -> dict[str, Any]:
        """Its JSON form, in which all that depended on the moment is settled."""
        told: dict[str, Any] = {"area": self.area._asdict(), "from": self.after, "to": self.to}
        for name, people in (("people", self.people), ("except", self.others)):
            if people:
                told[name] = sorted(f"bee-{person.hex()}" for person in people)
        if self.kinds:
            told["kinds"] = [name for name, number in _NUMBERS.items() if number in self.kinds]
        return told


async def read_selection(given: object, state: BoardState, begin: int, seqs_before: SeqsBefore) -> Selection:
    """The selection that a client asks for, as of the board's present seq. Raises BadRequest 422.

    Changes up to `begin`, which are of earlier epochs, are never selected. A field that is not known is refused: left
    out, a filter that is misspelt would select everything.
    """
    if not isinstance(given, dict):
        raise BadRequest(422, "a selection must be a JSON object")
    if unknown := sorted(given.keys() - _FIELDS):
        raise BadRequest(422, f"a selection has no field {unknown[0][:40]}")
    after, to = _seq(given, "from", 0), _seq(given, "to", state.seq)
    since_ms, until_ms = _moment_ms(given, "since"), _moment_ms(given, "until")
    area = read_area(given["area"], state) if "area" in given else Area(0, 0, state.width, state.height)
    people, others, kinds = _people(given, "people"), _people(given, "except"), _kinds(given)
    if since_ms is not None or until_ms is not None:
        before, last = await seqs_before([since_ms or 0, 2**52 if until_ms is None else until_ms + 1])
        after, to = max(after, before), min(to, last)
    return Selection(area, max(after, begin), min(to, state.seq), people, others, kinds)


def read_area(given: object, state: BoardState) -> Area:
    """A rectangle on the board. Raises BadRequest 422."""
    fields = ("x", "y", "width", "height")
    if not isinstance(given, dict) or given.keys() != set(fields):
        raise BadRequest(422, "area must have x, y, width and height, and nothing else")
    if any(type(given[name]) is not int for name in fields):
        raise BadRequest(422, "x, y, width and height of an area must be integers")
    area = Area(*(given[name] for name in fields))
    if not state.holds(area):
        raise BadRequest(422, "the area must lie on the board")
    return area


def read_color(given: object, state: BoardState) -> int:
    """An index of the palette, given as such or as one of its #RRGGBB. Raises BadRequest 422."""
    colors = [color.upper() for color in state.palette.colors]
    if type(given) is int and 0 <= given < len(colors):
        return given
    if isinstance(given, str) and given.upper() in colors:
        return colors.index(given.upper())
    raise BadRequest(422, "color must be an index or a colour of the palette")


def _seq(given: dict[str, Any], name: str, otherwise: int) -> int:
    value = given.get(name, otherwise)
    if type(value) is not int or not 0 <= value <= _MAX_SEQ:
        raise BadRequest(422, f"{name} must be the number of a change")
    return value


def _moment_ms(given: dict[str, Any], name: str) -> int | None:
    return read_moment(given[name], name) if name in given else None


def read_moment(text: object, name: str) -> int:
    """Milliseconds since 1970, from RFC 3339. Raises BadRequest 422."""
    try:
        if isinstance(text, str) and _MOMENT.fullmatch(text):
            return int(datetime.fromisoformat(text.upper()).timestamp() * 1000)
    except (ValueError, OverflowError):  # a month 13, say
        pass
    raise BadRequest(422, f"{name} must be a moment of RFC 3339, as 2026-11-28T20:15:00Z")


def _people(given: dict[str, Any], name: str) -> frozenset[bytes]:
    if name not in given:
        return frozenset()
    people = given[name]
    if not isinstance(people, list) or not 1 <= len(people) <= MAX_PEOPLE:
        raise BadRequest(422, f"{name} must be a list of 1 to {MAX_PEOPLE:,} people; leave it out for no such filter")
    return frozenset(read_person(person) for person in people)


def read_person(given: object) -> bytes:
    """The first bytes of a person's identity, from a pseudonym such as `bee-1f2e3d4c`. Raises BadRequest 422."""
    if not isinstance(given, str) or not (found := _PERSON.fullmatch(given)):
        raise BadRequest(422, "a person is named like bee-1f2e3d4c")
    return bytes.fromhex(found[1])


def _kinds(given: dict[str, Any]) -> frozenset[int]:
    if "kinds" not in given:
        return frozenset()
    kinds = given["kinds"]
    if not isinstance(kinds, list) or not kinds or not all(isinstance(kind, str) for kind in kinds):
        raise BadRequest(422, "kinds must be a list of at least one name; leave it out for all kinds")
    named = [kind.replace("_", "-") for kind in kinds]
    if not _NUMBERS.keys() >= set(named):
        raise BadRequest(422, f"kinds are of: {', '.join(_NUMBERS)}")
    return frozenset(_NUMBERS[name] for name in named)

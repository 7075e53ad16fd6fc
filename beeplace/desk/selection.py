"""The one filter for look-up, preview, rewind, ban and export: which changes of the log are meant.

Its JSON form, `AskedSelection`, is the same over HTTP, in the log and from the shell.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType, to_builtins

from beeplace.board.changes import KINDS
from beeplace.board.geometry import LARGEST_SIDE, Area
from beeplace.board.state import BoardState
from beeplace.errors import BadRequest
from beeplace.log.strips.strip import NAME_BYTES

MAX_PEOPLE: Final = 1_000
_MAX_SEQ: Final = 10**15
_PERSON: Final = re.compile(r"bee-([0-9a-f]{8})")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_NO_KINDS: Final = frozenset({0})  # no change has this number
_NUMBERS: Final = {  # by name
    one.NAME.replace("_", "-"): frozenset(number for number, kind in KINDS.items() if kind.NAME == one.NAME)
    for one in KINDS.values()
}

SeqsBefore = Callable[[Sequence[int]], Awaitable[list[int]]]  # moments in ms since 1970; see `Store.seqs_before`

Seq = Annotated[int, Meta(ge=0, le=_MAX_SEQ, description="the number of a change")]
Moment = Annotated[
    str,
    Meta(description="RFC 3339", examples=["2026-11-28T20:15:00Z"], extra_json_schema={"format": "date-time"}),
]
_People = Annotated[list[Annotated[str, Meta(pattern="^bee-[0-9a-f]{8}$")]], Meta(min_length=1, max_length=MAX_PEOPLE)]
ColorName = Annotated[int | str, Meta(description="an index or #RRGGBB of the palette", examples=[5, "#E50000"])]
_Kind = Annotated[str, Meta(extra_json_schema={"enum": list(_NUMBERS)})]


class AskedArea(Struct, forbid_unknown_fields=True):
    """A rectangle of the board."""

    x: Annotated[int, Meta(ge=0, le=LARGEST_SIDE - 1)]
    y: Annotated[int, Meta(ge=0, le=LARGEST_SIDE - 1)]
    width: Annotated[int, Meta(ge=1, le=LARGEST_SIDE)]
    height: Annotated[int, Meta(ge=1, le=LARGEST_SIDE)]


class AskedSelection(Struct, forbid_unknown_fields=True, rename={"after": "from", "others": "except"}):
    """The changes that are meant; a filter that is left out leaves nothing out.

    Nothing given selects everything of this epoch. `from` is exclusive, `to` inclusive.
    """

    area: AskedArea | UnsetType = UNSET
    after: Seq | UnsetType = UNSET
    to: Seq | UnsetType = UNSET
    since: Moment | UnsetType = UNSET
    until: Moment | UnsetType = UNSET
    people: _People | UnsetType = UNSET
    others: _People | UnsetType = UNSET
    kinds: Annotated[list[_Kind], Meta(min_length=1, examples=[["placement", "fill"]])] | UnsetType = UNSET


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

    def on(self, state: BoardState) -> Selection:
        """The part of it that is on the board, which may have another size by now; where none is, nothing is taken."""
        area = self.area.within(state.width, state.height)
        if area is None:
            return replace(self, area=Area(0, 0, 1, 1), kinds=_NO_KINDS)
        return self if area == self.area else replace(self, area=area)

    def settled(self) -> AskedSelection:
        """Its JSON form, in which all that depended on the moment is settled."""
        return AskedSelection(
            area=AskedArea(*self.area),
            after=self.after,
            to=self.to,
            people=_named(self.people) or UNSET,
            others=_named(self.others) or UNSET,
            kinds=[name for name, numbers in _NUMBERS.items() if numbers & self.kinds] or UNSET,
        )

    def as_json(self) -> dict[str, Any]:
        """The same as the log keeps it."""
        told: dict[str, Any] = to_builtins(self.settled())
        return told


def _named(people: frozenset[bytes]) -> list[str]:
    return sorted(f"bee-{person.hex()}" for person in people)


async def read_selection(asked: AskedSelection, state: BoardState, begin: int, seqs_before: SeqsBefore) -> Selection:
    """The selection that a client asks for, as of the board's present seq. Raises BadRequest 422.

    Changes up to `begin`, which are of earlier epochs, are never selected.
    """
    after, to = asked.after or 0, state.seq if asked.to is UNSET else asked.to
    since_ms, until_ms = _moment_ms(asked.since, "since"), _moment_ms(asked.until, "until")
    area = read_area(asked.area, state) if asked.area else Area(0, 0, state.width, state.height)
    people, others, kinds = _people(asked.people), _people(asked.others), _kinds(asked.kinds)
    if since_ms is not None or until_ms is not None:
        before, last = await seqs_before([since_ms or 0, 2**52 if until_ms is None else until_ms + 1])
        after, to = max(after, before), min(to, last)
    return Selection(area, max(after, begin), min(to, state.seq), people, others, kinds)


def read_area(asked: AskedArea, state: BoardState) -> Area:
    """A rectangle on the board. Raises BadRequest 422."""
    area = Area(asked.x, asked.y, asked.width, asked.height)
    if not state.holds(area):
        raise BadRequest(422, "the area must lie on the board")
    return area


def read_color(given: int | str, state: BoardState) -> int:
    """An index of the palette, given as such or as one of its #RRGGBB. Raises BadRequest 422."""
    colors = [color.upper() for color in state.palette.colors]
    if isinstance(given, int) and 0 <= given < len(colors):
        return given
    if isinstance(given, str) and given.upper() in colors:
        return colors.index(given.upper())
    raise BadRequest(422, "color must be an index or a colour of the palette")


def _moment_ms(text: str | UnsetType, name: str) -> int | None:
    return None if text is UNSET else read_moment(text, name)


def read_moment(text: str, name: str) -> int:
    """Milliseconds since 1970, from RFC 3339. Raises BadRequest 422."""
    try:
        if _MOMENT.fullmatch(text):
            return int(datetime.fromisoformat(text.upper()).timestamp() * 1000)
    except (ValueError, OverflowError):  # a month 13, say
        pass
    raise BadRequest(422, f"{name} must be a moment of RFC 3339, as 2026-11-28T20:15:00Z")


def _people(people: list[str] | UnsetType) -> frozenset[bytes]:
    return frozenset(map(read_person, people)) if people else frozenset()


def read_person(given: str) -> bytes:
    """The first bytes of a person's identity, from a pseudonym such as `bee-1f2e3d4c`. Raises BadRequest 422."""
    if not (found := _PERSON.fullmatch(given)):
        raise BadRequest(422, "a person is named like bee-1f2e3d4c")
    return bytes.fromhex(found[1])


def _kinds(kinds: list[str] | UnsetType) -> frozenset[int]:
    named = [kind.replace("_", "-") for kind in kinds or ()]
    if not _NUMBERS.keys() >= set(named):
        raise BadRequest(422, f"kinds are of: {', '.join(_NUMBERS)}")
    return frozenset[int]().union(*(_NUMBERS[name] for name in named))

"""Coming in over HTTP, as models that OpenAPI is made from."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from beeplace.people.wall_codes import WALLS

_Token = Annotated[str, Meta(max_length=512, description="the one that `join` gave; a browser's cookie says the same")]
_Code = Annotated[str, Meta(min_length=1, max_length=40, description="the six letters that a wall shows")]
_Ticket = Annotated[str, Meta(min_length=1, max_length=1000, description="what a ticket's QR code says, or its code")]
_Wall = Annotated[int, Meta(ge=0, lt=WALLS, description="0: the desk")]
_Pass = Annotated[str, Meta(min_length=1, max_length=512, description="a screen's, see POST /api/entry/screens")]
_Short = Annotated[str, Meta(max_length=128)]
_Milliseconds = Annotated[int, Meta(ge=0, description="milliseconds from now")]


class ChallengeLimits(Struct):
    """What a challenge says of itself: the most tries that it takes, and its end in board time."""

    tries: int
    ends: int


class ChallengeParameters(Struct, rename="camel"):
    """What is searched: a number below `data.tries`. PBKDF2 of `nonce` with the number (32 bits, the highest byte
    first) behind it, with `salt` and `cost` iterations, begins with `keyPrefix`; texts are hexadecimal."""

    algorithm: _Short
    nonce: _Short
    salt: _Short
    cost: int
    key_length: int
    key_prefix: _Short
    key_signature: _Short
    data: ChallengeLimits


class WorkChallenge(Struct):
    """Work for a newcomer's device, as ALTCHA has it: `data` is ours."""

    parameters: ChallengeParameters
    signature: _Short


class WorkDone(WorkChallenge, rename="camel"):
    """A challenge of POST /api/entry/work with the number that was found and its key, good once and for two minutes."""

    counter: Annotated[int, Meta(ge=0, lt=2**32)]
    derived_key: _Short


class WorkAsked(Struct, rename="camel"):
    """A new challenge. In calm it is a single try; it grows with a flood of newcomers who do not stay."""

    status_code: int
    challenge: WorkChallenge
    ends_in: _Milliseconds


class EntryAsked(Struct, forbid_unknown_fields=True):
    """What somebody shows to come in, one of the ways, and who it is."""

    code: _Code | UnsetType = UNSET
    ticket: _Ticket | UnsetType = UNSET
    work: WorkDone | UnsetType = UNSET
    token: _Token = ""


class TicketAsked(Struct, forbid_unknown_fields=True):
    """A ticket, as its holder shows it."""

    ticket: _Ticket


class TicketRelease(Struct, rename="camel"):
    """Whether it had been somebody's."""

    status_code: int
    released: bool


class Entered(Struct, rename="camel"):
    """The token that may draw, which the cookie says too, and until when."""

    status_code: int
    token: str
    until: str
    ends_in: _Milliseconds


class CodeShown(Struct, rename="camel"):
    """A code, and when it is to be seen."""

    code: str
    starts_in: _Milliseconds
    ends_in: _Milliseconds


class ScreenAsked(Struct, rename="camel", forbid_unknown_fields=True):
    """A screen's pass."""

    screen_pass: _Pass


class ScreenCodes(Struct, rename="camel"):
    """The present code of a wall and the next ones; none where nobody needs one."""

    status_code: int
    wall: int
    codes: list[CodeShown]


class NewScreen(Struct, forbid_unknown_fields=True):
    """For which wall a pass is made."""

    wall: Annotated[int, Meta(ge=1, lt=WALLS, description="walls are told apart in what the desk is told")] = 1


class ScreenPassMade(Struct, rename="camel"):
    """A pass, and the fragment that gives it to a display: behind the display's address, it is in no log."""

    status_code: int
    wall: int
    screen_pass: str
    fragment: str


class WallEntries(Struct):
    """How many came in by the codes of a wall, since this gateway started."""

    wall: _Wall
    entered: int


class WayEntries(Struct):
    """How many came in by one of the ways, since this gateway started."""

    way: str
    entered: int


class ListedTickets(Struct):
    """The codes of the list, and how many of them nobody has used; on all gateways."""

    listed: int
    left: int


class EntryState(Struct, rename="camel"):
    """The entry rule, the code that the desk shows, and what became of codes and tickets on this gateway since it
    started; `wrong` counts both. `possible` are the ways that this site could have.

    `elsewhere` are entries from networks that bring few people while others bring nearly all: codes that are passed on
    come back from there.
    """

    status_code: int
    ways: list[str]
    possible: list[str]
    round: int
    codes: list[CodeShown]
    walls: list[WallEntries]
    entered: int
    elsewhere: int
    wrong: int
    by_way: list[WayEntries]
    tickets: ListedTickets | UnsetType = UNSET


CHALLENGE: dict[str, Any] = {
    "parameters": {
        "algorithm": "PBKDF2/SHA-256", "nonce": "67a5...", "salt": "0e91...", "cost": 500, "keyLength": 32,
        "keyPrefix": "be93...", "keySignature": "4417...", "data": {"tries": 80, "ends": 1_700_000_000_000},
    },
    "signature": "a0c2...",
}  # fmt: skip
STATE: dict[str, Any] = {
    "statusCode": 200, "ways": ["code"], "possible": ["code", "ticket"], "round": 0,
    "codes": [{"code": "KWTRPB", "startsIn": 0, "endsIn": 9000}],
    "walls": [{"wall": 1, "entered": 210}], "entered": 210, "elsewhere": 2, "wrong": 5,
    "byWay": [{"way": "code", "entered": 210}], "tickets": {"listed": 500, "left": 500},
}  # fmt: skip

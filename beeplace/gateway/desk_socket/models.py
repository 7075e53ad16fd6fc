"""What `GET /api/desk` and the ticket of the desk's socket answer, as models."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

_PerMinute = Annotated[list[int], Meta(description="in each of the last minutes, oldest first")]


class DeskTicket(Struct, rename="camel"):
    """What opens the desk's socket once, for so many seconds."""

    status_code: int
    ticket: str
    seconds: int


class DeskUser(Struct):
    """Whose key is shown, and which kinds of action it may take."""

    name: str
    role: Literal["viewer", "moderator", "operator"]
    may: list[str]


class DeskBoard(Struct, rename="camel"):
    """The board in short."""

    epoch: str
    seq: int
    width: int
    height: int
    read_only: bool


class DeskPeople(Struct):
    """Who is connected to all gateways."""

    now: int
    history: _PerMinute


class DeskCount(Struct):
    """In the last minute, and in those before."""

    minute: int
    history: _PerMinute


class DeskRefusals(DeskCount):
    """The same, and in the last minute by their codes."""

    reasons: dict[str, int]


class DeskEntries(DeskCount, rename="camel"):
    """Who came in where not everyone may draw, on the gateway that answers, and the ways that there are; `byWay` of the
    last minute."""

    by_way: dict[str, int]
    ways: list[str]


class DeskGateway(Struct, rename="camel"):
    """The gateway that answers."""

    sockets: int
    late: int
    loop_lag_ms: int


class DeskStore(Struct, rename="camel"):
    """How the log is; `failing` says why it cannot be written."""

    waiting: int
    commit_ms: int
    failing: str | UnsetType = UNSET


class DeskBus(Struct):
    """How gateways hear of each other; `failing` says why they do not."""

    failing: str | UnsetType = UNSET


class DeskReports(Struct):
    """People's reports: `version` is another after each change of any, `open` says how many wait for a decision."""

    version: int
    open: int


class DeskBusiest(Struct):
    """Where most pixels of the last minute are."""

    x: int
    y: int
    width: int
    height: int
    pixels: int


class DeskGroup(Struct):
    """Newcomers of one network who behave as one, and where they draw; `GET /api/entry/groups` has who they are."""

    number: int
    people: int
    x: int
    y: int
    width: int
    height: int


class DeskShown(Struct):
    """All that a desk, a button or a script needs. What is not there is not named."""

    you: DeskUser
    board: DeskBoard
    people: DeskPeople
    placements: DeskCount
    refusals: DeskRefusals
    newcomers: DeskCount
    entries: DeskEntries
    gateways: int
    gateway: DeskGateway
    store: DeskStore
    bus: DeskBus
    reports: DeskReports
    busiest: DeskBusiest | UnsetType = UNSET
    groups: list[DeskGroup] | UnsetType = UNSET
    degraded: str | UnsetType = UNSET


SHOWN: dict[str, Any] = {
    "you": {"name": "Mia", "role": "moderator", "may": ["ban", "fill", "panic"]},
    "board": {"epoch": "5d2f0b1c9e8a7f63-a1b2c3d4", "seq": 1743, "width": 64, "height": 64, "readOnly": False},
    "people": {"now": 300, "history": [280, 297]},
    "placements": {"minute": 512, "history": [498, 505]},
    "refusals": {"minute": 3, "history": [2, 0], "reasons": {"cooldown": 3}},
    "newcomers": {"minute": 12, "history": [9, 14]},
    "entries": {"minute": 3, "history": [0, 5], "byWay": {"code": 2, "ticket": 1}, "ways": ["code", "ticket"]},
    "gateways": 2,
    "gateway": {"sockets": 160, "late": 0, "loopLagMs": 1},
    "store": {"waiting": 0, "commitMs": 4},
    "bus": {},
    "reports": {"version": 9, "open": 2},
    "busiest": {"x": 16, "y": 32, "width": 16, "height": 16, "pixels": 210},
    "groups": [{"number": 1, "people": 40, "x": 16, "y": 32, "width": 8, "height": 5}],
}

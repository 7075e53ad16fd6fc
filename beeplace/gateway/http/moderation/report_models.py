"""Reports over HTTP: what people send and what moderators are told, as models that OpenAPI is made from."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from beeplace.desk.reports.rules import MAX_SIDE
from beeplace.desk.selection import AskedArea, Moment

_Corner = Annotated[int, Meta(ge=0, le=4_095)]
_Side = Annotated[int, Meta(ge=1, le=MAX_SIDE)]
_Person = Annotated[str, Meta(description="a pseudonym, as people see it", examples=["bee-1f2e3d4c"])]
_Reason = Literal["hate", "nudity", "violence", "personal", "advertising", "vandalism", "other"]
_Token = Annotated[str, Meta(max_length=512, description="the one that `join` gave; a browser's cookie says the same")]
_Until = Annotated[Moment, Meta(description="until when; a moment that has come lifts the mute")]
_Picture = Annotated[str, Meta(description="a PNG as a data: URL, a pixel of it for each of the area")]


class ReportedArea(Struct, forbid_unknown_fields=True):
    """A rectangle on the board."""

    x: _Corner
    y: _Corner
    width: _Side
    height: _Side


class NewReport(Struct, rename="camel", forbid_unknown_fields=True):
    """What somebody reports; the evidence is the server's own."""

    area: ReportedArea
    reason: _Reason
    token: _Token = ""


class ReportQuery(Struct):
    """Which reports are listed."""

    state: Literal["open", "closed", "all"] = "open"
    before: Annotated[int, Meta(ge=1, description="only with smaller numbers")] = 10**15 - 1
    limit: Annotated[int, Meta(ge=1, le=200, description="so many")] = 50


class ReportPath(Struct):
    """Which report."""

    number: Annotated[int, Meta(ge=1)]


class ReportTaken(Struct, rename="camel"):
    """Nothing more is told, to anybody who reports."""

    status_code: int
    message: str


class ReportDecision(Struct, rename="camel", forbid_unknown_fields=True):
    """What a moderator decides; `action` is the number of what was done about it, and comes with `acted`.

    `area` comes with `dismissed`: all open reports that lie in it are dismissed, too.
    """

    outcome: Literal["dismissed", "acted"]
    action: Annotated[int, Meta(ge=1)] | None = None
    area: AskedArea | None = None


class ReportMute(Struct, rename="camel", forbid_unknown_fields=True):
    """Whoever made the report makes no more for some time; with `dismiss` their open ones are dismissed, too."""

    until: _Until
    dismiss: bool = False


class ReportDone(Struct, rename="camel"):
    """What was done about a report."""

    status_code: int
    message: str


class ReportsClosed(ReportDone, rename="camel", kw_only=True):
    """The numbers of all reports that it closed."""

    closed: list[int]


class ReportClaim(Struct, rename="camel"):
    """Who works on a report, for how many milliseconds more; `yours` says whether it is the key that asks."""

    by: str | None
    ends_in: int
    yours: bool


class ReportOutcome(Struct, rename="camel"):
    """What was decided, by whom and when."""

    outcome: str
    by: str | None
    at: Moment
    action: int | None


class ListedReport(Struct, rename="camel"):
    """One report. `seq` and `epoch` are the board's when it was made."""

    number: int
    at: Moment
    epoch: str
    seq: int
    area: ReportedArea
    reason: str
    reporter: _Person
    reporter_muted: bool
    claim: ReportClaim | None
    decision: ReportOutcome | None


class ReportList(Struct, rename="camel"):
    """Newest first; `open` counts all open ones, `next` is the `before` of what follows."""

    reports: list[ListedReport]
    open: int
    next: int | None


class EvidencePerson(Struct, rename="camel"):
    """Who drew in the area: pixels placed, those of them that were to be seen, and when first and last."""

    person: _Person
    pixels: int
    shown: int
    first: Moment
    last: Moment


class EvidenceSteps(Struct, rename="camel"):
    """Each pixel that changed, in order: the change, its place in the area (row by row), its colour index, and the
    index in `people` of who drew it; -1 for an organiser."""

    seqs: list[int]
    offsets: list[int]
    colors: list[int]
    people: list[int]


class EvidenceSelection(Struct):
    """As every other selection: what changed in the area after the change `from`."""

    area: ReportedArea
    after: int = field(name="from")


class ReportEvidence(Struct, rename="camel"):
    """From the log as of the report: the area before and after, who drew there in which order, and each change.

    `selection` selects what these people, and others, have drawn there since: for a preview, a rewind, a ban.
    """

    report: ListedReport
    before: _Picture
    after: _Picture
    palette: list[str]
    people: list[EvidencePerson]
    steps: EvidenceSteps
    selection: EvidenceSelection

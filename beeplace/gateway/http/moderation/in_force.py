"""What organisers have in force now, each with what ends it: bans, zones, announcements, panic, and muted reporters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from aiohttp import web
from msgspec import UNSET, Meta, Struct, UnsetType

from beeplace.board.in_force import InForce, ZoneState
from beeplace.board.terms import place_name
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http.actions.listing import Undos
from beeplace.gateway.http.actions.selections import moment
from beeplace.gateway.http.api.operations import Operation, described
from beeplace.gateway.http.errors import reply
from beeplace.log.past import DoneUndo
from beeplace.log.reports.report import ReportFilter
from beeplace.people.identities import pseudonym

_AT_ONCE: Final = 200  # reports that are read for whom was muted by which
_Until = Annotated[str | None, Meta(description="RFC 3339; null: until an organiser ends it")]
_Undo = Annotated[int, Meta(description="the entry whose undo ends it: `POST /api/actions/{undo}/undo`")]


class BanInForce(Struct):
    """People who may not draw."""

    seq: int
    undo: _Undo
    people: list[str]
    reason: str
    until: _Until


class ZoneInForce(Struct, rename="camel"):
    """An area with rules of its own."""

    seq: int
    undo: _Undo
    area: dict[str, int]
    closed: bool
    reason: str
    until: _Until
    max_pixels: int | UnsetType = UNSET
    cooldown: int | UnsetType = UNSET
    colors: list[int] | UnsetType = UNSET


class AnnouncementInForce(Struct):
    """Words for everybody, by language; `und` for words in none."""

    seq: int
    undo: _Undo
    texts: dict[str, str]
    until: _Until


class MuteInForce(Struct):
    """Somebody whose reports are not taken; `report` is one of theirs, by which the mute is ended."""

    person: str
    by: str | None
    report: int
    until: str


class InForceList(Struct, rename="camel"):
    """As of an entry of the log; the oldest first."""

    epoch: str
    seq: int
    panic: bool
    bans: list[BanInForce]
    zones: list[ZoneInForce]
    announcements: list[AnnouncementInForce]
    mutes: list[MuteInForce]


_SHOWN: dict[str, Any] = {
    "epoch": "5d2f0b1c9e8a7f63-a1b2c3d4",
    "seq": 1760,
    "panic": False,
    "bans": [
        {"seq": 1750, "undo": 1750, "people": ["bee-1f2e3d4c"], "reason": "a flood", "until": "2026-11-28T23:15:00Z"}
    ],
    "zones": [
        {
            "seq": 1752, "undo": 1752, "area": {"x": 10, "y": 20, "width": 30, "height": 40}, "closed": True,
            "reason": "the headliner's", "until": None,
        }
    ],
    "announcements": [{"seq": 1755, "undo": 1755, "texts": {"und": "The bar closes at two"}, "until": None}],
    "mutes": [{"person": "bee-99aabbcc", "by": "Mia", "report": 7, "until": "2026-11-28T23:15:00.000Z"}],
}  # fmt: skip
_READ = Operation(
    "What is in force now, and what ends each of it",
    about="A mute ends by `POST /api/reports/{report}/mute` with an `until` that has come; panic by its own route.",
    answers=InForceList,
    answer=_SHOWN,
    may=(503,),
)

routes = web.RouteTableDef()


@routes.get("/api/in-force")
@described(_READ)
async def in_force(request: web.Request) -> web.Response:
    """All of one entry of the log, but for the mutes, which are not in the log."""
    gateway = request.app[GATEWAY]
    mutes = await _mutes(gateway)
    state, now_ms = gateway.board.state, gateway.commits.now_ms()
    kept = state.moderation
    bans = [ban for ban in kept.bans if ban.holds(now_ms)]
    zones = [zone for zone in kept.zones if zone.holds(now_ms)]
    announcements = [announcement for announcement in kept.announcements if announcement.holds(now_ms)]
    ends = await _ends(gateway, [item.seq for item in (*bans, *zones, *announcements)])
    return reply(
        InForceList(
            epoch=place_name(state.epoch, state.term),
            seq=state.seq,
            panic=kept.panic,
            bans=[BanInForce(*_which(ban, ends), list(ban.people), ban.reason, ban.until) for ban in bans],
            zones=[_zone(zone, ends) for zone in zones],
            announcements=[
                AnnouncementInForce(*_which(one, ends), dict(one.texts), one.until) for one in announcements
            ],
            mutes=mutes,
        )
    )


def _which(item: InForce, ends: dict[int, int]) -> tuple[int, int]:
    return item.seq, ends[item.seq]


def _zone(zone: ZoneState, ends: dict[int, int]) -> ZoneInForce:
    return ZoneInForce(
        *_which(zone, ends),
        area=zone.area._asdict(),
        closed=zone.closed,
        reason=zone.reason,
        until=zone.until,
        max_pixels=zone.limits.max_pixels if zone.limits else UNSET,
        cooldown=zone.limits.cooldown_ms // 1000 if zone.limits else UNSET,
        colors=UNSET if zone.colors is None else list(zone.colors),
    )


async def _ends(gateway: Gateway, seqs: Sequence[int]) -> dict[int, int]:
    """What has to be undone for each to end: itself, or the last undo of an undo of it."""
    undos = Undos({*seqs})
    if seqs:
        async for undo in gateway.reads.undos(min(seqs)):
            undos.follow(undo)
    return {seq: _last_of(seq, undos.last) for seq in seqs}


def _last_of(seq: int, last: dict[int, DoneUndo]) -> int:
    while undo := last.get(seq):
        seq = undo.seq
    return seq


async def _mutes(gateway: Gateway) -> list[MuteInForce]:
    """A mute names who is muted; each came with a report."""
    mutes = {mute.reporter: mute for mute in await gateway.reports.mutes()}
    names = await gateway.keys.names()
    found: dict[bytes, int] = {}
    before = 2**52
    while len(found) < len(mutes) and (some := await gateway.reports.listed(ReportFilter(before, None), _AT_ONCE)):
        before = some[-1].number
        found = {report.reporter: report.number for report in some if report.reporter in mutes} | found
    return [
        MuteInForce(pseudonym(reporter), names.get(mutes[reporter].by), number, moment(mutes[reporter].until_at_ms))
        for reporter, number in found.items()
    ]

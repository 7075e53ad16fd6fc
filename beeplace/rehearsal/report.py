"""The report of a rehearsal: one page of what happened, and what to change before the event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from beeplace.rehearsal.crowd import NOBODY
from beeplace.rehearsal.figures import Delays, RehearsalFigures

LATE_MS = 250  # beyond the refresh, which is promised for 99 of 100
OWN_LATE_MS = 100  # of this process, from which on its figures are its own
MANY_CUT = 0.01  # of the people, from which on lost connections are worth a look
_MOST_REASONS = 8

# What a reason asks for, by what it begins with.
_WAYS_IN = {
    "status 0": "what answers is no web server; check the address",
    "status 401": "something before the site asks for a password; people would not come in either",
    "status 403": "the gateway takes the page for one of another site: `beeplace doctor --url` says what to set",
    "status 404": "the proxy does not pass /socket.io/ on: `beeplace doctor --url`",
    "status 429": "a proxy or firewall limits requests of one address, as a venue's Wi-Fi has: raise that limit",
    "status 50": "more came at once than were let in, or the proxy had no gateway left: HANDSHAKES_PER_SECOND, more "
    "--workers, worker_connections and worker_rlimit_nofile of the proxy",
    "Connection refused": "nobody listens there, or the machine had no descriptor left: LimitNOFILE=65536",
    "Connection reset": "the machine or a proxy cut newcomers: LimitNOFILE=65536, net.core.somaxconn=4096",
    "no answer in time": "newcomers waited too long: more --workers, and a proxy that keeps up; docs/scaling.md",
    "Too many open files": "this machine has too few descriptors: ulimit -n 65536 before the rehearsal",
    "Cannot assign requested address": "this machine has no port left: net.ipv4.ip_local_port_range='1024 65535'",
    "busy": "the site had too much to do for newcomers: more --workers; docs/scaling.md",
    "restarting": "a gateway restarted meanwhile",
    "banned": "a ban is in force that meets them; end it at the desk",
}
_PLACEMENTS = {
    "entry": "only who comes in by a code may draw (ENTRY): rehearse with `beeplace board settings entry='[\"open\"]'`",
    "read_only": "drawing is closed: `beeplace board read-only off`, and panic off, before the rehearsal",
    "protected": "a zone keeps people from drawing there: end it, or expect these",
    "banned": "a ban is in force that meets them; end it at the desk",
    "busy": "more was placed than could be stored: a longer COOLDOWN, or a faster disk; `beeplace doctor` measures it",
    "store_unavailable": "the database was not there or too slow: `beeplace doctor` on the gateway's machine",
    "unknown": "the database was lost in the middle of a commit: `beeplace doctor` on the gateway's machine",
}
_LOST = {
    "closed with 4408": "people could not take what is sent as fast as it came: a longer BOARD_REFRESH_RATE, or more "
    "network; docs/scaling.md has the arithmetic",
    "closed with 4429": "people sent more than SOCKET_EVENTS_PER_SECOND",
    "closed with 4503": "a gateway drained: somebody restarted it",
}
_CUT = "connections were cut without a word: a proxy's time-out, its limits, or a gateway that died; see their logs"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What the report is about. `taken_back` is None where what was drawn stays."""

    site: str
    people: int
    refresh_ms: int
    figures: RehearsalFigures
    taken_back: str | None


def report(about: Rehearsed) -> Iterator[str]:
    """The lines of the page."""
    f = about.figures
    yield f"Rehearsal of {about.site}: {about.people:,} people, {f.seconds:.0f} s"
    yield ""
    for name, told in _rows(about, f):
        yield f"  {name:<20}{told}".rstrip()
    yield ""
    changes = list(what_to_change(about))
    yield "What to change:" if changes else "What to change: nothing; the site held."
    yield from (f"  * {change}" for change in changes)


def _rows(about: Rehearsed, f: RehearsalFigures) -> Iterator[tuple[str, str]]:
    yield "joined", f"{len(f.joined):,} of {about.people:,}; a join took {_delays(f.join)}"
    yield "refused", _counts(f.refused)
    yield "left and returned", f"{f.returned:,} times"
    yield "connections lost", _counts(f.lost)
    yield "placements", f"{f.placed:,} confirmed; the answer took {_delays(f.answer)}"
    yield "  refused", _counts(f.rejected)
    if f.unanswered:
        yield "  not answered", f"{f.unanswered:,}"
    yield "placement to frame", f"{_delays(f.frame)}; the refresh is {about.refresh_ms} ms"
    if f.missed:
        yield "gaps", f"{f.missed:,} times somebody had to ask for what was missed"
    each = f.bytes_in / f.person_seconds if f.person_seconds else 0
    yield "bytes", f"{_size(f.bytes_in)} received, {_size(f.bytes_out)} sent; {each:,.0f} a second to each person"
    yield "this process", f"late by {f.own.part(0.99)} ms (p99)"
    if about.taken_back is not None:
        yield "taken back", about.taken_back
    if f.ended:
        yield "ended early", f.ended


def _delays(found: Delays) -> str:
    if not len(found):
        return "nothing was measured"
    return f"p50 {found.part(0.5):,} ms, p99 {found.part(0.99):,} ms"


def _counts(found: Counter[str]) -> str:
    most = found.most_common(_MOST_REASONS)
    rest = found.total() - sum(times for _, times in most)
    told = [f"{times:,} {reason}" for reason, times in most] + ([f"{rest:,} others"] if rest else [])
    return ", ".join(told) or "none"


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def what_to_change(about: Rehearsed) -> Iterator[str]:
    """A sentence for each thing that stood in somebody's way; none where the site held."""
    f = about.figures
    yield from _advice(f.refused, _WAYS_IN, "were not let in")
    yield from _advice(f.rejected, _PLACEMENTS, "placements were refused", passing=("cooldown", "epoch", "duplicate"))
    if f.lost.total() > MANY_CUT * about.people:
        yield from _advice(f.lost, _LOST, "connections were lost", other=_CUT)
    if f.unanswered and f.lost.total() <= f.unanswered // 2:
        yield f"{f.unanswered:,} placements were not answered in time: `beeplace doctor` on the gateway's machine"
    own, frame = f.own.part(0.99), f.frame.part(0.99)
    if own > OWN_LATE_MS:
        yield (
            f"this process was late by {own} ms itself, so that its times say little: fewer people, or another machine "
            "than the site's"
        )
    elif frame > about.refresh_ms + LATE_MS:
        yield (
            f"a pixel took {frame:,} ms (p99) to everyone's screen, where {about.refresh_ms + LATE_MS} are promised: a "
            "longer BOARD_REFRESH_RATE, more --workers, or a faster machine; docs/scaling.md"
        )
    if f.ended == NOBODY:
        yield "nobody was in at the end: the site is down, or out of reach"


def _advice(
    found: Counter[str], known: dict[str, str], what: str, *, passing: tuple[str, ...] = (), other: str = ""
) -> Iterator[str]:
    for reason, times in found.most_common():
        if reason in passing:
            continue
        said = next((advice for begins, advice in known.items() if reason.startswith(begins)), other)
        yield f"{times:,} {what} ({reason}){': ' if said else ''}{said}"

"""The routes of the entrance: people come in, screens ask for the codes that they show, organisers see both."""

from __future__ import annotations

import time
from typing import Any, Final

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from beeplace.errors import BadRequest, StoreUnavailable
from beeplace.gateway.connection.origins import network
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http.access.roles import HOLDER
from beeplace.gateway.http.actions.selections import moment
from beeplace.gateway.http.api.bodies import body, optional_body
from beeplace.gateway.http.api.operations import Operation, described
from beeplace.gateway.http.entrance import groups
from beeplace.gateway.http.entrance.models import (
    CHALLENGE,
    STATE,
    CodeShown,
    Entered,
    EntryAsked,
    EntryState,
    ListedTickets,
    NewScreen,
    ScreenAsked,
    ScreenCodes,
    ScreenPassMade,
    TicketAsked,
    TicketRelease,
    WallEntries,
    WayEntries,
    WorkAsked,
    WorkChallenge,
    WorkDone,
)
from beeplace.gateway.http.errors import answer, reply
from beeplace.gateway.http.organiser import authorised, is_json
from beeplace.gateway.http.site.cookie import keep_token
from beeplace.people.entrance import Entrance, EntryRefused
from beeplace.people.identities import Identity
from beeplace.people.work import LIFE_MS

MESSAGES: Final = {
    "way": "this is not asked for here; reload the page",
    "wrong": "this is not the code that the walls show now; look again",
    "spent": "many have used this code; take the next one",
    "tries": "too many wrong codes came from your network; wait and try again",
    "elsewhere": "wait a minute and take the code that the wall then shows",
    "invalid": "this is no ticket of this event",
    "revoked": "this ticket was cancelled",
    "other": "this ticket is for something else",
    "early": "this ticket is not valid yet",
    "over": "this ticket is not valid any more",
    "used": "somebody has come in by this ticket; if it is yours, ask the organisers",
    "crowded": "many newcomers come at once; wait, and show the same work again",
    "work": "this work was done before, too late or for a calmer time; ask for new work",
}
_CODES: list[dict[str, Any]] = STATE["codes"]
_ENTER = Operation(
    "Comes in where not everyone may draw, by the code that a wall shows, by a ticket or by work",
    about="One entry is one person, and a ticket is whose it was first; who shows it again begins their time anew. "
    "403 says why not, as `code`: `way` or `tries`; of codes `wrong`, `spent` or `elsewhere`, with `retryIn` "
    "milliseconds; of tickets `invalid`, `revoked`, `other`, `early`, `over` or `used`; of work `work`, or `crowded` "
    "with `retryIn`.",
    reads=EntryAsked,
    examples={
        "from a wall": {"code": "KWTRPB", "token": "..."},
        "a ticket": {"ticket": "...", "token": "..."},
        "work": {"work": {**CHALLENGE, "counter": 17, "derivedKey": "be93..."}, "token": "..."},
    },
    answers=Entered,
    answer={"statusCode": 200, "token": "...", "until": "2026-11-29T20:15:00.000Z", "endsIn": 86_400_000},
    may=(403, 415, 503),
)
_STATE = Operation("The entry rule, the desk's code, and who came in how", answers=EntryState, answer=STATE)
_RELEASE = Operation(
    "Makes a ticket nobody's, for who has lost the phone that came in by it; that phone stays in for its time",
    reads=TicketAsked,
    examples={"a ticket": {"ticket": "..."}},
    answers=TicketRelease,
    answer={"statusCode": 200, "released": True},
    may=(409, 415, 503),
)
_CODES_AHEAD = Operation(
    "The codes of a wall, some of them ahead, for a screen with a pass",
    reads=ScreenAsked,
    examples={"a screen": {"screenPass": "..."}},
    answers=ScreenCodes,
    answer={"statusCode": 200, "wall": 1, "codes": _CODES},
    may=(403, 415),
    tag="displays",
)
_WORK = Operation(
    "Work for a newcomer's device, which comes in by its solution",
    about="None to speak of in calm; more while newcomers come in floods. Each challenge is good once, and 2 minutes. "
    "Under `open`, who comes in a flood owes it: `initialState.entry.owesWork`.",
    answers=WorkAsked,
    answer={"statusCode": 200, "challenge": CHALLENGE, "endsIn": LIFE_MS},
    may=(403,),
)
_SCREEN = Operation(
    "A pass for the screens of a wall, which ends with the key that it is made with, or after two weeks",
    reads=NewScreen,
    examples={"the second wall": {"wall": 2}},
    answers=ScreenPassMade,
    answer={"statusCode": 200, "wall": 2, "screenPass": "...", "fragment": "#pass=..."},
    may_be_empty=True,
    may=(415,),
)


routes = groups.routes


@routes.post("/api/entry")
@described(_ENTER)
async def enter(request: web.Request) -> web.Response:
    """Judges what is shown; nothing of it is stored. Raises StoreUnavailable while the log cannot be read: the rule, or
    the round of codes, may be another by now."""
    if not is_json(request):
        raise BadRequest(415, "a body is application/json")
    gateway, asked = request.app[GATEWAY], await body(request, EntryAsked)
    if gateway.commits.failing or gateway.replica.failing:
        raise StoreUnavailable
    identity = gateway.identities.recognise(asked.token or gateway.identities.shown(request.cookies))
    address = network(gateway.origins.address(request))
    try:
        way, entered = await _entered(gateway.entrance, asked, identity, address)
    except EntryRefused as refused:
        return _refused(gateway, refused)
    gateway.metrics.entries.labels(way).inc()
    token, ends_in_ms = entered.token or "", entered.entered_until_ms - gateway.commits.now_ms()
    response = reply(Entered(200, token, moment(time.time_ns() // 1_000_000 + ends_in_ms), ends_in_ms))
    keep_token(gateway, request, response, token)
    return response


async def _entered(
    entrance: Entrance, asked: EntryAsked, identity: Identity | None, address: str
) -> tuple[str, Identity]:
    match asked.code, asked.ticket, asked.work:
        case str(code), UnsetType(), UnsetType():
            return "code", entrance.by_code(code, identity, address)
        case UnsetType(), str(ticket), UnsetType():
            return "ticket", await entrance.by_ticket(ticket, identity, address)
        case UnsetType(), UnsetType(), WorkDone() as work:
            return "work", await entrance.by_work(msgspec.to_builtins(work), identity, address)
    raise BadRequest(422, "give one of code, ticket and work")


def _refused(gateway: Gateway, refused: EntryRefused) -> web.Response:
    gateway.metrics.entries.labels(refused.code).inc()
    told = {"statusCode": 403, "message": MESSAGES[refused.code], "code": refused.code}
    if not refused.retry_in_ms:
        return answer(told, 403)
    seconds = -(-refused.retry_in_ms // 1000)
    return answer({**told, "retryIn": refused.retry_in_ms}, 403, {"Retry-After": str(seconds)})


@routes.get("/api/entry")
@described(_STATE)
async def state(request: web.Request) -> web.Response:
    """As of now."""
    gateway = request.app[GATEWAY]
    settings, entrance = gateway.board.state.settings, gateway.entrance
    walls = [WallEntries(wall, entered) for wall, entered in sorted(entrance.redemptions.by_wall.items())]
    by_way = [WayEntries(way, entered) for way, entered in sorted(entrance.entered.items())]
    listed = entrance.tickets.listed
    tickets = ListedTickets(listed, max(0, listed - await entrance.claims.listed_claims())) if listed else UNSET
    return reply(
        EntryState(
            200, list(settings.entry), entrance.possible_ways, settings.wall_code_round, _shown(gateway, 0), walls,
            entrance.entered.total(), entrance.redemptions.elsewhere, entrance.wrong.counted, by_way, tickets,
        )
    )  # fmt: skip


@routes.post("/api/entry/work")
@described(_WORK)
async def work(request: web.Request) -> web.Response:
    """A challenge, which nothing remembers."""
    gateway = request.app[GATEWAY]
    try:
        challenge = gateway.entrance.work()
    except EntryRefused as refused:
        return _refused(gateway, refused)
    return reply(WorkAsked(200, msgspec.convert(challenge, WorkChallenge), LIFE_MS))


@routes.post("/api/entry/codes")
@described(_CODES_AHEAD)
async def codes(request: web.Request) -> web.Response:
    """Raises BadRequest 403 for a pass that is none, or whose key has ended."""
    if not is_json(request):
        raise BadRequest(415, "a body is application/json")
    gateway, asked = request.app[GATEWAY], await body(request, ScreenAsked)
    shown = gateway.entrance.codes.passes.read(asked.screen_pass)
    if shown is None or await gateway.keys.by_identity(shown.holder) is None:
        raise BadRequest(403, "this pass has ended; open the display once more with a new one")
    return reply(ScreenCodes(200, shown.wall, _shown(gateway, shown.wall)))


@routes.post("/api/entry/screens")
@described(_SCREEN)
async def screens(request: web.Request) -> web.Response:
    """A new pass; those before it stay good."""
    authorised(request)
    asked = await optional_body(request, NewScreen)
    made = request.app[GATEWAY].entrance.codes.passes.issue(asked.wall, request[HOLDER].identity)
    return reply(ScreenPassMade(200, asked.wall, made, f"#pass={made}"))


@routes.post("/api/entry/tickets/release")
@described(_RELEASE)
async def release(request: web.Request) -> web.Response:
    """Raises BadRequest 409 for what is no ticket of the event."""
    authorised(request)
    asked = await body(request, TicketAsked)
    try:
        return reply(TicketRelease(200, await request.app[GATEWAY].entrance.release(asked.ticket)))
    except EntryRefused as refused:
        raise BadRequest(409, MESSAGES[refused.code]) from refused


def _shown(gateway: Gateway, wall: int) -> list[CodeShown]:
    if "code" not in gateway.board.state.settings.entry:
        return []
    return [CodeShown(*shown) for shown in gateway.entrance.codes.ahead(wall)]

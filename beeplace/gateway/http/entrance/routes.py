"""The routes of the entrance: people come in, screens ask for the codes that they show, organisers see both."""

from __future__ import annotations

import time
from typing import Any, Final

from aiohttp import web

from beeplace.errors import BadRequest, StoreUnavailable
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http.access.roles import HOLDER
from beeplace.gateway.http.access.wrong_keys import network
from beeplace.gateway.http.actions.selections import moment
from beeplace.gateway.http.api.bodies import body, optional_body
from beeplace.gateway.http.api.operations import Operation, described
from beeplace.gateway.http.entrance.models import (
    STATE,
    CodeShown,
    Entered,
    EntryAsked,
    EntryState,
    NewScreen,
    ScreenAsked,
    ScreenCodes,
    ScreenPassMade,
    WallEntries,
)
from beeplace.gateway.http.errors import answer, reply
from beeplace.gateway.http.organiser import authorised, is_json
from beeplace.gateway.http.site.cookie import keep_token
from beeplace.people.entrance import EntryRefused

MESSAGES: Final = {
    "way": "this is not asked for here; reload the page",
    "wrong": "this is not the code that the walls show now; look again",
    "spent": "many have used this code; take the next one",
    "tries": "too many wrong codes came from your network; wait and try again",
    "elsewhere": "wait a minute and take the code that the wall then shows",
}
_CODES: list[dict[str, Any]] = STATE["codes"]
_ENTER = Operation(
    "Comes in where not everyone may draw, by the code that a wall shows",
    about="One entry is one person; who is in already begins their time anew. 403 says why not, as `code`: `wrong`, "
    "`spent`, `tries`, `elsewhere` or `way`, and `retryIn` milliseconds.",
    reads=EntryAsked,
    examples={"from a wall": {"code": "KWTRPB", "token": "..."}},
    answers=Entered,
    answer={"statusCode": 200, "token": "...", "until": "2026-11-29T20:15:00.000Z", "endsIn": 86_400_000},
    may=(403, 415, 503),
)
_STATE = Operation("The entry rule, the desk's code, and who came in by which wall", answers=EntryState, answer=STATE)
_CODES_AHEAD = Operation(
    "The codes of a wall, some of them ahead, for a screen with a pass",
    reads=ScreenAsked,
    examples={"a screen": {"screenPass": "..."}},
    answers=ScreenCodes,
    answer={"statusCode": 200, "wall": 1, "codes": _CODES},
    may=(403, 415),
    tag="displays",
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

routes = web.RouteTableDef()


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
    try:
        entered = gateway.entrance.by_code(asked.code, identity, network(gateway.origins.address(request)))
    except EntryRefused as refused:
        return _refused(gateway, refused)
    gateway.metrics.entries.labels("code").inc()
    token, ends_in_ms = entered.token or "", entered.entered_until_ms - gateway.commits.now_ms()
    response = reply(Entered(200, token, moment(time.time_ns() // 1_000_000 + ends_in_ms), ends_in_ms))
    keep_token(request, response, token)
    return response


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
    return reply(
        EntryState(
            200, list(settings.entry), settings.wall_code_round, _shown(gateway, 0), walls,
            entrance.redemptions.entered, entrance.redemptions.elsewhere, entrance.wrong.counted,
        )
    )  # fmt: skip


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


def _shown(gateway: Gateway, wall: int) -> list[CodeShown]:
    if "code" not in gateway.board.state.settings.entry:
        return []
    return [CodeShown(*shown) for shown in gateway.entrance.codes.ahead(wall)]

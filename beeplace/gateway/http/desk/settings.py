"""Live settings over HTTP: read, changed as an entry of the log, and tried out on the crowd that is there."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web
from msgspec import UNSET

from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.resize import Resize, Size
from beeplace.board.palette import Palette
from beeplace.board.rules import Action
from beeplace.board.state import BoardState
from beeplace.errors import BadRequest
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.api.bodies import body
from beeplace.gateway.http.api.operations import IDEMPOTENCY_KEY, Operation, Parameter, described
from beeplace.gateway.http.desk.crowd_effect import Crowd, effect, size_effect
from beeplace.gateway.http.desk.settings_models import CurrentSettings, SettingsChange, SettingsChanged, SettingsOutcome
from beeplace.gateway.http.errors import answer
from beeplace.gateway.http.organiser import act, authorised, idempotency_key
from beeplace.log.reconcile import told

_MEANWHILE = "the board has that already, or was changed meanwhile; look again"
_DRY_RUN = Parameter("dry-run", "change nothing; say what it would lead to", {"type": "string"})
_EFFECT = {
    "people": 300, "sockets": 340, "placementsPerMinute": 5400.0, "secondsToCover": 45.5, "bytesPerSecond": 601_000,
}  # fmt: skip
_SLOWER = {**_EFFECT, "placementsPerMinute": 600.0, "secondsToCover": 409.6, "bytesPerSecond": 291_000}
_ENTRY = {"statusCode": 200, "epoch": "5d2f0b1c9e8a7f63-a1b2c3d4", "seq": 1743}
_READ = Operation(
    "All live settings, who chose them, and what they lead to",
    answers=CurrentSettings,
    answer={
        **_ENTRY,
        "settings": {"maxPixels": 3, "cooldown": 10},
        "chosen": ["cooldown"],
        "environment": {"cooldown": 30},
        "effect": _EFFECT,
    },
)
_CHANGE = Operation(
    "Changes live settings, for everyone from the same entry of the log on",
    reads=SettingsChange,
    examples={
        "a rush": {"maxPixels": 1, "cooldown": 30, "reason": "the square is full"},
        "one colour less": {"disabledColors": [5]},
        "a larger board": {"width": 128, "height": 96, "reason": "there is no room left"},
    },
    answers=SettingsChanged,
    answer={
        **_ENTRY,
        "message": "Settings changed",
        "settings": {"maxPixels": 1, "cooldown": 30},
        "before": _EFFECT,
        "effect": _SLOWER,
    },
    parameters=(_DRY_RUN, IDEMPOTENCY_KEY),
    may=(503, 504),
)

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class SettingsSources:
    """`crowd` is there now; `environment` says what it would give the settings that an organiser chose otherwise."""

    crowd: Callable[[], Crowd]
    environment: Callable[[BoardState], dict[str, Any]]


SETTINGS_SOURCES = web.AppKey("settings sources", SettingsSources)


@routes.get("/api/settings")
@described(_READ)
async def settings(request: web.Request) -> web.Response:
    """As they are now."""
    state, sources = request.app[GATEWAY].board.state, request.app[SETTINGS_SOURCES]
    now = CurrentSettings(
        status_code=200,
        epoch=state.name,
        seq=state.seq,
        settings=told(state),
        chosen=sorted(state.settings.chosen),
        environment=sources.environment(state),
        effect=effect(state, state.settings, sources.crowd()),
    )
    return answer(msgspec.to_builtins(now))


@routes.patch("/api/settings")
@described(_CHANGE)
async def change(request: web.Request) -> web.Response:
    """Raises BadRequest 422 with the rule that a value breaks."""
    identity, asked = authorised(request), await body(request, SettingsChange)
    idempotency_key(request)  # one that is none is refused by a dry run too
    gateway = request.app[GATEWAY]
    state = gateway.board.state
    wanted = await wanted_change(asked, state, tickets=gateway.entrance.tickets.possible)
    after = wanted.change.state_after(state)
    crowd = request.app[SETTINGS_SOURCES].crowd()
    resize = wanted.change if isinstance(wanted.change, Resize) else None
    outcome = SettingsOutcome(
        settings=told(after),
        before=effect(state, state.settings, crowd),
        effect=effect(after, after.settings, crowd),
        size=await asyncio.to_thread(size_effect, gateway.board, resize, crowd) if resize else UNSET,
    )
    more: dict[str, Any] = msgspec.to_builtins(outcome)
    if "dry-run" in request.query:
        return answer({"statusCode": 200, "message": "Settings would change", "dryRun": True, **more})
    # What a size changes is something else when it is asked for again: the request is compared, not the change.
    told_again = b"settings\n" + msgspec.json.encode(asked)
    action = Action(wanted.change, identity, epoch=wanted.epoch, reason=asked.reason, request=told_again)
    return await act(request, action, "Settings changed", no_fit=_MEANWHILE, more=more)


@dataclass(frozen=True, slots=True)
class SettingsAction:
    """A change that the board allows now, and the name of the epoch that it begins, if any."""

    change: Adjust | Recolor | Resize
    epoch: str | None = None


async def wanted_change(asked: SettingsChange, state: BoardState, *, tickets: bool) -> SettingsAction:
    """What is to happen; `tickets` may be a way in. Raises BadRequest 422 with the rule that it breaks."""
    values = asked.values()
    if not values:
        raise BadRequest(422, "name at least one setting to change")
    if "ticket" in values.get("entry", ()) and not tickets:
        raise BadRequest(422, "entry: no ticket is known here; TICKET_KEY_FILE or TICKET_LIST say what one is")
    for names in (("colors",), ("width", "height")):
        if values.keys() & set(names) and values.keys() - set(names):
            raise BadRequest(422, f"{' and '.join(names)} begin a new epoch: change them in a request of their own")
    if "colors" in values:
        wanted = SettingsAction(Recolor(_palette(values["colors"]), by_organiser=True), secrets.token_hex(8))
    elif values.keys() & {"width", "height"}:
        before = Size(state.width, state.height)
        after = Size(values.get("width", state.width), values.get("height", state.height))
        wanted = SettingsAction(await asyncio.to_thread(_resize, before, after), secrets.token_hex(8))
    else:
        wanted = SettingsAction(Adjust(tuple(values.items())))
    if broken := wanted.change.objection(state):
        raise BadRequest(422, broken)
    return wanted


def _resize(before: Size, after: Size) -> Resize:
    """Made, and packed for the log: of a large board not for the event loop."""
    change = Resize.to(after, before)
    change.record()
    return change


def _palette(colors: list[str]) -> Palette:
    try:
        return Palette(tuple(colors))
    except ValueError as error:
        raise BadRequest(422, f"colors: {error}") from error

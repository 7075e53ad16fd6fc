"""The kinds of action that keep order, as `POST /api/actions` takes them: ban, zone, announce."""

from __future__ import annotations

import time

import msgspec
from msgspec import UNSET

from beeplace.board.allowance import Limits
from beeplace.board.changes.moderation.announce import Announce
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.enforce import Enforce, Span
from beeplace.board.changes.moderation.zone import Zone
from beeplace.board.in_force import LATEST_MS, End
from beeplace.desk.selection import read_area, read_color, read_moment
from beeplace.desk.take_back import Effect
from beeplace.errors import BadRequest
from beeplace.gateway.http.actions.asked import ActionSources
from beeplace.gateway.http.api.action_models import AnnounceAction, BanAction, ZoneAction

NO_LANGUAGE = "und"  # as RFC 5646 calls it: words that all pages show


async def ban(asked: BanAction, context: ActionSources) -> Effect:
    """Keeps people from drawing; they read the reason. What they drew is taken back where that is asked for."""
    change = Ban(_span(asked.until, context), tuple(asked.people), asked.reason)
    if asked.rewind is UNSET:
        return await _enforce(change, context)
    if asked.rewind.people is not UNSET:
        raise BadRequest(422, "rewind must be a selection without people: it is of those who are banned")
    drawn = await context.desk.selection(msgspec.structs.replace(asked.rewind, people=asked.people))
    _check(change, context)
    goes_on = asked.rewind.to is UNSET and asked.rewind.until is UNSET
    return await context.desk.ban(change, drawn, context.order, goes_on=goes_on)


async def zone(asked: ZoneAction, context: ActionSources) -> Effect:
    """An area gets rules of its own. People read the reason."""
    state, limits = context.state, _limits(asked)
    named = None if asked.colors is UNSET else tuple(read_color(color, state) for color in asked.colors)
    closed = (limits is None and named is None) if asked.closed is UNSET else asked.closed
    area = read_area(asked.area, state)
    return await _enforce(Zone(_span(asked.until, context), area, closed, limits, named, asked.reason), context)


async def announce(asked: AnnounceAction, context: ActionSources) -> Effect:
    """Words on phones and walls."""
    texts = {NO_LANGUAGE: asked.text} if isinstance(asked.text, str) else asked.text
    return await _enforce(Announce(_span(asked.until, context), tuple(texts.items())), context)


def _span(until: str | None, context: ActionSources) -> Span:
    """From now on until an instant of the wall clock; for good without it."""
    if until is None:
        return Span(None, context.now_ms)
    until_ms = read_moment(until, "until")
    ahead_ms = until_ms - time.time_ns() // 1_000_000
    if ahead_ms <= 0 or until_ms > LATEST_MS:
        raise BadRequest(422, "until must lie ahead")
    return Span(End(context.now_ms + ahead_ms, until_ms), context.now_ms)


def _limits(asked: ZoneAction) -> Limits | None:
    """Both together, or none."""
    if asked.max_pixels is UNSET and asked.cooldown is UNSET:
        return None
    if asked.max_pixels is UNSET or asked.cooldown is UNSET:
        raise BadRequest(422, "maxPixels and cooldown (seconds) of a zone come together")
    return Limits(asked.max_pixels, asked.cooldown * 1000)


def _check(change: Enforce, context: ActionSources) -> None:
    if wrong := change.objection(context.state):
        raise BadRequest(422, wrong)


async def _enforce(change: Enforce, context: ActionSources) -> Effect:
    _check(change, context)
    return await context.desk.act(change, context.order)

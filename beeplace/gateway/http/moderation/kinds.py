"""The kinds of action that keep order, as `POST /api/actions` takes them: ban, zone, announce."""

from __future__ import annotations

import time
from typing import Any

from beeplace.board.allowance import Limits
from beeplace.board.changes.moderation.announce import Announce
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.enforce import Enforce, Span
from beeplace.board.changes.moderation.zone import Zone
from beeplace.board.in_force import LATEST_MS, End
from beeplace.desk.selection import read_color, read_moment
from beeplace.desk.take_back import Effect
from beeplace.errors import BadRequest
from beeplace.gateway.http.actions.asked import AskedAction

NO_LANGUAGE = "und"  # as RFC 5646 calls it: words that all pages show


async def ban(asked: AskedAction) -> Effect:
    """`{people, until?, rewind?}`: keeps people from drawing; they read the reason. `rewind` is a selection, of which
    what these people drew is taken back."""
    asked.of("people", optional=("until", "rewind"))
    people = asked.fields["people"]
    if not isinstance(people, list) or not all(isinstance(person, str) for person in people):
        raise BadRequest(422, "people must be a list of people, named like bee-1f2e3d4c")
    selection = asked.fields.get("rewind")
    if "rewind" in asked.fields:
        if not isinstance(selection, dict) or "people" in selection:
            raise BadRequest(422, "rewind must be a selection without people: it is of those who are banned")
        drawn = await asked.desk.selection({**selection, "people": people})
    effect = await _enforce(asked, Ban(_span(asked), tuple(people), asked.order.reason))
    return await asked.desk.rewind_with(effect, drawn, asked.order) if "rewind" in asked.fields else effect


async def zone(asked: AskedAction) -> Effect:
    """`{area, closed?, maxPixels?, cooldown?, colors?, until?}`: an area gets rules of its own; one without any is
    closed. People read the reason."""
    asked.of("area", optional=("closed", "maxPixels", "cooldown", "colors", "until"))
    fields, colors = asked.fields, asked.fields.get("colors")
    closed = fields.get("closed", not fields.keys() & {"maxPixels", "cooldown", "colors"})
    if not isinstance(closed, bool):
        raise BadRequest(422, "closed must be true or false")
    if "colors" in fields and not isinstance(colors, list):
        raise BadRequest(422, "colors must be a list of colours of the palette")
    named = None if colors is None else tuple(read_color(color, asked.state) for color in colors)
    change = Zone(_span(asked), asked.area, closed, _limits(fields), named, asked.order.reason)
    return await _enforce(asked, change)


async def announce(asked: AskedAction) -> Effect:
    """`{text, until?}`: words on phones and walls. `text` is one text, or one for each language, such as
    `{"en": ..., "de": ...}`."""
    asked.of("text", optional=("until",))
    text = asked.fields["text"]
    texts = {NO_LANGUAGE: text} if isinstance(text, str) else text
    if not isinstance(texts, dict) or not all(isinstance(words, str) for words in texts.values()):
        raise BadRequest(422, 'text must be a text, or one for each language, such as {"en": ..., "de": ...}')
    return await _enforce(asked, Announce(_span(asked), tuple(texts.items())))


def _span(asked: AskedAction) -> Span:
    """From now on until `until`, an instant of the wall clock; for good without it."""
    if asked.fields.get("until") is None:
        return Span(None, asked.now_ms)
    until_ms = read_moment(asked.fields["until"], "until")
    ahead_ms = until_ms - time.time_ns() // 1_000_000
    if ahead_ms <= 0 or until_ms > LATEST_MS:
        raise BadRequest(422, "until must lie ahead")
    return Span(End(asked.now_ms + ahead_ms, until_ms), asked.now_ms)


def _limits(fields: dict[str, Any]) -> Limits | None:
    """Both together, or none."""
    given = [fields[name] for name in ("maxPixels", "cooldown") if name in fields]
    if not given:
        return None
    if len(given) == 1 or not all(type(value) is int for value in given):
        raise BadRequest(422, "maxPixels and cooldown (seconds) of a zone come together, and are integers")
    return Limits(given[0], given[1] * 1000)


async def _enforce(asked: AskedAction, change: Enforce) -> Effect:
    if wrong := change.objection(asked.state):
        raise BadRequest(422, wrong)
    return await asked.desk.act(change, asked.order)

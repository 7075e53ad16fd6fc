"""The command `board`: one request to a running gateway, and its answer as a table or as JSON."""

from __future__ import annotations

import argparse
import asyncio
import re
import secrets
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

import aiohttp
import orjson

from beeplace.cli import work as commands
from beeplace.errors import SettingError
from beeplace.settings.settings import Settings
from beeplace.terminal import DATA, FORBIDDEN, TEMPORARY, UNAVAILABLE, USAGE, fail, say

_MOST = 200  # actions on a page
_LANGUAGE = re.compile(r"[a-z]{2,3}=", re.ASCII)
TRIES = 3  # of a request of which it is not known whether it happened
_TIMEOUT_SECONDS = 30.0
_PAUSE_SECONDS = 1.0
_SELECTION = ("area", "from", "to", "since", "until", "people", "except", "kinds")
_LISTED = ("limit", "by", "kind", "since", "until", "area", "undone", "before")
_HIDDEN = ("statusCode", "picture", "steps")  # of no use in a table


class DeskRequest(NamedTuple):
    """A request: its method, path and body."""

    method: str
    path: str
    body: dict[str, Any] | None = None


def run(given: argparse.Namespace) -> int:
    """Asks for what the arguments say; the exit code."""
    try:
        asked = desk_request(given)
    except ValueError as error:
        return fail(str(error), USAGE)

    async def work(settings: Settings) -> int:
        if not settings.api_key:
            raise SettingError("API_KEY: there is no key; set API_KEY or API_KEY_FILE")
        url = (given.url or commands.own_url(settings)).rstrip("/")
        try:
            status, told = await answered(url, settings.api_key, asked)
            if given.verb == "unban" and status == 200:
                status, told = await _unbanned(url, settings.api_key, told["actions"], given)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return fail(f"{url} does not answer: {str(error) or 'it took too long'}", UNAVAILABLE)
        if status != 200:
            return fail(str(told.get("message", f"status {status}")), exit_code(status))
        if given.json:
            say(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        else:
            for line in table(told):
                say(line)
        return 0

    return commands.run(work)


def desk_request(given: argparse.Namespace) -> DeskRequest:
    """The request of a verb. Raises ValueError."""
    fields = {**vars(given), "verb": None}
    reason = {"reason": given.reason} if fields.get("reason") else {}
    match given.verb:
        case "state":
            return DeskRequest("GET", "/api/desk")
        case "actions":
            query = {name: fields[name] for name in _LISTED if fields[name] is not None}
            return DeskRequest("GET", f"/api/actions?{urlencode(query)}")
        case "preview" | "authors" as what:
            return DeskRequest("POST", f"/api/selections/{what}", _selection(fields))
        case "undo":
            return DeskRequest("POST", f"/api/actions/{given.seq}/undo", reason)
        case "panic":
            return DeskRequest("POST" if given.state == "on" else "DELETE", "/api/panic", reason or None)
        case "settings":
            return _settings(given, reason)
        case "safe-picture":
            return DeskRequest("POST", "/api/safe-picture", reason)
        case "unban":
            return DeskRequest("GET", f"/api/actions?kind=ban&undone=false&limit={_MOST}")
        case "reports":
            return DeskRequest("GET", f"/api/reports?{urlencode({'state': given.state, 'limit': given.limit})}")
        case "report":
            return _report(given)
    return DeskRequest("POST", "/api/actions", {"kind": given.verb, **_action(given, fields), "reason": given.reason})


def _report(given: argparse.Namespace) -> DeskRequest:
    path = f"/api/reports/{given.number}"
    if (given.what == "acted") is (given.action is None) or (given.what == "mute") is (given.until is None):
        raise ValueError("acted takes --action, mute takes --until, and nothing else takes either")
    match given.what:
        case "evidence":
            return DeskRequest("GET", f"{path}/evidence")
        case "claim":
            return DeskRequest("POST", f"{path}/claim")
        case "release":
            return DeskRequest("DELETE", f"{path}/claim")
        case "mute":
            return DeskRequest("POST", f"{path}/mute", {"until": given.until})
        case "acted":
            return DeskRequest("POST", f"{path}/decision", {"outcome": "acted", "action": given.action})
    return DeskRequest("POST", f"{path}/decision", {"outcome": "dismissed"})


def _action(given: argparse.Namespace, fields: dict[str, Any]) -> dict[str, Any]:
    match given.verb:
        case "fill":
            return {"area": given.area, "color": _color(given.color)}
        case "clear":
            return {"area": given.area}
        case "rewind":
            return {"selection": _selection(fields)}
        case "read-only":
            return {"readOnly": given.state == "on"}
        case "ban":
            return {"people": given.people, **_end(given), **({"rewind": {}} if given.rewind else {})}
        case "zone":
            rules = {"maxPixels": given.max_pixels, "cooldown": given.cooldown}
            if given.colors:
                rules["colors"] = [_color(color) for color in given.colors]
            return {"area": given.area, **_end(given), **{name: it for name, it in rules.items() if it is not None}}
        case "announce":
            return {"text": _texts(given.text), **_end(given)}
    return {}


def _end(given: argparse.Namespace) -> dict[str, str]:
    return {"until": given.until} if given.until else {}


def _color(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _texts(given: list[str]) -> str | dict[str, str]:
    """One text, or one for each language. Raises ValueError."""
    if len(given) == 1 and not _LANGUAGE.match(given[0]):
        return given[0]
    if not all(_LANGUAGE.match(text) for text in given):
        raise ValueError("give one text, or one for each language, as en=Hello de=Hallo")
    return dict(text.split("=", 1) for text in given)


def _selection(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in _SELECTION if fields.get(name) is not None}


def _settings(given: argparse.Namespace, reason: dict[str, str]) -> DeskRequest:
    if not given.values:
        return DeskRequest("GET", "/api/settings")
    values: dict[str, Any] = {}
    for pair in given.values:
        name, equals, text = pair.partition("=")
        if not equals or name in values:
            raise ValueError(f"settings are given once each, as NAME=VALUE, not {pair[:40]!r}")
        try:
            values[name] = orjson.loads(text)
        except orjson.JSONDecodeError:
            values[name] = text  # a name of an event needs no quotes
    return DeskRequest("PATCH", f"/api/settings{'?dry-run' if given.dry_run else ''}", {**values, **reason})


async def answered(url: str, key: str, asked: DeskRequest) -> tuple[int, dict[str, Any]]:
    """Status and answer; where it is not known whether it happened, asked again under the same name."""
    headers = {"Authorization": f"Bearer {key}"}
    if asked.method != "GET":
        headers["Idempotency-Key"] = secrets.token_urlsafe(16)
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
        for again in range(TRIES, 0, -1):
            try:
                async with session.request(asked.method, url + asked.path, json=asked.body) as response:
                    told = orjson.loads(await response.read())
                    if response.status != 504 or again == 1:
                        return response.status, told if isinstance(told, dict) else {}
            except aiohttp.ClientConnectorError:
                raise  # nothing was asked yet
            except (aiohttp.ClientError, TimeoutError):
                if again == 1:
                    raise
            await asyncio.sleep(_PAUSE_SECONDS)
    raise AssertionError("the last try has returned or raised")


async def _unbanned(
    url: str, key: str, bans: list[dict[str, Any]], given: argparse.Namespace
) -> tuple[int, dict[str, Any]]:
    """Undoes each ban that somebody is in; the last answer."""
    told: dict[str, Any] = {"message": f"{given.person} is in no ban that is in force"}
    status = 404
    for seq in (ban["seq"] for ban in bans if given.person in ban.get("people", ())):
        request = DeskRequest("POST", f"/api/actions/{seq}/undo", {"reason": given.reason, "pixels": False})
        status, told = await answered(url, key, request)
        if status != 200:
            break
    return status, told


def exit_code(status: int) -> int:
    """A command's, for an answer that is not 200."""
    if status in (401, 403, 429):
        return FORBIDDEN
    if status in (503, 504):
        return TEMPORARY
    return DATA if status < 500 else UNAVAILABLE


def table(told: dict[str, Any]) -> Iterable[str]:
    """An answer for people: lists of objects as tables, everything else as a line with its name."""
    for name, value in told.items():
        if name in _HIDDEN or value in ([], {}, None) or str(value).startswith("data:"):
            continue
        if isinstance(value, list) and isinstance(value[0], dict):
            yield from _columns(value)
        elif isinstance(value, dict):
            yield from (f"{name}.{line}" for line in table(value))
        else:
            yield f"{name}: {_text(value)}"


def _columns(rows: list[dict[str, Any]]) -> Iterable[str]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[name.upper() for name in names], *[[_text(row.get(name)) for name in names] for row in rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()

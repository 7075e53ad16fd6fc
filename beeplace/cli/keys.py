"""The command `keys`: makes, lists and revokes organisers' keys in the database, beside gateways that run."""

from __future__ import annotations

import argparse
import re
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import orjson

from beeplace import app
from beeplace.cli import work as commands
from beeplace.cli.phone_addresses import phone_urls, qr_lines
from beeplace.gateway.connection.listener import url as door_url
from beeplace.log.keys import KeyNameTaken, StoredKey
from beeplace.people.keys import MAX_NAME, is_name, new_key
from beeplace.people.roles import Role
from beeplace.settings.settings import Settings
from beeplace.terminal import DATA, USAGE, fail, say

_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}
_FROM_NOW = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_LATEST_YEAR = 9998


def run(given: argparse.Namespace) -> int:
    """Runs `keys add`, `keys list` or `keys revoke`; its exit code."""
    now_ms = time.time_ns() // 1_000_000
    if given.verb == "list":
        return commands.run(_list(now_ms, as_json=given.json))
    if given.verb == "revoke":
        return commands.run(_revoke(given.name, now_ms))
    if not is_name(given.name):
        return fail(f"NAME must be 1 to {MAX_NAME} printable characters, and not API_KEY", USAGE)
    if given.url is not None and urlsplit(given.url).scheme not in ("http", "https"):
        return fail("--url must be an address that begins with http:// or https://", USAGE)
    try:
        until_ms = None if given.until is None else moment(given.until, now_ms)
    except ValueError as error:
        return fail(f"--until {error}", USAGE)
    return commands.run(_add(given, now_ms, until_ms))


def moment(text: str, now_ms: int) -> int:
    """Milliseconds since 1970 of `12h`, or of a date with a time. Raises ValueError for nonsense and what is past."""
    if matched := _FROM_NOW.fullmatch(text):
        return now_ms + int(matched[1]) * _SECONDS[matched[2]] * 1000
    try:
        found = datetime.fromisoformat(text).astimezone()  # without a zone it is the machine's
        if found.year > _LATEST_YEAR:
            raise ValueError
        until_ms = int(found.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise ValueError("must be like 12h, 30m, 7d or 2026-06-01T04:00") from error
    if until_ms <= now_ms:
        raise ValueError("must not be past")
    return until_ms


def _add(given: argparse.Namespace, now_ms: int, until_ms: int | None) -> commands.Work:
    async def work(settings: Settings) -> int:
        role = Role.of_key(given.role)
        assert role is not None  # one of the choices
        key, kept = new_key(given.name, role, now_ms, until_ms)
        async with app.keys(settings) as store:
            try:
                await store.add(kept, now_ms)
            except KeyNameTaken as error:
                return fail(str(error), DATA)
        address = f"{(given.url or lan_url(settings)).rstrip('/')}/admin#key={key}"
        say(f"{given.name}, {role.word}, {_end(kept)}. This key is shown once:\n")
        say(f"  {key}\n")
        say(f"{qr_lines(address)}\n{address}")
        return 0

    return work


def _revoke(name: str, now_ms: int) -> commands.Work:
    async def work(settings: Settings) -> int:
        async with app.keys(settings) as store:
            if not await store.revoke(name, now_ms):
                return fail(f"no key named {name!r} is in use", DATA)
        say(f"The key of {name} opens nothing any more.")
        return 0

    return work


def _list(now_ms: int, *, as_json: bool) -> commands.Work:
    async def work(settings: Settings) -> int:
        async with app.keys(settings) as store:
            keys = await store.keys()
        if as_json:
            say(orjson.dumps([_fields(key, now_ms) for key in keys], option=orjson.OPT_INDENT_2).decode())
            return 0
        rows = [
            ("NAME", "ROLE", "MADE", "STATE"),
            *[(k.name, k.role, _utc(k.made_ms), _state(k, now_ms)) for k in keys],
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            say("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        return 0

    return work


def _fields(key: StoredKey, now_ms: int) -> dict[str, object]:
    moments = {"made": key.made_ms, "until": key.until_ms, "revoked": key.revoked_ms}
    told = {name: None if ms is None else _utc(ms) for name, ms in moments.items()}
    return {"name": key.name, "role": key.role, "valid": key.valid(now_ms), **told}


def _state(key: StoredKey, now_ms: int) -> str:
    if key.revoked_ms is not None:
        return f"revoked {_utc(key.revoked_ms)}"
    if key.until_ms is not None and not key.valid(now_ms):
        return f"ended {_utc(key.until_ms)}"
    return _end(key)


def _end(key: StoredKey) -> str:
    return "valid until it is revoked" if key.until_ms is None else f"valid until {_utc(key.until_ms)}"


def _utc(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).isoformat().replace("+00:00", "Z")


def lan_url(settings: Settings) -> str:
    """Where a phone finds this machine, or everyone the site."""
    return next(iter(phone_urls(settings, settings.port)), door_url("127.0.0.1", settings.port) + settings.base_path)

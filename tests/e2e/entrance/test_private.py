"""What the page about privacy says: what is stored after an entry by each way, and what memory forgets in an hour."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import altcha

from beeplace.people.identities import Identities
from tests.clients.phone import dial
from tests.e2e.inside import Inside, inside
from tests.servers import API_KEY
from tests.waiting import until

ADDRESS, OTHER, AGENT = "198.51.100.77", "203.0.113.88", "an-agent/of-somebody"
TICKET = "HIVE-PRIVATE-0001"
HOUR_SECONDS = 3600
Ask = Callable[..., Any]


def _asking(server: Inside, http: aiohttp.ClientSession) -> Ask:
    async def ask(method: str, path: str, body: object = None, address: str = ADDRESS, key: str = "") -> dict[str, Any]:
        headers = {"X-Forwarded-For": address, "User-Agent": AGENT} | ({"apiKey": key} if key else {})
        async with http.request(method, server.url + path, json=body, headers=headers) as answer:
            told: dict[str, Any] = await answer.json()
            return told

    return ask


async def _solved(ask: Ask) -> dict[str, Any]:
    challenge = (await ask("POST", "/api/entry/work"))["challenge"]
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert solution is not None
    return {**challenge, "counter": solution.counter, "derivedKey": solution.derived_key}


async def _come_in(server: Inside, ask: Ask) -> dict[str, str]:
    """Lets one person in by each way, who draws; their tokens, by what they showed."""
    shown: dict[str, dict[str, Any]] = {
        str((await ask("GET", "/api/entry", key=API_KEY))["codes"][0]["code"]): {},
        TICKET: {},
        str((work := await _solved(ask))["signature"]): {"work": work},
    }
    tokens = {}
    for y, (text, asked) in enumerate(shown.items()):
        way = asked or {"ticket" if text == TICKET else "code": text}
        tokens[text] = str((await ask("POST", "/api/entry", way))["token"])
        async with dial(server.url, {"X-Forwarded-For": ADDRESS, "User-Agent": AGENT}) as phone:
            await phone.join({"token": tokens[text], "board": "none"})
            assert (await phone.place(1, y, 1))["ok"]
    return tokens


async def test_nothing_that_was_shown_is_stored_and_no_address_is_remembered_for_an_hour(tmp_path: Path) -> None:
    (tmp_path / "list").write_text(f"{TICKET}\nANOTHER-ONE\n")
    settings = {
        "ENTRY": "code,ticket,work", "TICKET_LIST": tmp_path / "list", "WALL_CODE_SECONDS": 300,
        "TRUSTED_PROXIES": "127.0.0.1", "COOLDOWN": 600,
    }  # fmt: skip
    stored = tmp_path / "stored"
    stored.mkdir()
    async with (
        inside(stored, **settings) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        ask = _asking(server, http)
        tokens = await _come_in(server, ask)
        await ask("POST", "/api/entry", {"code": "BBBBBB"}, OTHER)
        await ask("GET", "/api/actions", key="no-key-of-this-site-at-all", address=OTHER)
        gateway = server.gateway
        assert set(_remembered(gateway)) == {8}  # bytes of a keyed hash
        server.leap(HOUR_SECONDS)
        await until(lambda: not list(_remembered(gateway)))
        _check_rows(stored / "board.db", gateway.identities, tokens)
    written = b"".join(path.read_bytes() for path in stored.rglob("*") if path.is_file())
    assert b"SQLite format 3" in written
    names = [token.split(".")[0] for token in tokens.values()]
    for personal in (ADDRESS, OTHER, AGENT, *tokens, *tokens.values(), *names, TICKET.replace("-", "")):
        assert personal.encode() not in written, personal


def _remembered(gateway: Any) -> Iterator[int]:
    """The lengths of all names of networks that the gateway has."""
    redemptions, wrong, groups = gateway.entrance.redemptions, gateway.entrance.wrong, gateway.events.groups
    for kept in (*redemptions._minutes, redemptions._let_in, wrong._networks, groups._networks):
        yield from map(len, kept)
    yield from (len(newcomer.network) for newcomer in groups._followed.values())


def _check_rows(path: Path, identities: Identities, tokens: dict[str, str]) -> None:
    """A ticket's entry has one row, of keyed hashes; the others' none but the pixels."""
    database = sqlite3.connect(path)
    people = [person.hash for token in tokens.values() if (person := identities.recognise(token))]
    assert [row[0] for row in database.execute("SELECT identity FROM log ORDER BY y")] == people
    assert {row[0] for row in database.execute("SELECT identity FROM allowance")} <= set(people)
    claims = database.execute("SELECT ticket, holder, listed FROM ticket_claim").fetchall()
    assert [(len(ticket), holder, listed) for ticket, holder, listed in claims] == [(16, people[1], 1)]
    database.close()

"""What a script gains where everybody draws, and where only who came in by a code does: the table of docs/entry.md.

Addresses are simulated by what a trusted proxy forwards; time is set forward, so that a minute takes none.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import altcha
import pytest

from beeplace.people.entrance import FLOOD_MS
from beeplace.people.group import PEOPLE
from beeplace.people.groups import LEAST
from beeplace.people.newcomers import CALM
from beeplace.people.redemptions import ENOUGH
from beeplace.people.wall_codes import ALPHABET, LETTERS
from beeplace.people.work import LEAST_TRIES
from beeplace.people.wrong_codes import NETWORK_TRIES
from tests.clients.phone import Phone, dial
from tests.e2e.inside import Inside, inside
from tests.servers import API_KEY

SETTINGS: dict[str, object] = {
    "WALL_CODE_SECONDS": 300, "COOLDOWN": 600, "MAX_PIXELS": 3, "TRUSTED_PROXIES": "127.0.0.1/32",
    "HANDSHAKES_PER_SECOND": 1_000_000,
}  # fmt: skip
SOCKETS = 40
TRIES = 100
CROWD = 60
MINUTES = FLOOD_MS // 60_000
OWES_WORK = re.compile(r"\.-\d+\.")
VENUE, HOME = "192.0.2.1", "198.51.100.7"


class Site:
    """One server, and what is sent to it."""

    def __init__(self, server: Inside, http: aiohttp.ClientSession) -> None:
        self.server, self._http = server, http

    async def code(self) -> str:
        """The one on the walls."""
        async with self._http.get(f"{self.server.url}/api/entry", headers={"apiKey": API_KEY}) as answer:
            return str((await answer.json())["codes"][0]["code"])

    async def end_codes(self) -> None:
        """As an organiser does who sees them come back from elsewhere."""
        change, headers = {"wallCodeRound": 1}, {"apiKey": API_KEY}
        async with self._http.patch(f"{self.server.url}/api/settings", json=change, headers=headers) as answer:
            assert answer.status == 200

    async def enter(self, code: str, address: str, token: str = "") -> dict[str, Any]:
        """Shows a code, from an address."""
        body, headers = {"code": code, "token": token}, {"X-Forwarded-For": address}
        async with self._http.post(f"{self.server.url}/api/entry", json=body, headers=headers) as answer:
            told: dict[str, Any] = await answer.json()
            return told

    async def show(self, ticket: str, address: str, token: str = "") -> dict[str, Any]:
        """Shows a ticket, from an address."""
        body, headers = {"ticket": ticket, "token": token}, {"X-Forwarded-For": address}
        async with self._http.post(f"{self.server.url}/api/entry", json=body, headers=headers) as answer:
            told: dict[str, Any] = await answer.json()
            return told

    async def names(self, count: int) -> list[str]:
        """What so many people are called who come from a home, one after the other, draw if they may, and leave."""
        found = []
        for _ in range(count):
            async with dial(self.server.url, {"X-Forwarded-For": HOME}) as phone:
                found.append(str((await phone.join({"board": "none"}))["token"]))
                await phone.place(1, 1, 1)
        return found

    async def challenge(self) -> dict[str, Any]:
        """Work, as it is asked for now."""
        async with self._http.post(f"{self.server.url}/api/entry/work") as answer:
            challenge: dict[str, Any] = (await answer.json())["challenge"]
            return challenge

    async def work(self, done: dict[str, Any], address: str, token: str) -> dict[str, Any]:
        """Shows work, from an address."""
        body, headers = {"work": done, "token": token}, {"X-Forwarded-For": address}
        async with self._http.post(f"{self.server.url}/api/entry", json=body, headers=headers) as answer:
            told: dict[str, Any] = await answer.json()
            return told

    async def let_in(self, code: str, address: str, tries: int) -> int:
        """How many new people that makes."""
        answers = [await self.enter(code, address) for _ in range(tries)]
        return sum("token" in answer for answer in answers)

    async def pixels(self, tokens: list[str]) -> int:
        """How many pixels come of a socket for each token, which all try five times."""
        async with AsyncExitStack() as stack:
            phones = [await stack.enter_async_context(dial(self.server.url)) for _ in tokens]
            placed = await asyncio.gather(*map(_tried, phones, tokens))
        return sum(placed)


async def _tried(phone: Phone, token: str) -> int:
    await phone.join({"token": token, "board": "none"} if token else {"board": "none"})
    answers = [await phone.place(x, 1, 1) for x in range(5)]
    return sum(answer["ok"] for answer in answers)


@asynccontextmanager
async def site(folder: Path, **settings: object) -> AsyncIterator[Site]:
    async with (
        inside(folder, **{**SETTINGS, **settings}) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        yield Site(server, http)


def listed(folder: Path, *codes: str) -> dict[str, object]:
    """Settings under which these codes let in."""
    path = folder / "codes"
    path.write_text("\n".join(codes))
    return {"ENTRY": "ticket", "TICKET_LIST": path}


@pytest.mark.parametrize(("entry", "pixels"), [("open", 3 * SOCKETS), ("code", 0), ("ticket", 0)])
async def test_sockets_without_a_cookie(tmp_path: Path, entry: str, pixels: int) -> None:
    async with site(tmp_path, **listed(tmp_path, "hive-one") | {"ENTRY": entry}) as one:
        assert await one.pixels([""] * SOCKETS) <= pixels  # fewer as soon as they are known for a group


async def test_names_that_are_taken_one_after_the_other_are_a_group(tmp_path: Path) -> None:
    async with site(tmp_path) as one:
        one.server.gateway.events.groups.clock = lambda: 0.0  # each as fast as the next, on any machine
        pixels = [await one.pixels([""]) for _ in range(SOCKETS)]
        assert sum(pixels) <= 3 * (LEAST + PEOPLE) + 1
        assert sum(pixels[-SOCKETS // 2 :]) == 0


async def test_a_token_that_is_copied_is_one_person(tmp_path: Path) -> None:
    async with site(tmp_path, ENTRY="code", SOCKETS_PER_IDENTITY=1000) as one:
        token = (await one.enter(await one.code(), VENUE))["token"]
        assert await one.pixels([token] * SOCKETS) == 3
        changed = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
        assert await one.pixels([changed] * 3) == 0


async def test_a_code_that_was_posted_lets_one_in_each_minute_from_an_address_outside(tmp_path: Path) -> None:
    async with site(tmp_path, ENTRY="code") as one:
        code = await one.code()
        assert await one.let_in(code, VENUE, ENOUGH) == ENOUGH
        for _ in range(3):
            one.server.leap(61)
            code = await one.code()
            assert await one.let_in(code, HOME, TRIES) == 1
        await one.end_codes()
        assert await one.let_in(code, HOME, TRIES) == 0
        assert await one.let_in(await one.code(), VENUE, 30) == 30  # who is there is not slowed


async def test_guessed_codes(tmp_path: Path) -> None:
    chance = random.Random(7)
    async with site(tmp_path, ENTRY="code") as one:
        right = await one.code()
        guesses = ["".join(chance.choices(ALPHABET, k=LETTERS)) for _ in range(3 * TRIES)]
        assert right not in guesses
        answers = [(await one.enter(guess, HOME)).get("code") for guess in guesses]
        assert set(answers) == {"wrong", "tries"}
        assert answers.count("wrong") < 2 * NETWORK_TRIES
        assert "token" not in await one.enter(right, HOME)  # it is not even looked at
        assert "token" in await one.enter(right, VENUE)


async def test_rented_addresses_get_one_a_minute_each(tmp_path: Path) -> None:
    async with site(tmp_path, ENTRY="code") as one:
        code = await one.code()
        assert await one.let_in(code, VENUE, ENOUGH) == ENOUGH
        one.server.leap(2)
        rented = [await one.let_in(code, f"203.0.113.{number}", 5) for number in range(5)]
        assert rented == [1] * 5


async def test_addresses_that_nobody_trusted_forwards_are_one(tmp_path: Path) -> None:
    """Who writes the header itself is where it comes from."""
    async with site(tmp_path, ENTRY="code", TRUSTED_PROXIES="203.0.113.9/32") as one:
        code = await one.code()
        assert await one.let_in(code, VENUE, 30) == 30
        assert await one.let_in(code, HOME, 30) == 30
        assert (await one.enter(code, HOME)).get("code") == "spent"


async def test_a_stolen_ticket_lets_nobody_else_in(tmp_path: Path) -> None:
    async with site(tmp_path, **listed(tmp_path, "hive-one", "hive-two"), SOCKETS_PER_IDENTITY=1000) as one:
        owner = (await one.show("hive-one", VENUE))["token"]
        thief = (await one.show("hive-two", HOME))["token"]
        shows = [("hive-one", f"203.0.113.{number}", token) for number in range(5) for token in ("", thief)]
        answers = [await one.show(*show) for show in shows]
        assert [answer.get("code") for answer in answers[::2]] == ["used"] * 5
        assert [answer.get("code") for answer in answers[1::2]] == ["used"] * 5
        assert await one.pixels([owner] * SOCKETS) == 3


async def test_a_used_ticket_that_is_shown_without_end(tmp_path: Path) -> None:
    """Each look costs the store a question, so it is a wrong one."""
    async with site(tmp_path, **listed(tmp_path, "hive-one")) as one:
        assert "token" in await one.show("hive-one", VENUE)
        answers = [(await one.show("hive-one", HOME)).get("code") for _ in range(3 * TRIES)]
        assert (set(answers), answers.count("used") < 2 * NETWORK_TRIES) == ({"used", "tries"}, True)


async def test_guessed_codes_of_a_list(tmp_path: Path) -> None:
    async with site(tmp_path, **listed(tmp_path, "hive-one")) as one:
        answers = [(await one.show(f"hive-{number:03}", HOME)).get("code") for number in range(3 * TRIES)]
        assert (set(answers), answers.count("invalid") < 2 * NETWORK_TRIES) == ({"invalid", "tries"}, True)
        assert (await one.show("hive-one", HOME))["code"] == "tries"  # it is not even looked at
        assert "token" in await one.show("hive-one", VENUE)


async def solved(site: Site, count: int) -> list[dict[str, Any]]:
    """So many challenges, solved by two threads at once, as a machine with two cores does."""
    challenges = [await site.challenge() for _ in range(count)]
    assert all(challenge["parameters"]["data"]["tries"] > LEAST_TRIES for challenge in challenges)
    with ThreadPoolExecutor(2) as threads:
        solutions = list(threads.map(altcha.solve_challenge, map(altcha.Challenge.from_dict, challenges)))
    return [
        {**challenge, "counter": solution.counter, "derivedKey": solution.derived_key}
        for challenge, solution in zip(challenges, solutions, strict=True)
        if solution
    ]


@asynccontextmanager
async def crowded(folder: Path) -> AsyncIterator[Site]:
    """A site under `open` with a crowd of people from a venue's network, who are there."""
    async with site(folder, COOLDOWN=60) as one, AsyncExitStack() as stack:
        for _ in range(CROWD):
            phone = await stack.enter_async_context(dial(one.server.url, {"X-Forwarded-For": VENUE}))
            await phone.join({"board": "none"})
        yield one


async def test_two_cores_that_solve_work_get_one_in_a_hundred_pixels_of_a_crowd(tmp_path: Path) -> None:
    """Names that are taken without end owe work, and solving faster than people come lets one in each minute."""
    async with crowded(tmp_path) as one:
        names = await one.names(3 * CROWD)
        owing = [name for name in names if OWES_WORK.search(name)]
        assert len(names) - len(owing) <= CALM  # as many as in calm
        works = await solved(one, 20)
        answers = [await one.work(work, HOME, name) for work, name in zip(works, owing, strict=False)]
        let_in = [answer["token"] for answer in answers if "token" in answer]
        assert (len(let_in), {answer.get("code") for answer in answers}) == (1, {None, "crowded"})
        assert all(answer["endsIn"] <= MINUTES * 60_000 for answer in answers if "token" in answer)
        assert await one.pixels([*let_in, *owing[20:50]]) == 3
        # One more each minute, for three minutes each: at most three people beside a crowd of five hundred.
        assert MINUTES * 3 <= 500 * 3 / 100


async def test_a_solution_that_is_replayed_lets_nobody_in_and_slows_nobody_else(tmp_path: Path) -> None:
    async with crowded(tmp_path) as one:
        owing = [name for name in await one.names(2 * CALM + TRIES) if OWES_WORK.search(name)]
        first, *others = await solved(one, 6)
        assert "token" in await one.work(first, VENUE, owing[0])
        replayed = [await one.work(first, VENUE, name) for name in owing[1:TRIES]]
        assert {answer["code"] for answer in replayed} == {"work"}
        let_in = [await one.work(work, VENUE, name) for work, name in zip(others, owing[TRIES:], strict=False)]
        assert all("token" in answer for answer in let_in)

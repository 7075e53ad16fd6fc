"""A script that takes name after name is a group at the desk: it gets what three people get, and goes in one step."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from beeplace.people.group import PEOPLE
from beeplace.people.groups import LEAST
from tests.clients.phone import Phone, dial
from tests.e2e.inside import Inside, inside
from tests.servers import API_KEY

SETTINGS: dict[str, object] = {"COOLDOWN": 600, "MAX_PIXELS": 3, "TRUSTED_PROXIES": "127.0.0.1"}
VENUE, HOME = "192.0.2.1", "198.51.100.7"
COPIES = 40


class Site:
    """A server whose groups have a clock of the test's: so a slow machine changes no rhythm."""

    def __init__(self, server: Inside, stack: AsyncExitStack) -> None:
        self.server, self._stack = server, stack
        self.now = 1000.0
        server.gateway.events.groups.clock = lambda: self.now

    async def draw(self, address: str, delay: float, gap: float, x: int, *, cookie: str = "") -> list[Any]:
        """Somebody comes, and places three pixels; the answers."""
        headers: Mapping[str, str] = {"X-Forwarded-For": address} | ({"Cookie": cookie} if cookie else {})
        phone: Phone = await self._stack.enter_async_context(dial(self.server.url, headers))
        await phone.join({"board": "none"})
        self.now += delay
        answers = []
        for number in range(3):
            answers.append(await phone.place(x + number, 5, 1))
            self.now += gap
        return answers


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[tuple[Site, aiohttp.ClientSession]]:
    async with (
        inside(folder, **SETTINGS) as server,
        AsyncExitStack() as stack,
        aiohttp.ClientSession(server.url, headers={"apiKey": API_KEY}, cookie_jar=aiohttp.DummyCookieJar()) as desk,
    ):
        yield Site(server, stack), desk


async def told(desk: aiohttp.ClientSession, path: str, body: object = None) -> Any:
    async with desk.request("POST" if body else "GET", path, json=body) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def test_a_script_s_names_are_slowed_together_and_taken_out_as_one(tmp_path: Path) -> None:
    async with site(tmp_path) as (one, desk):
        assert "groups" not in await told(desk, "/api/desk")
        people = [await one.draw(VENUE, 3.0 * number, 2.0 + number, 5) for number in range(1, 6)]
        script = [await one.draw(VENUE, 0.5, 0.3, 10) for _ in range(COPIES)]
        more = [await one.draw(VENUE, 4.0 * number, 1.5 + number, 5) for number in range(1, 6)]
        assert all(answer["ok"] for answers in [*people, *more] for answer in answers)  # whoever shares the address
        placed = sum(answer["ok"] for answers in script for answer in answers)
        assert placed <= (LEAST + PEOPLE) * 3 + 1  # those before they were known, and what they then share
        refused = [answer for answers in script for answer in answers if not answer["ok"]]
        assert {(answer["code"], answer["retryIn"] > 0) for answer in refused} == {("cooldown", True)}

        (group,) = (await told(desk, "/api/entry/groups"))["groups"]
        assert len(group["people"]) == COPIES
        state = (await told(desk, "/api/desk"))["groups"]
        assert state == [{"number": 1, "people": COPIES, **group["area"]}]
        ban = {"kind": "ban", "people": group["people"], "rewind": {"area": group["area"]}, "reason": "a script"}
        assert (await told(desk, "/api/actions", ban))["changed"] == 3
        async with desk.get("/api/board") as board:
            row = (await board.read())[5 * 64 : 6 * 64]
        assert (row[5:8], row[10:13]) == (bytes([1, 1, 1]), bytes(3))  # nobody else's was taken back


async def test_cookies_that_were_fetched_one_by_one_are_new_names_too(tmp_path: Path) -> None:
    async with site(tmp_path) as (one, desk), aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        for _ in range(COPIES):
            async with browser.get(one.server.url) as page:
                cookie = f"beeplace={page.cookies['beeplace'].value}"
            await one.draw(HOME, 0.01, 0.0, 10, cookie=cookie)
        (group,) = (await told(desk, "/api/entry/groups"))["groups"]
        assert len(group["people"]) == COPIES

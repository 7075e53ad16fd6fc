"""What is in force: listed with what ends it, through undos of undos, and gone with its end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

from tests.clients.phone import dial
from tests.gateway.http.test_actions import Organiser
from tests.gateway.http.test_moderation_actions import AREA, ahead
from tests.placing import FREELY
from tests.servers import API_KEY, ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One for all of them; each leaves nothing in force."""
    running = ServerProcess(tmp_path_factory.mktemp("server"), **FREELY)
    yield running
    running.stop()


@pytest.fixture
async def http(server: ServerProcess) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url) as http:
        yield http


async def in_force(http: aiohttp.ClientSession) -> dict[str, Any]:
    async with http.get("/api/in-force", headers={"apiKey": API_KEY}) as response:
        found: dict[str, Any] = await response.json()
        assert response.status == 200, found
        return found


async def test_each_is_listed_with_what_ends_it_whatever_was_undone_before(http: aiohttp.ClientSession) -> None:
    organiser = Organiser(http)
    ban = await organiser.act("ban", people=["bee-1f2e3d4c", "bee-99aabbcc"], until=ahead(hours=1))
    await organiser.act("zone", area=AREA, maxPixels=1, cooldown=60, colors=[3])
    words = await organiser.act("announce", text="Hello")
    found = await in_force(http)
    assert (found["panic"], found["seq"], found["mutes"]) == (False, words["seq"], [])
    assert [(one["seq"], one["people"], one["reason"]) for one in found["bans"]] == [
        (ban["seq"], ["bee-1f2e3d4c", "bee-99aabbcc"], "because")
    ]
    [shown] = found["zones"]
    assert (shown["area"], shown["closed"], shown["maxPixels"], shown["cooldown"], shown["colors"], shown["until"]) == (
        AREA, False, 1, 60, [3], None,
    )  # fmt: skip
    assert [(one["seq"], one["texts"]) for one in found["announcements"]] == [(words["seq"], {"und": "Hello"})]
    lifted = await organiser.undo(ban["seq"])
    assert (await in_force(http))["bans"] == []
    again = await organiser.undo(lifted["seq"])
    [banned] = (await in_force(http))["bans"]
    assert (banned["seq"], banned["undo"]) == (ban["seq"], again["seq"])
    for one in (banned, *found["zones"], *found["announcements"]):
        await organiser.undo(one["undo"])
    found = await in_force(http)
    assert (found["bans"], found["zones"], found["announcements"]) == ([], [], [])
    await organiser.post("/api/panic")
    assert (await in_force(http))["panic"] is True
    async with http.delete("/api/panic", headers={"apiKey": API_KEY}) as response:
        assert response.status == 200


async def test_what_has_ended_by_itself_is_not_listed(http: aiohttp.ClientSession, server: ServerProcess) -> None:
    organiser = Organiser(http)
    ban = await organiser.act("ban", people=["bee-1f2e3d4c"], until=ahead(hours=1))
    await organiser.act("announce", text="Hello", until=ahead(seconds=2))
    async with dial(server.url) as phone:
        await phone.join({})
        while (await phone.event("settings")) != [{"announcement": None}]:
            pass
    found = await in_force(http)
    assert (len(found["bans"]), found["announcements"]) == (1, [])
    await organiser.undo(ban["seq"])


async def test_who_is_muted_is_listed_with_a_report_by_which_it_ends(
    http: aiohttp.ClientSession, server: ServerProcess
) -> None:
    organiser = Organiser(http)
    async with dial(server.url) as phone:
        token = (await phone.join({}))["token"]
    for reason in ("hate", "other"):
        body = {"area": AREA, "reason": reason, "token": token}
        assert (await organiser.post("/api/reports", body))[0] == 200
    assert (await organiser.post("/api/reports/1/mute", {"until": ahead(hours=1)}))[0] == 200
    [mute] = (await in_force(http))["mutes"]
    assert (mute["report"] in (1, 2), mute["by"]) == (True, "API_KEY")
    assert (await organiser.post("/api/reports/2/mute", {"until": ahead(seconds=-1)}))[0] == 200
    assert (await in_force(http))["mutes"] == []

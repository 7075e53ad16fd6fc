"""Bans, zones and announcements over HTTP: who is named how, with a rewind in one step, undone; and wrong requests."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from tests.clients.http import get
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.gateway.http.test_actions import Organiser
from tests.placing import FREELY
from tests.servers import ServerProcess

SIDE = 32
AREA = {"x": 10, "y": 10, "width": 4, "height": 4}


@pytest.fixture
def server(start_server: StartServer) -> ServerProcess:
    return start_server(**FREELY)


def ahead(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat(timespec="seconds")


async def author(server: ServerProcess, x: int, y: int) -> str:
    name: str = json.loads((await get(server.url, f"/api/pixels/{x}/{y}"))[1])["changes"][0]["by"]
    return name


async def config(server: ServerProcess) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((await get(server.url, "/api/config"))[1])
    return found


async def test_who_drew_is_banned_with_what_they_drew_taken_back_and_everything_is_undone(
    server: ServerProcess,
) -> None:
    async with aiohttp.ClientSession(server.url) as http, dial(server.url) as ann, dial(server.url) as bob:
        organiser = Organiser(http)
        await ann.join({})
        await bob.join({})
        await ann.place(1, 1, 5)
        await ann.place(2, 1, 5)
        await bob.place(2, 1, 6)
        done = await organiser.act("ban", people=[await author(server, 1, 1)], until=ahead(hours=1), rewind={})
        assert (done["changed"], done["left"]) == (1, 1)  # Bob drew on one of them later
        assert (await config(server))["seq"] == done["seq"] == 4
        refused = await ann.place(3, 3, 3)
        assert (refused["code"], refused["reason"], 0 < refused["retryIn"] <= 3_600_000) == ("banned", "because", True)
        await bob.until(lambda: bob.board[33:35] == b"\0\6")
        lifted = await organiser.undo(done["seq"])
        assert (lifted["changed"], lifted["left"]) == (1, 0)
        await bob.until(lambda: bob.board[33:35] == b"\5\6")
        assert (await ann.place(3, 3, 3))["ok"]
        await organiser.undo(lifted["seq"])
        await bob.until(lambda: bob.board[33:35] == b"\0\6")
        assert (await ann.place(4, 4, 4))["code"] == "banned"
        actions = (await organiser.list())["actions"]
        assert [(action["kind"], action["undone"]) for action in actions] == [
            ("undo", False), ("undo", True), ("ban", False),
        ]  # fmt: skip
        [listed] = (await organiser.list("?kind=ban"))["actions"]
        assert (listed["people"], listed["changed"], listed["left"], listed["selection"]["to"]) == (
            [await author(server, 3, 3)], 1, 1, 3,
        )  # fmt: skip
        assert listed["undoneBy"] == lifted["seq"]


async def test_a_ban_that_is_asked_for_twice_under_one_key_is_one_and_so_is_its_rewind(server: ServerProcess) -> None:
    async with aiohttp.ClientSession(server.url) as http, dial(server.url) as ann:
        await ann.join({})
        await ann.place(1, 1, 5)
        body = {"kind": "ban", "people": [await author(server, 1, 1)], "rewind": {}, "reason": "a flood"}
        answers = [await Organiser(http).post("/api/actions", body, "the same") for _ in range(2)]
        assert answers[0] == answers[1]
        assert (answers[0][1]["seq"], answers[0][1]["changed"]) == (2, 1)
        assert (await config(server))["seq"] == 2


async def test_people_who_draw_on_and_on_leave_nothing_when_they_are_banned(server: ServerProcess) -> None:
    async with aiohttp.ClientSession(server.url) as http, dial(server.url) as ann, dial(server.url) as bob:
        await ann.join({})
        await bob.join({})
        await ann.place(0, 0, 5)
        name = await author(server, 0, 0)

        async def flood() -> int:
            for number in range(100_000):
                answer = await ann.place(number % SIDE, number // SIDE % SIDE, 5)
                if not answer["ok"]:
                    assert answer["code"] == "banned"
                    return min(number, SIDE * SIDE)
            raise AssertionError("nobody stopped it")

        drawing = asyncio.create_task(flood())
        await bob.until(lambda: bob.board.count(5) >= 20)
        done = await Organiser(http).act("ban", people=[name], rewind={})
        drawn = await drawing
        await bob.until(lambda: 5 not in bob.board)
        assert done["changed"] == drawn
        await Organiser(http).undo(done["seq"])
        await bob.until(lambda: bob.board.count(5) == drawn)


async def test_a_zone_is_put_in_force_and_lifted(server: ServerProcess) -> None:
    async with aiohttp.ClientSession(server.url) as http, dial(server.url) as phone:
        organiser = Organiser(http)
        await phone.join({})
        done = await organiser.act("zone", area=AREA, until=ahead(hours=1))
        assert (await phone.place(10, 10, 1))["code"] == "protected"
        [shown] = (await config(server))["zones"]
        assert (shown["id"], shown["closed"], shown["reason"]) == (done["seq"], True, "because")
        await organiser.undo(done["seq"])
        assert (await phone.place(10, 10, 1))["ok"]
        limited = await organiser.act("zone", area=AREA, maxPixels=1, cooldown=60, colors=[3, "#E50000"])
        [shown] = (await config(server))["zones"]
        assert {name: shown[name] for name in ("id", "closed", "maxPixels", "cooldown")} == {
            "id": limited["seq"], "closed": False, "maxPixels": 1, "cooldown": 60,
        }  # fmt: skip
        assert (await phone.place(10, 10, 1))["code"] == "bad_color"
        assert (await phone.place(10, 10, 3))["ok"]
        refused = await phone.place(11, 10, 3)
        assert (refused["code"], refused["zone"]) == ("cooldown", limited["seq"])


async def test_an_announcement_is_told_and_taken_off(server: ServerProcess) -> None:
    texts = {"en": "The bar closes at two", "de": "Die Bar schließt um zwei"}
    async with aiohttp.ClientSession(server.url) as http, dial(server.url) as phone:
        organiser = Organiser(http)
        await phone.join({})
        first = await organiser.act("announce", text="Hello")
        [told] = await phone.event("settings")
        assert told == {"announcement": {"id": first["seq"], "texts": {"und": "Hello"}, "until": None}}
        second = await organiser.act("announce", text=texts, until=ahead(hours=1))
        [told] = await phone.event("settings")
        assert (told["announcement"]["id"], told["announcement"]["texts"]) == (second["seq"], texts)
        await organiser.undo(second["seq"])
        [told] = await phone.event("settings")
        assert told["announcement"]["texts"] == {"und": "Hello"}
        await organiser.undo(first["seq"])
        assert await phone.event("settings") == [{"announcement": None}]


BANNED = {"kind": "ban", "people": ["bee-1f2e3d4c"]}
ZONE = {"kind": "zone", "area": AREA}
WORDS = {"kind": "announce", "text": "Hello"}


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "ban"}, BANNED | {"people": []}, BANNED | {"people": "bee-1f2e3d4c"}, BANNED | {"people": ["ann"]},
        BANNED | {"people": ["bee-1f2e3d4c"] * 2}, BANNED | {"until": "tomorrow"}, BANNED | {"until": ahead(hours=-1)},
        BANNED | {"rewind": []}, BANNED | {"rewind": {"people": ["bee-1f2e3d4c"]}}, BANNED | {"rewind": {"where": 1}},
        BANNED | {"reason": "x" * 201}, BANNED | {"unheardOf": 1}, {"kind": "zone"}, ZONE | {"closed": 1},
        ZONE | {"closed": False}, ZONE | {"maxPixels": 1}, ZONE | {"maxPixels": 0, "cooldown": 60},
        ZONE | {"maxPixels": 1, "cooldown": 0}, ZONE | {"maxPixels": True, "cooldown": 60}, ZONE | {"colors": []},
        ZONE | {"colors": 3}, ZONE | {"colors": [99]}, ZONE | {"area": AREA | {"x": 62}}, ZONE | {"area": [1, 2, 3, 4]},
        {"kind": "announce"}, WORDS | {"text": ""}, WORDS | {"text": {}}, WORDS | {"text": {"english": "Hello"}},
        WORDS | {"text": {"en": 1}}, WORDS | {"text": "x" * 301}, WORDS | {"until": 5},
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_and_does_nothing(server: ServerProcess, body: dict[str, object]) -> None:
    async with aiohttp.ClientSession(server.url) as http:
        status, answer = await Organiser(http).post("/api/actions", {"reason": "because", **body})
        assert (status, answer["statusCode"]) == (422, 422)
        assert answer["message"] != "reason is missing"
        assert isinstance(answer["message"], str)
    assert (await config(server))["seq"] == 0

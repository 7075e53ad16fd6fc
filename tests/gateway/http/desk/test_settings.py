"""Live settings over HTTP: changed for everyone, tried out before, judged by verify, and what is no setting."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from beeplace.board.palette import THESIS_COLORS
from tests import preloaded
from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.e2e.pair import shared_ports, two
from tests.servers import API_KEY, ServerProcess

COLORS = list(THESIS_COLORS)
HEADERS = {"apiKey": API_KEY}
DEADLINE_SECONDS = 30
REFUSED = [
    {"maxPixels": 0}, {"maxPixels": 1001}, {"maxPixels": 1.5}, {"maxPixels": "3"}, {"maxPixels": True},
    {"maxPixels": None}, {"cooldown": -1}, {"cooldown": 86_401}, {"refreshRate": 19}, {"refreshRate": 5_001},
    {"initialColor": 16}, {"initialScale": 0}, {"initialScale": 41}, {"minScale": 41}, {"nothing": 1}, {},
    {"reason": "for nothing"}, {"maxPixels": 3, "reason": "x" * 501}, {"eventName": "x" * 81},
    {"eventName": "a\nb"}, {"eventName": 1}, {"disabledColors": [16]}, {"disabledColors": [-1]},
    {"disabledColors": [1, 1]}, {"disabledColors": [3]}, {"disabledColors": "1"}, {"disabledColors": [True]},
    {"colors": []}, {"colors": COLORS}, {"colors": COLORS[:15]}, {"colors": ["#000000", *COLORS[1:], "#123456"]},
    {"colors": [*COLORS, "#FFF"]}, {"colors": [*COLORS, "#GGGGGG"]}, {"colors": [*COLORS, "url(x)"]},
    {"colors": [*COLORS, "#ffffff"]}, {"colors": [*COLORS, "#123456"], "maxPixels": 3},
    {"colors": [*COLORS, *[f"#0000{n:02X}" for n in range(241)]]},
]  # fmt: skip


@pytest.fixture
def server(start_server: StartServer) -> ServerProcess:
    """One for each test."""
    return start_server()


async def patch(server: ServerProcess, body: Any, query: str = "", **headers: str) -> tuple[int, dict[str, Any]]:
    """Status and answer of a change."""
    async with (
        aiohttp.ClientSession() as session,
        session.patch(f"{server.url}/api/settings{query}", json=body, headers={**HEADERS, **headers}) as response,
    ):
        return response.status, await response.json()


async def settings(server: ServerProcess) -> dict[str, Any]:
    """What `GET /api/settings` says."""
    status, body, _ = await get(server.url, "/api/settings", headers=HEADERS)
    told: dict[str, Any] = json.loads(body)
    assert status == 200
    return told


async def test_a_change_is_an_entry_and_holds_for_everyone(server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        await phone.join()
        status, told = await patch(server, {"maxPixels": 1, "cooldown": 600, "reason": "the square is full"})
        assert (status, told["seq"]) == (200, 1)
        assert (told["settings"]["maxPixels"], told["settings"]["cooldown"]) == (1, 600)
        assert (await phone.event("settings"))[0] == {"maxPixels": 1, "cooldown": 600}
        assert (await phone.place(0, 0, 1))["remainingPixels"] == 0
        assert (await phone.place(0, 0, 2))["code"] == "cooldown"
    told = await settings(server)
    assert (told["chosen"], told["environment"]) == (["cooldown", "maxPixels"], {"cooldown": 10, "maxPixels": 3})
    assert told["settings"]["refreshRate"] == 100


async def test_a_dry_run_says_the_effect_and_changes_nothing(server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        await phone.join()
        body = {"maxPixels": 6, "cooldown": 60}
        status, told = await patch(server, body, "?dry-run")
        assert (status, told["dryRun"], "seq" in told) == (200, True, False)
        assert told["before"]["placementsPerMinute"] == 18  # three pixels in ten seconds, by one person
        assert told["effect"]["placementsPerMinute"] == 6
        assert told["before"]["secondsToCover"] == pytest.approx(4096 / 0.3, abs=0.1)
        assert told["effect"]["secondsToCover"] == pytest.approx(4096 / 0.1, abs=0.1)
        assert 0 < told["effect"]["bytesPerSecond"] < told["before"]["bytesPerSecond"]
        now = await settings(server)
        assert (now["seq"], now["settings"]["maxPixels"]) == (0, 3)
        unlimited = (await patch(server, {"cooldown": 0}, "?dry-run"))[1]["effect"]
        assert unlimited["placementsPerMinute"] is None


async def test_without_people_nothing_is_drawn(server: ServerProcess) -> None:
    effect = (await settings(server))["effect"]
    assert (effect["people"], effect["secondsToCover"], effect["bytesPerSecond"]) == (0, None, 0)


async def test_a_disabled_colour_is_refused_and_what_has_it_stays(server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        await phone.join()
        assert (await phone.place(1, 1, 5))["ok"]
        assert (await patch(server, {"disabledColors": [5]}))[0] == 200
        assert (await phone.event("settings"))[0] == {"disabledColors": [5]}
        assert (await phone.place(2, 1, 5))["code"] == "bad_color"
        assert (await phone.place(2, 1, 6))["ok"]
    status, body, _ = await get(server.url, "/api/pixels/1/1")
    assert (status, json.loads(body)["hex"]) == (200, COLORS[5])


async def test_a_colour_is_added_and_everything_keeps_its_own(start_server: StartServer) -> None:
    server = start_server()
    async with dial(server.url) as phone:
        await phone.join()
        assert (await phone.place(1, 1, 5))["ok"]
    status, told = await patch(server, {"colors": [*COLORS, "#123456"]})
    assert (status, told["settings"]["colors"][16]) == (200, "#123456")
    async with dial(server.url) as phone:
        state = await phone.join({"board": "array"})
        assert (state["colors"][16], phone.board[65]) == ("#123456", 5)
        assert (await phone.place(2, 1, 16))["ok"]
    server.stop()
    server.start()  # the environment has sixteen colours, and an organiser has chosen others
    async with dial(server.url) as phone:
        assert (await phone.join())["colors"][16] == "#123456"
    assert (await settings(server))["environment"] == {"colors": COLORS}


async def test_what_is_no_setting_is_refused_with_the_reason(server: ServerProcess) -> None:
    before = await settings(server)
    for body in REFUSED:
        for query in ("", "?dry-run"):
            status, told = await patch(server, body, query)
            assert (status, told["statusCode"]) == (422, 422), body
            assert told["message"]
    assert await settings(server) == before


async def test_a_change_repeated_under_one_key_happens_once(server: ServerProcess) -> None:
    before = (await settings(server))["seq"]
    answers = [await patch(server, {"maxPixels": 2}, **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert [told["seq"] for _, told in answers] == [before + 1, before + 1]
    for query in ("", "?dry-run"):
        assert (await patch(server, {"maxPixels": 4}, query, **{"Idempotency-Key": "x" * 256}))[0] == 422
    status, _ = await patch(server, {"maxPixels": 4}, **{"Idempotency-Key": "once"})
    assert (status, (await settings(server))["settings"]["maxPixels"]) == (422, 2)


async def test_a_change_is_taken_back_and_that_again(server: ServerProcess) -> None:
    await patch(server, {"maxPixels": 9, "eventName": "Bees", "reason": "a try"})
    await patch(server, {"colors": [*COLORS, "#123456"]})
    status, told = await post(server.url, "/api/actions/1/undo", {"reason": "too much"}, API_KEY)
    assert (status, (await settings(server))["settings"]["maxPixels"]) == (200, 3), told
    status, told = await post(server.url, "/api/actions/2/undo", {}, API_KEY)
    assert (status, (await settings(server))["settings"]["disabledColors"]) == (200, [16]), told
    status, told = await post(server.url, f"/api/actions/{told['seq']}/undo", {}, API_KEY)
    now = (await settings(server))["settings"]
    assert (status, now["disabledColors"], now["colors"][16]) == (200, [], "#123456"), told
    status, body, _ = await get(server.url, "/api/actions", headers=HEADERS)
    first = json.loads(body)["actions"][-1]
    assert (status, first["kind"], first["by"], first["reason"]) == (200, "settings", "API_KEY", "a try")
    async with dial(server.url) as phone:
        await phone.join()
        assert [(await phone.place(n, 0, 1))["ok"] for n in range(4)] == [True, True, True, False]
    assert verified(server) == (0, "")


async def test_settings_are_an_action_too(server: ServerProcess) -> None:
    body = {"kind": "settings", "settings": {"maxPixels": 7}, "reason": "more"}
    assert (await post(server.url, "/api/actions", body, API_KEY))[0] == 200
    assert (await settings(server))["settings"]["maxPixels"] == 7
    wrongs: list[Any] = [{}, {"maxPixels": 0}, {"nothing": 1}, [], None, 7]
    for wrong in wrongs:
        status, told = await post(
            server.url, "/api/actions", {"kind": "settings", "settings": wrong, "reason": ""}, API_KEY
        )
        assert (status, told["statusCode"]) == (422, 422)


async def test_a_change_holds_on_another_gateway(start_server: StartServer) -> None:
    one, other = two(start_server, **shared_ports())
    assert (await patch(one, {"eventName": "Beekeepers' ball", "maxPixels": 9}))[0] == 200
    async with asyncio.timeout(DEADLINE_SECONDS):
        while (now := await settings(other))["settings"]["eventName"] != "Beekeepers' ball":
            pass
    assert (now["settings"]["maxPixels"], now["seq"]) == (9, 1)


async def test_verify_finds_what_was_allowed_right(start_server: StartServer) -> None:
    server = start_server()
    async with dial(server.url) as phone:
        await phone.join()
        await phone.place(1, 1, 5)
        await patch(server, {"disabledColors": [5], "maxPixels": 9})
        await phone.event("settings")
        await phone.place(2, 1, 6)
        await patch(server, {"colors": [*COLORS, "#123456"]})
    assert verified(server) == (0, "")


def verified(server: ServerProcess) -> tuple[int, str]:
    """The exit code of `beeplace verify`, and what it found wrong."""
    done = preloaded.run(server.folder, server.environment, DEADLINE_SECONDS, "verify", "--url", server.url)
    return done.returncode, "".join(line for line in done.stdout.splitlines(True) if line.startswith("wrong"))

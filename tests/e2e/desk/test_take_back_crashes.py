"""A gateway is killed at each step of a rewind or an undo: afterwards all of it is there, or nothing, and once."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from tests.clients.http import LOST, get
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.e2e.pair import shared_ports
from tests.placing import FREELY
from tests.servers import API_KEY, ServerProcess

STEPS = {
    "sqlite": ("locked", "written", "committed", "applied"),
    "postgres": ("locked", "written", "committing", "committed", "applied"),
}
CASES = [(kind, step, "rewind") for kind, steps in STEPS.items() for step in steps]
CASES += [(kind, step, "undo") for kind in STEPS for step in ("written", "committed")]


async def asked(server: ServerProcess, path: str, body: object, key: str) -> dict[str, Any]:
    headers = {"apiKey": API_KEY, "Idempotency-Key": key}
    async with aiohttp.ClientSession(server.url) as http, http.post(path, json=body, headers=headers) as response:
        answer: dict[str, Any] = await response.json()
        assert response.status == 200, answer
        return answer


async def board(server: ServerProcess) -> bytes:
    return (await get(server.url, "/api/board"))[1]


async def vandal_drawn(server: ServerProcess) -> str:
    """Ann's pixels, a vandal's beside and over them, Ann's over those again; who the vandal is."""
    async with dial(server.url) as ann, dial(server.url) as vandal:
        await ann.join()
        await vandal.join()
        for phone, xs, color in ((ann, range(4), 4), (vandal, range(2, 9), 5), (ann, range(6, 8), 6)):
            for x in xs:
                assert (await phone.place(x, 0, color))["ok"]
    _, body, _ = await get(server.url, "/api/pixels/8/0")
    return str(json.loads(body)["changes"][0]["by"])


@pytest.mark.parametrize(("kind", "step", "action"), CASES)
async def test_a_crash_leaves_all_or_nothing(start_server: StartServer, kind: str, step: str, action: str) -> None:
    settings = FREELY | (shared_ports(bus=False) if kind == "postgres" else {})
    server = start_server(**settings)
    vandal = await vandal_drawn(server)
    drawn = await board(server)
    rewind = {"kind": "rewind", "selection": {"people": [vandal]}, "reason": "because"}
    path, body, before, after = "/api/actions", rewind, drawn, bytes((4, 4, 4, 4, 0, 0, 6, 6, 0)) + drawn[9:]
    if action == "undo":
        done = await asked(server, path, body, "first")
        path, body, before, after = f"/api/actions/{done['seq']}/undo", {}, after, before
    assert server.stop() == 0
    server.set(CRASH_AT=f"{step}:1")
    server.start()
    assert await board(server) == before
    with pytest.raises(LOST):
        await asked(server, path, body, "key")
    server.kill()
    server.set(CRASH_AT="")
    server.start()
    found = await board(server)
    assert found in {"committed": [after], "applied": [after], "committing": [before, after]}.get(step, [before])
    answer = await asked(server, path, body, "key")
    assert (answer["changed"], await board(server)) == (5, after)
    undone = await asked(server, f"/api/actions/{answer['seq']}/undo", {}, "back")
    assert (undone["changed"], undone["left"], await board(server)) == (5, 0, before)

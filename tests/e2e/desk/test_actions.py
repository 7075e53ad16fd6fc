"""Organisers' actions over HTTP: what waits too long is answered honestly, and a repeated one is one."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import aiohttp
import apsw
import pytest

from beeplace.log.sqlite.keys import sqlite_keys
from beeplace.people.keys import new_key
from beeplace.people.roles import Role
from tests.clients.http import get, post
from tests.conftest import StartServer
from tests.e2e.inside import gateways
from tests.log.samples import WANTED
from tests.servers import API_KEY, ServerProcess
from tests.waiting import becomes, until

AREA = {"x1": 1, "y1": 2, "x2": 3, "y2": 4, "color": 15}
MANY = 12  # fills, each of which the file's lock holds up for a second: more than anybody waits for


async def act(http: aiohttp.ClientSession, path: str, body: object = AREA, *keys: str) -> tuple[int, dict[str, object]]:
    headers = [("apiKey", API_KEY), *(("Idempotency-Key", key) for key in keys)]
    async with http.post(path, json=body, headers=headers) as response:
        return response.status, await response.json()


async def seq(server: ServerProcess) -> int:
    return int(json.loads((await get(server.url, "/api/config"))[1])["seq"])


async def test_a_repeated_action_is_one_action(server: ServerProcess) -> None:
    asked: list[tuple[str, object]] = [
        ("/board/area", AREA), ("/board/reset", None), ("/board/read-only", {"readOnly": True}),
    ]  # fmt: skip
    async with aiohttp.ClientSession(server.url) as http:
        first = [await act(http, path, body, f"my {path}") for path, body in asked]
        assert [(status, answer["seq"]) for status, answer in first] == [(200, 1), (200, 2), (200, 3)]
    server.kill()
    server.start()
    async with aiohttp.ClientSession(server.url) as http:
        again = [await act(http, path, body, f"my {path}") for path, body in asked]
        for one in (*first, *again):
            del one[1]["epoch"]  # another start of the server has another name for it
        assert again == first
    assert await seq(server) == 3


@pytest.mark.parametrize("keys", [("",), ("a", "b"), ("k" * 256,), ("kéy",)])
async def test_a_key_that_is_none_is_refused(server: ServerProcess, keys: tuple[str, ...]) -> None:
    async with aiohttp.ClientSession(server.url) as http:
        status, answer = await act(http, "/board/area", AREA, *keys)
        assert (status, answer["statusCode"]) == (422, 422)
    assert await seq(server) == 0


async def test_a_key_used_for_something_else_is_refused(server: ServerProcess) -> None:
    async with aiohttp.ClientSession(server.url) as http:
        assert (await act(http, "/board/area", AREA, "key"))[0] == 200
        assert (await act(http, "/board/area", {**AREA, "color": 6}, "key"))[0] == 422
    assert await seq(server) == 1


async def test_what_was_answered_as_failed_does_not_happen_later(start_server: StartServer) -> None:
    """Another program has the file; each fill is told within the time of a request, and the log agrees with it."""
    server = start_server()
    assert (await post(server.url, "/board/area", AREA, API_KEY))[0] == 200
    db = apsw.Connection(str(server.folder / "data" / "beeplace.db"))
    async with aiohttp.ClientSession(server.url) as http:
        db.execute("BEGIN IMMEDIATE")
        acting = [asyncio.create_task(act(http, "/board/area", {**AREA, "color": 1 + n}, f"{n}")) for n in range(MANY)]
        answers = await asyncio.gather(*acting)
        db.execute("ROLLBACK")
        db.close()
        assert {status for status, _ in answers} <= {503, 504}  # 504: what is under way may happen, and is said to
        assert any("did not happen" in str(answer["message"]) for _, answer in answers)
        assert (await act(http, "/board/area", AREA, "later"))[0] == 200
    lines = (await get(server.url, "/api/log?after=1"))[1].decode().splitlines()
    done = {int(line.split(",")[5]) - 1 for line in lines if line.startswith("f,")} - {AREA["color"] - 1}
    assert done <= {n for n, (status, _) in enumerate(answers) if status == 504}


async def test_what_waits_while_its_key_is_revoked_does_not_happen(tmp_path: Path) -> None:
    """Working it out can take seconds; a revoked key opens nothing any more within one."""
    key, stored = new_key("ann", Role.MODERATOR, made_ms := int(time.time() * 1000))
    async with (
        gateways(1, tmp_path) as [one],
        aiohttp.ClientSession(one.address, headers={"apiKey": key}) as http,
        sqlite_keys(tmp_path / "board.db", WANTED) as keys,
    ):
        await keys.add(stored, made_ms)
        fill = {"kind": "fill", "area": {"x": 1, "y": 2, "width": 3, "height": 4}, "color": 5, "reason": "x"}
        async with http.post("/api/actions", json=fill) as response:
            assert response.status == 200
        rewind = {"kind": "rewind", "selection": {}, "reason": "x"}
        holder, turn = await one.gateway.keys.holder(key), one.gateway.desk._turn
        assert holder
        async with turn:  # another one is being worked out
            asked = [
                asyncio.create_task(http.post(path, json=body))
                for path, body in (("/api/actions", rewind), ("/api/actions/1/undo", {}))
            ]
            await until(lambda: len(turn._waiters or ()) == len(asked))
            assert await keys.revoke("ann", made_ms)
            await becomes(lambda: one.gateway.keys.by_identity(holder.identity), None)
        assert [response.status for response in await asyncio.gather(*asked)] == [401, 401]
        assert one.gateway.board.state.seq == 1

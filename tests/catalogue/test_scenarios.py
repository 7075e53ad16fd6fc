"""Rows of the catalogue that need more than one input: a restart, a store that cannot be written, a full queue."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import apsw
import pytest

from tests.catalogue.rows import FILES, whole_rows
from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.clients.raw_http import request
from tests.conftest import StartServer
from tests.servers import API_KEY, ServerProcess

KEY = [f"apiKey: {API_KEY}"]


@contextmanager
def nobody_can_write(server: ServerProcess) -> Iterator[None]:
    """Holds the database's lock, as another tool would."""
    other = apsw.Connection(str(server.folder / "data" / "beeplace.db"))
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def two_resets(start_server: StartServer) -> None:
    """Both happen, one after the other, and each can be taken back: nothing is merged behind anyone's back."""
    server = start_server()
    answers = await asyncio.gather(*(post(server.url, "/board/reset", None, API_KEY) for _ in range(2)))
    assert [status for status, _ in answers] == [200, 200]
    assert sorted(answer["seq"] for _, answer in answers) == [1, 2]
    assert len({answer["epoch"] for _, answer in answers}) == 2


async def read_only_and_a_restart(start_server: StartServer) -> None:
    server = start_server()
    assert (await post(server.url, "/board/read-only", {"readOnly": True}, API_KEY))[0] == 200
    server.kill()
    server.start()
    async with dial(server.url) as phone:
        assert (await phone.join("me"))["readOnly"] is True
        assert (await phone.place(1, 1, 1))["code"] == "read_only"


async def the_store_is_down(start_server: StartServer) -> None:
    server = start_server()
    _, before, headers = await get(server.url, "/api/board")
    with nobody_can_write(server):
        answer = await request(server.port, "POST", "/board/reset", KEY)
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) > 0
        assert json.loads(answer.body)["statusCode"] == 503
        status, body, _ = await get(server.url, "/ready")
        assert (status, b"saving is paused" in body) == (503, True)
    _, after, headers_after = await get(server.url, "/api/board")
    assert (after, headers_after["ETag"]) == (before, headers["ETag"])
    assert (await request(server.port, "POST", "/board/reset", KEY)).status == 200
    assert (await get(server.url, "/ready"))[0] == 200
    assert b"Traceback" not in server.log.read_bytes()


async def a_full_queue(start_server: StartServer) -> None:
    """The queue holds 4,096 beside the 1,000 of the commit under way: who comes then is told to come back."""
    server = start_server(SOCKET_EVENTS_PER_SECOND=10_000, COOLDOWN=0)
    async with dial(server.url) as phone:
        await phone.join("me")
        with nobody_can_write(server):
            for number in range(1, 5_401):
                await phone.send(f'42{1000 + number}["pixelFromPlayer",{{"x":1,"y":1,"color":1}}]')
            await phone.until(lambda: len(phone.answers) >= 200)
        await phone.until(lambda: len(phone.answers) == 5_400)
        found = Counter(answer.get("code", "ok") for answer in phone.answers.values())
        assert found["busy"] >= 200
        assert set(found) <= {"busy", "store_unavailable", "ok"}
        assert all(a["retryIn"] > 0 for a in phone.answers.values() if a.get("code") == "busy")
        assert (await phone.place(2, 2, 2))["ok"]
    assert b"Traceback" not in server.log.read_bytes()


SCENARIOS: dict[str, Callable[[StartServer], Awaitable[None]]] = {
    play.__name__: play for play in (two_resets, read_only_and_a_restart, the_store_is_down, a_full_queue)
}


@pytest.mark.parametrize("row", [row for name in FILES for row in whole_rows(name, "scenario")])
async def test_a_scenario_ends_as_it_must(start_server: StartServer, row: dict[str, str]) -> None:
    await SCENARIOS[row["scenario"]](start_server)

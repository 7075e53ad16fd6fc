"""Commands over the desk's socket: what the routes of HTTP do, for who may, once; and wrong ones."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.gateway.desk_socket.desks import DEADLINE_SECONDS, ORGANISER, Desk, desk, ticket
from tests.keys import add_key
from tests.placing import FREELY
from tests.servers import API_KEY, ServerProcess

AREA = {"x": 0, "y": 0, "width": 2, "height": 1}
FILL = {"kind": "fill", "area": AREA, "color": 3, "reason": "because"}


@pytest.fixture
def server(start_server: StartServer) -> ServerProcess:
    return start_server(**FREELY)


async def ask(opened: Desk, name: str, *payload: object) -> dict[str, Any]:
    data = payload if len(payload) != 1 else payload[0]
    answer: dict[str, Any] = await opened.client.call(name, data, namespace=ORGANISER, timeout=DEADLINE_SECONDS)
    return answer


async def test_what_is_done_over_http_is_done_and_answered_the_same(server: ServerProcess) -> None:
    async with dial(server.url) as ann, desk(server.url) as opened:
        await ann.join({})
        await ann.place(0, 0, 5)
        selection = {"area": AREA}
        preview, authors = await ask(opened, "preview", selection), await ask(opened, "authors", selection)
        for name, answer in (("preview", preview), ("authors", authors)):
            status, told = await post(server.url, f"/api/selections/{name}", selection, key=API_KEY)
            assert (status, {"statusCode": 200, **told}) == (200, answer)
        done = await ask(opened, "act", {**FILL, "idempotencyKey": "one"})
        assert done == {
            "statusCode": 200, "message": "Done", "seq": 2, "epoch": done["epoch"], "changed": 2, "left": 0,
            "leftPixels": [],
        }  # fmt: skip
        assert await ask(opened, "act", {**FILL, "idempotencyKey": "one"}) == done
        assert (await ask(opened, "act", {**FILL, "color": 4, "idempotencyKey": "one"}))["statusCode"] == 422
        await ann.until(lambda: ann.board[:2] == b"\3\3")
        undone = await ask(opened, "undo", {"seq": 2, "reason": "a mistake"})
        assert (undone["seq"], undone["changed"]) == (3, 2)
        await ann.until(lambda: ann.board[:2] == b"\5\0")
        begun = await ask(opened, "panic", {"begun": True, "idempotencyKey": "two"})
        assert await ask(opened, "panic", {"begun": True, "idempotencyKey": "two"}) == begun
        assert (await ask(opened, "panic", {"begun": False, "idempotencyKey": "two"}))["statusCode"] == 422
        assert (await ann.place(1, 1, 1))["code"] == "read_only"
        assert (await ask(opened, "panic", {"begun": False}))["statusCode"] == 200
        assert (await ann.place(1, 1, 1))["ok"]
        listed = json.loads((await get(server.url, "/api/actions", headers={"apiKey": API_KEY}))[1])["actions"]
        assert [action["kind"] for action in listed] == ["panic", "panic", "undo", "fill"]


WRONG: list[tuple[str, tuple[object, ...], int]] = [
    ("act", (), 422), ("act", ("x",), 422), ("act", ([],), 422), ("act", (FILL, FILL), 422), ("act", ({},), 422),
    ("act", (FILL | {"more": 1},), 422), ("act", (FILL | {"color": float("nan")},), 422),
    ("act", (FILL | {"reason": "\ud800"},), 400), ("act", (FILL | {"reason": b"bytes"},), 400),
    ("act", (FILL | {"idempotencyKey": 5},), 422), ("act", (FILL | {"idempotencyKey": ""},), 422),
    ("undo", ({"seq": 99},), 404), ("undo", ({"seq": "1"},), 422), ("undo", ({"seq": 0},), 422), ("undo", ({},), 422),
    ("panic", ({},), 422), ("panic", ({"begun": 1},), 422), ("preview", ({"where": 1},), 422),
    ("authors", ({"people": []},), 422),
]  # fmt: skip


async def test_what_is_wrong_is_said_and_a_role_is_what_it_is(server: ServerProcess) -> None:
    async with desk(server.url) as opened:
        for name, payload, status in WRONG:
            answer = await ask(opened, name, *payload)
            assert (answer["statusCode"], bool(answer["message"])) == (status, True), (name, payload)
    viewer = await asyncio.to_thread(add_key, server, "Vera", "viewer")
    moderator = await asyncio.to_thread(add_key, server, "Mia", "moderator")
    async with desk(server.url, await ticket(server.url, viewer)) as opened:
        asked: dict[str, dict[str, object]] = {
            "act": FILL, "undo": {"seq": 1}, "panic": {"begun": True}, "preview": {}, "authors": {},
        }  # fmt: skip
        for name, given in asked.items():
            assert (await ask(opened, name, given))["statusCode"] == 403, name
    async with desk(server.url, await ticket(server.url, moderator)) as opened:
        assert (await ask(opened, "act", {"kind": "reset", "reason": ""}))["statusCode"] == 403
        assert (await ask(opened, "act", FILL))["seq"] == 1


async def test_more_than_some_at_once_are_not_done(server: ServerProcess) -> None:
    async with desk(server.url) as opened:
        answers = await asyncio.gather(*(ask(opened, "preview", {}) for _ in range(60)))
        counts = [answer["statusCode"] for answer in answers]
        assert set(counts) <= {200, 503}
        assert counts.count(200) >= 16
        assert (await ask(opened, "preview", {}))["statusCode"] == 200

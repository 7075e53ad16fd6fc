"""Organisers' actions over HTTP: select, look, rewind, undo, list; and every wrong request has its answer."""

from __future__ import annotations

import io
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.clients.phone import Phone
from tests.conftest import StartServer
from tests.keys import add_key
from tests.placing import FREELY
from tests.servers import API_KEY, ServerProcess
from tests.waiting import until

AREA = {"x": 0, "y": 0, "width": 3, "height": 2}


class Organiser:
    """One who has a key."""

    def __init__(self, http: aiohttp.ClientSession, key: str | None = API_KEY) -> None:
        self._http = http
        self._key = {} if key is None else {"apiKey": key}

    async def post(self, path: str, body: object = None, idempotency_key: str | None = None) -> tuple[int, Any]:
        headers = self._key | ({"Idempotency-Key": idempotency_key} if idempotency_key else {})
        async with self._http.post(path, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def act(self, kind: str, **fields: object) -> dict[str, Any]:
        status, answer = await self.post("/api/actions", {"kind": kind, "reason": "because", **fields})
        assert status == 200, answer
        found: dict[str, Any] = answer
        return found

    async def undo(self, seq: int) -> dict[str, Any]:
        status, answer = await self.post(f"/api/actions/{seq}/undo", {"reason": "a mistake"})
        assert status == 200, answer
        found: dict[str, Any] = answer
        return found

    async def list(self, query: str = "") -> dict[str, Any]:
        async with self._http.get("/api/actions" + query, headers=self._key) as response:
            found: dict[str, Any] = await response.json()
            assert response.status == 200, found
            return found


@pytest.fixture
def server(start_server: StartServer) -> ServerProcess:
    return start_server(**FREELY)


@pytest.fixture
async def http(server: ServerProcess) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url) as http:
        yield http


@pytest.fixture
def organiser(http: aiohttp.ClientSession) -> Organiser:
    return Organiser(http)


@asynccontextmanager
async def phones(server: ServerProcess, count: int) -> AsyncIterator[list[Phone]]:
    """People who have joined."""
    joined = [Phone(server.url) for _ in range(count)]
    try:
        for phone in joined:
            await phone.open()
            await phone.join()
        yield joined
    finally:
        for phone in joined:
            await phone.close()


async def drawn_by(http: aiohttp.ClientSession, x: int, y: int) -> str:
    async with http.get(f"/api/pixels/{x}/{y}") as response:
        return str((await response.json())["changes"][0]["by"])


async def shows(phone: Phone, *colors: int) -> None:
    """The first pixels of the board, on a phone."""
    await until(lambda: tuple(phone.board[: len(colors)]) == colors)


async def test_a_person_is_looked_up_previewed_taken_out_and_put_back(
    server: ServerProcess, http: aiohttp.ClientSession, organiser: Organiser
) -> None:
    async with phones(server, 3) as (ann, bob, watcher):
        for phone, x, color in ((bob, 0, 4), (ann, 0, 5), (ann, 1, 5), (bob, 1, 6), (ann, 2, 5)):
            assert (await phone.place(x, 0, color))["ok"]
        await shows(watcher, 5, 6, 5)
        _, told = await organiser.post("/api/selections/authors", {"area": AREA})
        assert [(one["pixels"], one["share"]) for one in told["people"]] == [(3, 0.6), (2, 0.4)]
        vandal = told["people"][0]["person"]
        assert vandal == await drawn_by(http, 2, 0)
        assert told["people"][0]["first"] <= told["people"][0]["last"]

        _, preview = await organiser.post("/api/selections/preview", {"area": AREA, "people": [vandal]})
        assert (preview["pixels"], preview["people"], preview["left"]) == (2, 1, 1)
        picture = Image.open(io.BytesIO(b64decode(preview["picture"].removeprefix("data:image/png;base64,"))))
        assert (picture.size, picture.mode) == ((3, 2), "RGBA")
        assert picture.tobytes()[3::4] == bytes([255, 0, 255, 0, 0, 0])

        rewound = await organiser.act("rewind", selection={"area": AREA, "people": [vandal]})
        assert (rewound["seq"], rewound["changed"], rewound["left"]) == (6, 2, 1)
        assert rewound["leftPixels"] == [{"x": 1, "y": 0, "seq": 4}]
        await shows(watcher, 4, 6, 0)
        assert (await bob.place(2, 0, 7))["ok"]
        undone = await organiser.undo(rewound["seq"])
        assert (undone["changed"], undone["left"], undone["leftPixels"]) == (1, 1, [{"x": 2, "y": 0, "seq": 7}])
        await shows(watcher, 5, 6, 7)
        again = await organiser.undo(undone["seq"])
        assert again["changed"] == 1
        await shows(watcher, 4, 6, 7)
        assert bytes(watcher.board) == bytes(ann.board)
    server.kill()
    server.start()
    async with phones(server, 1) as (late,), aiohttp.ClientSession(server.url) as restarted:
        await shows(late, 4, 6, 7)
        first = await Organiser(restarted).undo(again["seq"])
        assert first["changed"] == 1
        await shows(late, 5, 6, 7)


async def test_a_rewind_to_a_moment_takes_back_all_that_came_after_it(
    server: ServerProcess, organiser: Organiser
) -> None:
    async with phones(server, 2) as (ann, bob):
        for x in range(3):
            assert (await ann.place(x, 0, 4))["ok"]
        seq = (await bob.place(1, 0, 6))["seq"]
        await organiser.act("fill", area=AREA, color=9)
        answer = await organiser.act("rewind", selection={"from": seq - 1})
        assert answer["changed"] == 6
        again = await organiser.act("rewind", selection={"from": seq - 1})
        assert (again["seq"], again["changed"], again["left"]) == (None, 0, 0)  # it is so already
        await shows(bob, 4, 4, 4, 0)
        assert (await organiser.act("rewind", selection={}))["changed"] == 3
        await shows(bob, 0, 0, 0, 0)
        nothing = await organiser.act("rewind", selection={})
        assert (nothing["seq"], nothing["changed"], nothing["left"]) == (None, 0, 0)


async def test_selections_by_time_and_kind(
    server: ServerProcess, http: aiohttp.ClientSession, organiser: Organiser
) -> None:
    async with phones(server, 1) as (ann,):
        assert (await ann.place(0, 0, 4))["ok"]
        async with http.get("/api/pixels/0/0") as response:
            at = (await response.json())["changes"][0]["at"]
        _, told = await organiser.post("/api/selections/authors", {})
        first = told["people"][0]["first"]
        _, one = await organiser.post("/api/selections/preview", {"since": first, "until": first})
        assert one["pixels"] == 1, (first, at)
        _, none = await organiser.post("/api/selections/preview", {"until": "2020-01-01T00:00:00+01:00"})
        assert none["pixels"] == 0
        await organiser.act("fill", area=AREA, color=3)
        _, fills = await organiser.post("/api/selections/preview", {"kinds": ["fill"]})
        assert (fills["pixels"], fills["people"]) == (6, 0)
        _, placements = await organiser.post("/api/selections/preview", {"kinds": ["placement"]})
        assert (placements["pixels"], placements["left"]) == (0, 1)


async def test_fills_clears_and_pastes_are_actions_that_are_listed(organiser: Organiser) -> None:
    fill = await organiser.act("fill", area=AREA, color=7)
    assert (fill["changed"], fill["left"]) == (6, 0)
    pixels, mask = b64encode(bytes([1, 2, 3, 4, 5, 6])).decode(), b64encode(bytes([1, 1, 0, 0, 0, 1])).decode()
    paste = await organiser.act("paste", area=AREA, pixels=pixels, mask=mask)
    assert paste["changed"] == 3
    clear = await organiser.act("clear", area=AREA)
    undone = await organiser.undo(clear["seq"])
    assert undone["changed"] == 6
    found = (await organiser.list())["actions"]
    assert [one["kind"] for one in found] == ["undo", "clear", "paste", "fill"]
    assert {(one["by"], one["reason"]) for one in found[1:]} == {("API_KEY", "because")}
    assert (found[0]["undoes"], found[1]["undoneBy"], found[3]["undoneBy"]) == (clear["seq"], undone["seq"], None)
    assert (found[3]["area"], found[3]["color"], found[0]["changed"]) == (AREA, 7, 6)
    page = await organiser.list("?limit=2")
    assert ([one["kind"] for one in page["actions"]], page["next"]) == (["undo", "clear"], clear["seq"])
    rest = await organiser.list(f"?limit=2&before={page['next']}")
    assert [one["kind"] for one in rest["actions"]] == ["paste", "fill"]
    assert [one["seq"] for one in (await organiser.list("?kind=fill&by=API_KEY"))["actions"]] == [fill["seq"]]
    assert (await organiser.list("?by=nobody")) == {"actions": [], "next": None}


async def test_what_one_did_is_listed_with_everything_and_by_whom_it_was_taken_back(
    server: ServerProcess, http: aiohttp.ClientSession, organiser: Organiser
) -> None:
    mia = Organiser(http, add_key(server, "Mia", "moderator"))
    people = [f"bee-{number:032x}" for number in range(600)]  # more than the beginning of a payload holds
    fill, ban = await mia.act("fill", area=AREA, color=7), await mia.act("ban", people=people)
    zone = await mia.act("zone", area={"x": 20, "y": 20, "width": 4, "height": 4}, maxPixels=1, cooldown=60)
    await mia.act("announce", text={"en": "Hello", "de": "Hallo"}, until="2099-01-01T00:00:00Z")
    await mia.act("read-only", readOnly=True)
    await organiser.act("settings", settings={"maxPixels": 9})
    undone = await organiser.undo(fill["seq"])
    words, closed = {"en": "Hello", "de": "Hallo"}, {"closed": False, "maxPixels": 1, "cooldown": 60}
    found = {one["kind"]: one for one in (await mia.list("?by=Mia"))["actions"]}
    assert list(found) == ["read-only", "announce", "zone", "ban", "fill"]
    assert (found["read-only"]["readOnly"], found["ban"]["people"], found["ban"]["until"]) == (True, people, None)
    assert (found["announce"]["texts"], found["announce"]["until"][:10]) == (words, "2099-01-01")
    assert {name: found["zone"][name] for name in closed} == closed
    assert found["fill"]["undone"]
    assert (found["fill"]["undo"]["seq"], found["fill"]["undo"]["by"]) == (undone["seq"], "API_KEY")
    assert (await mia.list("?kind=settings"))["actions"][0]["settings"] == {"maxPixels": 9}

    async def seqs(query: str) -> list[int]:
        return [one["seq"] for one in (await mia.list(query))["actions"]]

    assert await seqs("?undone=true") == [fill["seq"]]
    assert await seqs("?area=2,1,1,1") == [undone["seq"], fill["seq"]]
    assert await seqs("?area=22,22,30,30&undone=false") == [zone["seq"]]
    assert await seqs("?until=2020-01-01T00:00:00Z") == []
    assert await seqs(f"?since={found['ban']['at']}&kind=ban") == [ban["seq"]]
    await organiser.undo(undone["seq"])
    assert (await seqs("?undone=true&by=Mia"), fill["seq"] in await seqs("?undone=false")) == ([], True)
    pages, before = list[int](), ""
    while True:
        page = await mia.list(f"?limit=2{before}")
        pages += [one["seq"] for one in page["actions"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
        await organiser.act("read-only", readOnly=True)  # what happens meanwhile moves no page
    assert pages == sorted(pages, reverse=True)
    assert set(range(1, 9)) == set(pages)


async def test_who_acts_is_told_by_the_name_of_the_key(server: ServerProcess, http: aiohttp.ClientSession) -> None:
    moderator = Organiser(http, add_key(server, "Mia", "moderator"))
    await moderator.act("fill", area=AREA, color=7)
    assert [one["by"] for one in (await moderator.list())["actions"]] == ["Mia"]
    status, answer = await moderator.post("/api/actions", {"kind": "reset", "reason": "no"})
    assert (status, "operator" in answer["message"]) == (403, True)
    reset = await Organiser(http).act("reset")
    assert (await moderator.post(f"/api/actions/{reset['seq']}/undo", {}))[0] == 403
    assert (await Organiser(http).undo(reset["seq"]))["changed"] == 32 * 32


async def test_an_action_under_one_key_happens_once(organiser: Organiser) -> None:
    body = {"kind": "fill", "area": AREA, "color": 7, "reason": "because"}
    first = await organiser.post("/api/actions", body, "one")
    assert await organiser.post("/api/actions", dict(reversed(body.items())), "one") == first
    assert (await organiser.post("/api/actions", {**body, "color": 8}, "one"))[0] == 422
    seq = first[1]["seq"]
    undone = await organiser.post(f"/api/actions/{seq}/undo", {}, "two")
    assert await organiser.post(f"/api/actions/{seq}/undo", {}, "two") == undone
    await organiser.act("fill", area=AREA, color=7)
    rewind = {"kind": "rewind", "selection": {}, "reason": ""}
    rewound = await organiser.post("/api/actions", rewind, "three")
    assert rewound[1]["seq"] == seq + 3
    assert await organiser.post("/api/actions", rewind, "three") == rewound


WRONG_SELECTIONS: list[object] = [
    {"areas": {}}, {"area": None}, {"area": {"x": 0, "y": 0, "width": 0, "height": 1}}, {"area": {**AREA, "x": 30}},
    {"area": {**AREA, "x": -1}}, {"area": {**AREA, "x": 0.0}}, {"area": {**AREA, "x": True}}, {"area": [0, 0, 1, 1]},
    {"area": {**AREA, "z": 1}}, {"area": {"x": 0, "y": 0}}, {"area": {**AREA, "width": 10**12}},
    {"from": -1}, {"from": "1"}, {"from": 1.0}, {"from": True}, {"to": 10**15 + 1}, {"to": None},
    {"since": "yesterday"}, {"since": 1}, {"since": "2026-13-01T00:00:00Z"}, {"since": "2026-11-28T20:15:00"},
    {"since": "2026-11-28"}, {"until": "2026-11-28T20:15:00+99:00"}, {"until": "٢٠٢٦-11-28T20:15:00Z"},
    {"people": []}, {"people": "bee-01234567"}, {"people": ["bee-0123456"]}, {"people": ["BEE-01234567"]},
    {"people": [1]}, {"people": ["bee-0123456789"]}, {"people": ["bee-01234567"] * 1001}, {"except": [None]},
    {"kinds": []}, {"kinds": ["placements"]}, {"kinds": "fill"}, {"kinds": [1]}, {"kinds": [["fill"]]},
]  # fmt: skip


async def test_a_wrong_selection_is_refused_and_never_taken_for_another(organiser: Organiser) -> None:
    await organiser.act("fill", area=AREA, color=7)
    for selection in WRONG_SELECTIONS:
        for path, body in (
            ("/api/selections/preview", selection),
            ("/api/selections/authors", selection),
            ("/api/actions", {"kind": "rewind", "selection": selection, "reason": ""}),
        ):
            status, answer = await organiser.post(path, body)
            assert (status, answer["statusCode"]) == (422, 422), (selection, answer)
    assert len((await organiser.list())["actions"]) == 1


WRONG_ACTIONS: list[dict[str, object]] = [
    {}, {"kind": "nothing"}, {"kind": None}, {"kind": ["fill"]}, {"kind": "fill"}, {"kind": "fill", "area": AREA},
    {"kind": "fill", "area": AREA, "color": 16}, {"kind": "fill", "area": AREA, "color": -1},
    {"kind": "fill", "area": AREA, "color": "red"}, {"kind": "fill", "area": AREA, "color": 1, "colour": 2},
    {"kind": "clear", "area": {**AREA, "width": 33}}, {"kind": "rewind"}, {"kind": "rewind", "selection": None},
    {"kind": "paste", "area": AREA, "pixels": "AAAA"}, {"kind": "paste", "area": AREA, "pixels": "!!!!!!!!"},
    {"kind": "paste", "area": AREA, "pixels": b64encode(bytes([16] * 6)).decode()},
    {"kind": "paste", "area": AREA, "pixels": "AAAAAAAA", "mask": "AAAAAAAA"},
    {"kind": "paste", "area": AREA, "pixels": "AAAAAAAA", "mask": "AgICAgIC"}, {"kind": "read-only", "readOnly": 1},
    {"kind": "paste", "area": AREA, "pixels": "é"}, {"kind": "paste", "area": AREA, "pixels": 7},
    {"kind": "reset", "area": AREA}, {"kind": "fill", "area": AREA, "color": 1, "reason": 5},
    {"kind": "fill", "area": AREA, "color": 1, "reason": "x" * 501},
    {"kind": "fill", "area": AREA, "color": 1, "reason": "\0"},
]  # fmt: skip


async def test_a_wrong_action_is_refused_and_does_nothing(organiser: Organiser) -> None:
    for body in WRONG_ACTIONS:
        status, answer = await organiser.post("/api/actions", {"reason": "because", **body})
        assert (status, answer["statusCode"]) == (422, 422), (body, answer)
        assert "reason is missing" not in answer["message"]
    assert (await organiser.list())["actions"] == []


async def test_a_reason_is_asked_for_and_may_be_empty(organiser: Organiser) -> None:
    for body in ({"kind": "fill", "area": AREA, "color": 1}, {"kind": "reset"}, {"kind": "rewind", "selection": {}}):
        status, answer = await organiser.post("/api/actions", body)
        assert (status, answer["message"]) == (422, "reason is missing")
        assert (await organiser.post("/api/actions", {**body, "reason": ""}))[0] == 200


async def test_what_is_wrong_is_named(organiser: Organiser) -> None:
    for body, said in (
        ({"kind": "fill", "area": AREA, "color": 1, "colour": 2, "reason": ""}, "there is no field colour"),
        ({"kind": "fill", "area": {**AREA, "w": 3}, "color": 1, "reason": ""}, "there is no field area.w"),
        ({"kind": "rewind", "selection": {"form": 3}, "reason": ""}, "there is no field selection.form"),
        ({"kind": "zone", "area": AREA, "maxPixels": "1", "reason": ""}, "maxPixels must be an integer, not a text"),
        ({"kind": "settings", "settings": {"cooldwon": 3}, "reason": ""}, "there is no field settings.cooldwon"),
    ):
        status, answer = await organiser.post("/api/actions", body)
        assert (status, answer["message"]) == (422, said)


async def test_what_cannot_be_undone_or_listed_is_said(organiser: Organiser) -> None:
    await organiser.act("fill", area=AREA, color=7)
    for seq in ("0", "2", "999999999999999", "-1", "x", "1.0", "9" * 30):
        assert (await organiser.post(f"/api/actions/{seq}/undo", {}))[0] == 404, seq
    assert (await organiser.post("/api/actions/1/undo", {"why": "x"}))[0] == 422
    for query in (
        "?by=nobody&since=yesterday",
        "?kind=none&until=",
        "?limit=0",
        "?limit=201",
        "?before=-1",
        "?before=",
        "?kinds=fill",
        "?undone=1",
        "?area=1,2,3",
        "?since=now",
    ):
        with pytest.raises(AssertionError):
            await organiser.list(query)

"""The entry rule end to end, on two gateways: who has not entered watches, who shows a code of a wall draws."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest

from beeplace.board.changes.adjust import Adjust
from beeplace.board.rules import Action
from beeplace.lifecycle import Running
from beeplace.people.redemptions import LEAST_BUDGET
from tests.clients.phone import Phone, dial
from tests.e2e.inside import gateways
from tests.e2e.pair import shared_ports
from tests.servers import API_KEY
from tests.waiting import until

CODE: dict[str, object] = {"ENTRY": "code", "WALL_CODE_SECONDS": 300, "COOLDOWN": 600, "MAX_PIXELS": 3}


class Answer(NamedTuple):
    status: int
    told: dict[str, Any]
    cookies: dict[str, str]


async def asked(
    one: Running, method: str, path: str, body: object = None, *, key: str | None = None, **headers: str
) -> Answer:
    shown = ({"apiKey": key} if key else {}) | headers
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, one.address + path, json=body, headers=shown) as answer,
    ):
        cookies = {name: morsel.value for name, morsel in answer.cookies.items()}
        return Answer(answer.status, await answer.json(), cookies)


async def desk_code(one: Running) -> str:
    """The code that the desk shows."""
    state = await asked(one, "GET", "/api/entry", key=API_KEY)
    return str(state.told["codes"][0]["code"])


async def settle(pair: list[Running], **values: Any) -> None:
    """Changes live settings on one, and waits until all know."""
    entry = await pair[0].gateway.commits.act(Action(Adjust(tuple(values.items())), b"organiser".ljust(16)))
    assert entry is not None
    await until(lambda: all(one.gateway.board.state.seq >= entry.seq for one in pair))


@asynccontextmanager
async def two(folder: Path, **settings: object) -> AsyncIterator[list[Running]]:
    async with gateways(2, folder, **CODE | shared_ports(bus=False) | settings) as pair:
        yield pair


async def entered(one: Running, phone: Phone, code: str, token: str) -> dict[str, Any]:
    """Enters by a code, and joins again with what that gave; the state."""
    done = await asked(one, "POST", "/api/entry", {"code": code, "token": token})
    assert done.status == 200, done
    return await phone.join({"token": done.told["token"], "board": "none"})


async def test_who_shows_a_wall_s_code_draws_and_who_does_not_watches(tmp_path: Path) -> None:
    async with two(tmp_path) as (one, other), dial(one.address) as ann, dial(other.address) as bob:
        answer = await ann.call("join", {}, then=ann.begin)
        state = answer["initialState"]
        assert (answer["code"], state["entry"]) == (
            "entry", {"ways": ["code"], "round": 0, "entered": False, "endsIn": 0},
        )  # fmt: skip
        assert (await ann.place(1, 1, 1))["code"] == "entry"
        assert (await ann.place(1, 1, 1, rid="A" * 22))["code"] == "entry"
        shown = await desk_code(one)
        assert await desk_code(other) == shown  # any gateway can tell, and judge it
        mine = await entered(other, ann, f" {shown[:3].lower()}-{shown[3:].lower()} ", state["token"])
        assert (mine["entry"]["entered"], 0 < mine["entry"]["endsIn"] <= 24 * 3_600_000) == (True, True)
        placed = await ann.place(1, 1, 1)
        assert (placed["ok"], placed["remainingPixels"]) == (True, 2)  # the person is the same as before
        await bob.join({"board": "array"})
        await bob.reached(placed["seq"])
        assert bob.board[65] == 1  # who has not entered sees the board live
        assert (await bob.place(2, 1, 1))["code"] == "entry"


async def test_a_cookie_enters_too_and_one_entry_is_one_person(tmp_path: Path) -> None:
    async with two(tmp_path) as (one, other):
        code = await desk_code(one)
        first = await asked(one, "POST", "/api/entry", {"code": code})
        assert (first.status, first.cookies) == (200, {"beeplace": first.told["token"]})
        again = await asked(other, "POST", "/api/entry", {"code": code}, Cookie=f"beeplace={first.told['token']}")
        async with dial(one.address) as ann, dial(other.address, {"Cookie": f"beeplace={again.told['token']}"}) as tab:
            await ann.join({"token": first.told["token"]})
            assert (await ann.place(1, 1, 1))["remainingPixels"] == 2
            await tab.join({})
            assert (await tab.place(1, 2, 1))["remainingPixels"] == 1  # one person, one allowance


async def test_those_who_have_entered_stay_in_when_the_rule_changes_and_changes_back(tmp_path: Path) -> None:
    async with (
        two(tmp_path) as pair,
        dial(pair[0].address) as ann,
        dial(pair[1].address) as bob,
        dial(pair[1].address) as thesis,
    ):
        await entered(pair[0], ann, await desk_code(pair[0]), (await ann.join())["token"])
        await bob.join()
        told = await thesis.call("join", "a-fingerprint", then=thesis.begin)
        assert (told["code"], told["initialState"]["readOnly"]) == ("entry", True)
        assert "enter" in told["message"]
        await settle(pair, entry=["open"])
        assert await thesis.event("readOnly") == [False]
        for x, phone in enumerate((ann, bob, thesis)):
            assert (await phone.place(x, 3, 1))["ok"]
        await settle(pair, entry=["code"])
        assert await thesis.event("readOnly") == [True]
        assert [(await phone.place(5, 5, 2)).get("code") for phone in (ann, bob, thesis)] == [None, "entry", "entry"]


async def test_an_answer_that_was_lost_is_given_again_behind_a_switch(tmp_path: Path) -> None:
    async with two(tmp_path, ENTRY="open") as pair, dial(pair[0].address) as ann:
        await ann.join()
        placed = await ann.place(1, 1, 1, rid="B" * 22)
        await settle(pair, entry=["code"])
        assert await ann.place(1, 1, 1, rid="B" * 22) == placed
        assert (await ann.place(1, 1, 1, rid="C" * 22))["code"] == "entry"


@pytest.mark.parametrize("wrong", ["BBBBBB", "", "x" * 41, 7, None])
async def test_what_is_no_code_lets_nobody_in(tmp_path: Path, wrong: object) -> None:
    async with gateways(1, tmp_path, **CODE) as [one]:
        answer = await asked(one, "POST", "/api/entry", {"code": wrong})
        assert answer.status == (403 if wrong == "BBBBBB" else 422)
        assert (answer.told.get("code"), answer.cookies) == ("wrong" if wrong == "BBBBBB" else None, {})


async def test_a_code_ends_with_its_round_and_lets_in_so_many(tmp_path: Path) -> None:
    async with two(tmp_path) as pair:
        one, other = pair
        code = await desk_code(one)
        answers = [await asked(one, "POST", "/api/entry", {"code": code}) for _ in range(LEAST_BUDGET + 1)]
        assert {answer.status for answer in answers[:20]} == {200}
        assert (answers[-1].told["code"], answers[-1].told["retryIn"] > 0) == ("spent", True)
        let_in = sum(answer.status == 200 for answer in answers)
        state = (await asked(one, "GET", "/api/entry", key=API_KEY)).told
        assert (state["entered"], state["walls"]) == (let_in, [{"wall": 0, "entered": let_in}])
        token = answers[0].told["token"]
        assert (await asked(one, "POST", "/api/entry", {"code": code, "token": token})).status == 200  # is in already
        await settle(pair, wallCodeRound=1)
        ended = [(await asked(gateway, "POST", "/api/entry", {"code": code})).told["code"] for gateway in (one, other)]
        assert ended == ["wrong", "wrong"]
        assert (await asked(other, "POST", "/api/entry", {"code": await desk_code(one)})).status == 200


async def test_screens_with_a_pass_are_given_codes_ahead_and_strangers_none(tmp_path: Path) -> None:
    async with two(tmp_path) as (one, other):
        made = (await asked(one, "POST", "/api/entry/screens", {"wall": 2}, key=API_KEY)).told
        assert made["fragment"] == f"#pass={made['screenPass']}"
        shown = (await asked(other, "POST", "/api/entry/codes", {"screenPass": made["screenPass"]})).told
        assert (shown["wall"], len(shown["codes"])) == (2, 7)
        starts, ends = ([code[name] for code in shown["codes"]] for name in ("startsIn", "endsIn"))
        assert (starts[0], starts[1:], max(ends) <= 7 * 300_000) == (0, ends[:-1], True)
        assert (await asked(one, "POST", "/api/entry", {"code": shown["codes"][0]["code"]})).status == 200
        assert (await asked(one, "POST", "/api/entry", {"code": shown["codes"][1]["code"]})).told["code"] == "wrong"
        assert (await asked(one, "GET", "/api/entry", key=API_KEY)).told["walls"] == [{"wall": 2, "entered": 1}]
        for forged in ("nonsense", made["screenPass"][:-3] + "AAA", f"é{made['screenPass']}"):
            assert (await asked(one, "POST", "/api/entry/codes", {"screenPass": forged})).status == 403
        assert (await asked(one, "GET", "/api/entry")).status == 401
        assert (await asked(one, "POST", "/api/entry/screens", {})).status == 401


async def test_a_restart_and_a_bad_database_put_nobody_out(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, **CODE) as [one], dial(one.address) as ann:
        state = await entered(one, ann, await desk_code(one), (await ann.join())["token"])
    async with gateways(1, tmp_path, **CODE) as [one], dial(one.address) as ann:
        assert (await ann.join({"token": state["token"]}))["entry"]["entered"]
        assert (await ann.place(1, 1, 1))["ok"]
        one.gateway.commits._pause("the disk is full")
        refused = await asked(one, "POST", "/api/entry", {"code": await desk_code(one)})
        assert refused.status == 503
        assert (await ann.join({"token": state["token"], "board": "none"}))["entry"]["entered"]


async def test_under_open_nothing_is_asked_and_no_code_is_shown(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, **CODE | {"ENTRY": "open"}) as [one], dial(one.address) as ann:
        answer = await ann.call("join", {}, then=ann.begin)
        assert answer.keys() == {"initialState"}
        assert (await asked(one, "GET", "/api/entry", key=API_KEY)).told["codes"] == []
        assert (await asked(one, "POST", "/api/entry", {"code": "BBBBBB"})).told["code"] == "way"
        assert (await ann.place(1, 1, 1))["ok"]

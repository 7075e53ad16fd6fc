"""Coming in by work, on two gateways: who has worked draws, and no solution lets two people in."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import altcha

from beeplace.lifecycle import Running
from beeplace.people.newcomers import SECONDS
from tests.clients.phone import dial
from tests.e2e.entrance.test_wall_code import asked, desk_code, settle, two


async def solved(one: Running) -> dict[str, Any]:
    """A challenge of a gateway, and its solution by the library's own client."""
    answer = await asked(one, "POST", "/api/entry/work")
    challenge = answer.told["challenge"]
    solution = await asyncio.to_thread(altcha.solve_challenge, altcha.Challenge.from_dict(challenge))
    assert solution is not None
    return {**challenge, "counter": solution.counter, "derivedKey": solution.derived_key}


async def test_who_has_worked_draws_and_a_solution_is_used_once_on_all_gateways(tmp_path: Path) -> None:
    async with two(tmp_path, ENTRY="work") as (one, other), dial(other.address) as ann:
        state = await ann.join()
        assert (state["entry"]["ways"], (await ann.place(1, 1, 1))["code"]) == (["work"], "entry")
        work = await solved(one)
        assert work["parameters"]["data"]["tries"] == 1  # in calm
        done = await asked(other, "POST", "/api/entry", {"work": work, "token": state["token"]})
        assert done.status == 200, done.told
        assert done.cookies == {"beeplace": done.told["token"]}
        assert (await ann.join({"token": done.told["token"]}))["entry"]["entered"]
        assert (await ann.place(1, 1, 1))["remainingPixels"] == 2  # who was there before is who draws
        for gateway in (one, other):
            again = await asked(gateway, "POST", "/api/entry", {"work": work})
            assert (again.status, again.told["code"], again.cookies) == (403, "work", {})
        both = await solved(other)
        at_once = await asyncio.gather(*(asked(each, "POST", "/api/entry", {"work": both}) for each in (one, other)))
        assert sorted(answer.status for answer in at_once) == [200, 403]


async def test_one_way_is_shown_and_it_is_one_of_the_rule_s(tmp_path: Path) -> None:
    async with two(tmp_path, ENTRY="code,work") as pair:
        work, code = await solved(pair[0]), await desk_code(pair[0])
        await settle(pair, entry=["code"])
        none = await asked(pair[0], "POST", "/api/entry/work")
        assert (none.status, none.told["code"]) == (403, "way")
        assert (await asked(pair[0], "POST", "/api/entry", {"work": work})).told["code"] == "way"
        negative = {**work, "counter": -1}
        wrongs: list[dict[str, Any]] = [{}, {"work": work, "code": code}, {"work": {}}, {"work": negative}]
        for wrong in wrongs:
            assert (await asked(pair[0], "POST", "/api/entry", wrong)).status == 422
        await settle(pair, entry=["code", "work"])
        assert (await asked(pair[1], "POST", "/api/entry", {"work": work})).status == 200
        assert (await asked(pair[1], "POST", "/api/entry", {"code": code})).status == 200


async def test_work_grows_with_a_flood_and_while_the_log_cannot_be_read_nobody_comes_in(tmp_path: Path) -> None:
    async with two(tmp_path, ENTRY="work") as (one, _):
        easy, newcomers = await solved(one), one.gateway.entrance.newcomers
        one.gateway.identities.issued += 100_000
        newcomers.note()
        hard = (await asked(one, "POST", "/api/entry/work")).told["challenge"]
        assert hard["parameters"]["data"]["tries"] > 100
        assert (await asked(one, "POST", "/api/entry", {"work": easy})).told["code"] == "work"
        for _ in range(SECONDS + 1):
            newcomers.note()
        one.gateway.commits._pause("the disk is full")
        assert (await asked(one, "POST", "/api/entry", {"work": easy})).status == 503

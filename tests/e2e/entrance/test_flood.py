"""Newcomers who come in floods where everybody draws: they work first; people who were there before notice nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from beeplace.lifecycle import Running
from beeplace.people.newcomers import CALM, SECONDS
from tests import redis
from tests.clients.phone import Phone, dial
from tests.e2e.entrance.test_wall_code import asked, desk_code, settle, two
from tests.e2e.entrance.test_work import solved
from tests.waiting import until


@asynccontextmanager
async def flooded(folder: Path) -> AsyncIterator[tuple[list[Running], Phone]]:
    """Two gateways under `open` to which newcomers come in floods, and somebody who was there before."""
    async with two(folder, ENTRY="open") as pair, dial(pair[0].address) as known:
        await known.join()
        for one in pair:
            one.gateway.identities.issued += 1000
        yield pair, known


def calm(pair: list[Running]) -> None:
    """A minute goes by."""
    for one in pair:
        for _ in range(SECONDS + 1):
            one.gateway.entrance.newcomers.note()


async def test_a_newcomer_works_once_and_then_draws_on_all_gateways(tmp_path: Path) -> None:
    async with flooded(tmp_path) as ((one, other), known), dial(one.address) as ann, dial(other.address) as bob:
        assert (await known.place(0, 0, 1))["ok"]
        answer = await ann.call("join", {}, then=ann.begin)
        state = answer["initialState"]
        entry = {"ways": ["open"], "round": 0, "entered": False, "endsIn": 0, "owesWork": True}
        assert (answer["code"], state["entry"]) == ("entry", entry)
        assert "your device works" in answer["message"]
        refused = await ann.place(1, 1, 1)
        assert (refused["code"], refused["message"]) == ("entry", answer["message"])
        await bob.join({"token": state["token"]})  # on the other gateway they are no other person
        assert (await bob.place(1, 1, 1))["code"] == "entry"

        work = await solved(other)
        assert work["parameters"]["data"]["tries"] > 100
        done = await asked(other, "POST", "/api/entry", {"work": work, "token": state["token"]})
        assert (done.status, done.told["endsIn"] <= 180_000) == (200, True), done.told
        mine = (await ann.join({"token": done.told["token"]}))["entry"]
        assert (mine["entered"], mine["owesWork"], mine["endsIn"] > 0) == (True, True, True)
        assert (await ann.place(1, 1, 1))["remainingPixels"] == 2
        for gateway in (one, other):
            again = await asked(gateway, "POST", "/api/entry", {"work": work, "token": state["token"]})
            assert (again.status, again.told["code"]) == (403, "work")


async def test_no_other_token_and_no_other_socket_gets_around_the_work(tmp_path: Path) -> None:
    async with flooded(tmp_path) as ((one, other), known), dial(one.address) as ann, dial(other.address) as bob:
        token = (await known.join())["token"]
        await ann.join()
        await ann.join({"token": token})  # a socket stays who it was
        assert (await ann.place(1, 1, 1))["code"] == "entry"
        await bob.join("a fingerprint")
        assert (await bob.place(1, 1, 1))["code"] == "entry"
        page = await asked(one, "POST", "/api/entry", {"work": await solved(one), "token": token})
        assert (page.status, page.told["code"]) == (403, "way")  # nobody works who need not
        assert (await known.place(5, 5, 1))["ok"]


async def test_once_it_is_calm_one_try_is_enough_for_the_evening(tmp_path: Path) -> None:
    async with flooded(tmp_path) as (pair, _), dial(pair[0].address) as ann:
        token = (await ann.join())["token"]
        calm(pair)
        assert (await ann.place(1, 1, 1))["code"] == "entry"  # names that are kept for later cost work then
        work = await solved(pair[0])
        assert work["parameters"]["data"]["tries"] == 1
        done = await asked(pair[0], "POST", "/api/entry", {"work": work, "token": token})
        assert done.told["endsIn"] > 23 * 3_600_000
        assert "owesWork" not in (await ann.join({"token": done.told["token"]}))["entry"]
        assert (await ann.place(1, 1, 1))["ok"]


async def test_an_original_client_is_told_why_and_draws_when_the_flood_is_over(tmp_path: Path) -> None:
    async with flooded(tmp_path) as (pair, _), dial(pair[0].address) as thesis:
        told = await thesis.call("join", "a-fingerprint", then=thesis.begin)
        assert (told["code"], told["initialState"]["readOnly"]) == ("entry", True)
        assert "newcomers come in floods" in told["message"]
        await thesis.emit("pixelFromPlayer", {"x": 1, "y": 1, "color": 1})
        (rejected,) = await thesis.event("pixelRejected")
        assert (rejected["code"], rejected["message"]) == ("entry", told["message"])
        calm(pair)
        assert await thesis.event("readOnly") == [False]
        assert (await thesis.place(1, 1, 1))["ok"]


async def test_original_clients_whose_gateway_ends_are_no_flood_on_the_other(tmp_path: Path) -> None:
    """It does not know their fingerprints, and on both together there are no more people than before."""
    async with two(tmp_path, ENTRY="open", REDIS_URL=redis.shared_url()) as pair:
        one, other = pair
        names = [f"fingerprint {number}" for number in range(CALM + 20)]
        async with crowd(one, names):
            await until(lambda: len(other.gateway.events._people) == len(names))
            calm(pair)
        await until(lambda: len(other.gateway.events._people) == 0)
        async with crowd(other, names) as answers:
            assert [answer for answer in answers if "code" in answer] == []


@asynccontextmanager
async def crowd(gateway: Running, names: list[str]) -> AsyncIterator[list[dict[str, Any]]]:
    """Original clients with these fingerprints, and what each was answered."""
    async with AsyncExitStack() as stack:
        phones = [await stack.enter_async_context(dial(gateway.address)) for _ in names]
        yield [await phone.call("join", name, then=phone.begin) for phone, name in zip(phones, names, strict=True)]


async def test_a_code_or_another_rule_lets_in_as_ever(tmp_path: Path) -> None:
    async with flooded(tmp_path) as (pair, known), dial(pair[0].address) as ann, dial(pair[0].address) as bob:
        token, other = (await ann.join())["token"], (await bob.join())["token"]
        await settle(pair, entry=["code"])
        code = await desk_code(pair[0])
        done = await asked(pair[0], "POST", "/api/entry", {"code": code, "token": token})
        await ann.join({"token": done.told["token"]})
        assert (await known.place(3, 3, 1))["code"] == "entry"
        await settle(pair, entry=["open"])
        assert (await ann.place(1, 1, 1))["ok"]
        assert (await known.place(3, 3, 1))["ok"]
        await bob.join({"token": other})
        assert (await bob.place(2, 2, 1))["code"] == "entry"  # who came in the flood owes work still


@pytest.mark.parametrize("ways", ["open", "work"])
async def test_doors_that_open_let_everybody_draw(tmp_path: Path, ways: str) -> None:
    """A hundred at once who stay: no flood, under `open` nobody works, and under `work` for one try."""
    async with two(tmp_path, ENTRY=ways) as (one, _):
        phones = [Phone(one.address) for _ in range(100)]
        await asyncio.gather(*(phone.open() for phone in phones))
        states = await asyncio.gather(*(phone.join({"board": "none"}) for phone in phones))
        assert not [state for state in states if "owesWork" in state["entry"]]
        assert (await solved(one))["parameters"]["data"]["tries"] == 1
        await until(lambda: len(one.gateway.events._people) == 100)
        await asyncio.gather(*(phone.close() for phone in phones))


async def test_who_comes_to_look_and_leaves_is_no_flood_and_who_draws_and_leaves_is_one(tmp_path: Path) -> None:
    async with two(tmp_path, ENTRY="open") as (one, _):
        for draws in (False, True):
            for number in range(CALM):
                async with dial(one.address) as phone:
                    state = await phone.join({"board": "none"})
                    assert "owesWork" not in state["entry"], number
                    assert not draws or (await phone.place(number, 1, 1))["ok"]
                await until(lambda: len(one.gateway.events._people) == 0)
        async with dial(one.address) as late:
            assert (await late.join())["entry"]["owesWork"]

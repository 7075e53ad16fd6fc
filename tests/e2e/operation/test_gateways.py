"""Two gateways, one board: what is true on one is true on the other, and stays true without Redis."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests import postgres, redis
from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.clients.tcp import DEADLINE_SECONDS
from tests.e2e.pair import phones, ready, shared_ports, two, until_ready
from tests.servers import API_KEY, ServerProcess
from tests.waiting import becomes

RID = "AAAAAAAAAAAAAAAAAAAAAA"
Pair = tuple[ServerProcess, ServerProcess]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two gateways on one database and one Redis."""
    settings = shared_ports() | {"MAX_PIXELS": 3, "COOLDOWN": 600, "BOARD_SIZE": 16}
    one, other = (ServerProcess(tmp_path_factory.mktemp("gateway"), **settings) for _ in range(2))
    yield one, other
    one.kill()
    other.kill()


async def test_a_pixel_placed_on_one_is_seen_on_the_other(pair: Pair) -> None:
    async with phones(*pair) as (one, other):
        assert (await one.place(3, 4, 5))["ok"]
        await other.until(lambda: other.board[4 * 16 + 3] == 5)
        assert (await other.place(4, 4, 6))["ok"]
        await one.until(lambda: one.board[4 * 16 + 4] == 6)
        await other.reached(one.seq)
        assert (one.epoch, one.seq, one.board) == (other.epoch, other.seq, other.board)


async def test_the_allowance_holds_over_both(pair: Pair) -> None:
    person = {"fingerprint": "the same everywhere"}
    async with phones(*pair, **person) as (one, other):
        told = [await phone.place(x, 0, 1) for x, phone in enumerate((one, other, one))]
        assert [answer["remainingPixels"] for answer in told] == [2, 1, 0]
        refused = await other.place(9, 0, 1)
        assert (refused["code"], 0 < refused["retryIn"] <= 600_000) == ("cooldown", True)
    await until_remembered(pair[1], person)


async def until_remembered(server: ServerProcess, person: dict[str, Any]) -> None:
    """Whoever joins anew is told what is left, though it was used up elsewhere."""
    async with dial(server.url) as phone:
        for _ in range(300):
            if (await phone.join(person))["remainingPixels"] == 0:
                return
            await asyncio.sleep(0.1)  # events are limited
    raise AssertionError("it is not known")


async def test_one_wish_sent_to_both_has_one_effect_and_one_answer(pair: Pair) -> None:
    async with phones(*pair, fingerprint="impatient") as (one, other):
        first, again = await asyncio.gather(one.place(5, 5, 5, rid=RID), other.place(5, 5, 5, rid=RID))
        assert first == again
        assert (first["ok"], first["remainingPixels"]) == (True, 2)


async def test_a_client_resumes_on_the_other_by_delta(pair: Pair) -> None:
    async with phones(pair[0]) as [one]:
        await one.place(6, 6, 1)
        await one.until(lambda: one.board[6 * 16 + 6] == 1)
        known = deepcopy(one.canvas)
        await one.place(7, 6, 2)
        await one.until(lambda: one.board[6 * 16 + 7] == 2)
    async with dial(pair[1].url, canvas=known) as other:
        state = await other.join(known.wanted())
        assert state["delta"]["pixels"] == "7,6,2"
        assert other.board == one.board


async def test_an_organisers_actions_are_on_both(pair: Pair) -> None:
    async with phones(*pair) as (one, other):
        assert (await post(pair[0].url, "/board/area", AREA, API_KEY))[0] == 200
        await other.until(lambda: other.board[2 * 16 + 2] == 9)
        assert (await post(pair[0].url, "/board/read-only", {"readOnly": True}, API_KEY))[0] == 200
        assert await other.event("readOnly") == [True]
        assert (await other.place(1, 1, 1))["code"] == "read_only"
        assert (await post(pair[1].url, "/board/read-only", {"readOnly": False}, API_KEY))[0] == 200
        assert (await post(pair[1].url, "/board/reset", {}, API_KEY))[0] == 200
        assert await one.event("resetBoard")
        await other.event("resetBoard")
        assert (one.epoch, set(one.board)) == (other.epoch, {0})
        assert (await one.place(1, 1, 1, epoch=other.epoch))["ok"]


AREA = {"x1": 2, "y1": 2, "x2": 3, "y2": 3, "color": 9}


async def test_people_are_counted_once_over_both_and_those_of_a_dead_gateway_vanish(pair: Pair) -> None:
    one, other = pair
    async with dial(one.url) as ann, dial(other.url) as ann_again, dial(other.url) as bob:
        await ann.join({"fingerprint": "ann"})
        await ann_again.join({"fingerprint": "ann"})
        await bob.join({"fingerprint": "bob"})
        await becomes(lambda: counted(one), "2.0")
        await becomes(lambda: counted(other), "2.0")
        other.kill()
        await becomes(lambda: counted(one), "1.0")
    other.start()


async def counted(server: ServerProcess) -> str:
    told = (await get(server.url, "/metrics"))[1].decode()
    return told.split("\nbeeplace_people ")[1].split()[0]


async def test_without_redis_gateways_find_each_others_changes_in_the_log(start_server: Any) -> None:
    async with phones(*two(start_server, **shared_ports(bus=False))) as (one, other):
        await one.place(1, 2, 3)
        await other.until(lambda: other.board[2 * 64 + 1] == 3)


async def test_a_redis_that_dies_refuses_no_placement_and_comes_back(start_server: Any) -> None:
    with redis.RedisServer() as bus:
        servers = two(start_server, **shared_ports(bus=False), REDIS_URL=bus.url(), COOLDOWN=0)
        async with phones(*servers) as (one, other):
            bus.kill()
            for x in range(10):
                assert (await one.place(x, 0, 7))["ok"]
            await other.until(lambda: bytes(other.board[:10]) == bytes([7]) * 10)
            await until_ready(servers[0], lambda status, told: status == 200 and "degraded" in told)
            bus.start()
            await until_ready(servers[0], lambda status, told: status == 200 and "degraded" not in told)
            assert (await other.place(0, 1, 8))["ok"]
            await one.until(lambda: one.board[64] == 8)
            async with asyncio.timeout(DEADLINE_SECONDS):
                while bus.command("GET", "{beeplace}:board") != bytes(one.board):
                    await get(servers[0].url, "/health")


async def test_a_database_that_stops_pauses_placing_and_everyone_is_told(start_server: Any) -> None:
    with postgres.PostgresServer() as database:
        settings = shared_ports() | {"DATABASE_URL": database.url("board"), "COOLDOWN": 0}
        servers = two(start_server, **settings)
        async with phones(*servers) as (one, other):
            assert (await one.place(1, 1, 1))["ok"]
            await other.until(lambda: other.board[65] == 1)
            one.on_gap, other.on_gap = one.sync, other.sync  # a database that is started again may be an older one
            database.stop("immediate")
            refused = await one.place(2, 2, 2, rid=RID)
            assert refused["code"] in ("store_unavailable", "unknown")
            assert 1_000 <= refused["retryIn"] <= 5_000
            for phone, server in zip((one, other), servers, strict=True):
                assert await phone.event("settings") == [{"saving": False}]
                status, told = await ready(server)
                assert (status, told["message"].startswith("saving is paused: ")) == (503, True)
                assert await paused(server) == 1
            async with dial(servers[0].url) as late:
                assert (await late.join())["saving"] is False
            database.start()
            for phone, server in zip((one, other), servers, strict=True):
                await until_ready(server, lambda status, _: status == 200)
                assert await paused(server) == 0
                while await phone.event("settings") != [{"saving": True}]:
                    pass
            assert (await one.place(2, 2, 2, rid=RID))["ok"]
            await other.until(lambda: other.board[2 * 64 + 2] == 2)


async def paused(server: ServerProcess) -> int:
    """The metric that alerts are made of."""
    _, body, _ = await get(server.url, "/metrics")
    [line] = [line for line in body.decode().splitlines() if line.startswith("beeplace_saving_paused ")]
    return int(float(line.split()[1]))


async def test_a_gateway_that_starts_with_other_colours_has_the_others_join_again(start_server: Any) -> None:
    ports = shared_ports()
    colors = ["#000000", "#FFFFFF", "#FF0000"]
    one = start_server(**ports, COLORS=json.dumps(colors[:2]), INITIAL_COLOR_INDEX=0)
    async with phones(one) as [phone]:
        start_server(**ports, COLORS=json.dumps(colors), INITIAL_COLOR_INDEX=0)
        await phone.closed()
    async with dial(one.url) as again:
        assert (await again.join())["colors"] == colors
        assert (await again.place(1, 1, 2))["ok"]

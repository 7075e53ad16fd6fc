"""Live settings end to end: a change in the log holds on every gateway at its seq, and is told within a second."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from beeplace.board.changes.adjust import Adjust
from beeplace.board.entries import Entry
from beeplace.board.rules import Action
from beeplace.lifecycle import Running
from tests.clients.http import get
from tests.clients.phone import Phone, dial
from tests.clients.websocket import WebSocket
from tests.conftest import StartServer
from tests.e2e.inside import gateways
from tests.e2e.pair import shared_ports
from tests.waiting import until

ORGANISER = b"organiser".ljust(16)
KINDS = pytest.mark.parametrize("bus", [True, False], ids=["with Redis", "by the log alone"])


async def adjust(one: Running, **values: Any) -> Entry:
    entry = await one.gateway.commits.act(Action(Adjust(tuple(values.items())), ORGANISER))
    assert entry is not None
    return entry


async def config(url: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((await get(url, "/api/config"))[1])
    return told


async def told(phone: Phone, **values: Any) -> None:
    """Waits until the phone hears exactly these settings together, whatever it hears before."""
    while await phone.event("settings") != [values]:
        pass


@KINDS
async def test_a_change_holds_on_both_gateways_at_the_same_seq_within_a_second(tmp_path: Path, *, bus: bool) -> None:
    async with (
        gateways(2, tmp_path, **shared_ports(bus=bus)) as (one, other),
        dial(one.address) as ann,
        dial(other.address) as bob,
    ):
        await ann.join()
        await bob.join()
        clock = asyncio.get_running_loop().time
        entry = await adjust(one, maxPixels=7, cooldown=30)
        began = clock()
        for phone in (ann, bob):
            await told(phone, maxPixels=7, cooldown=30)
        assert clock() - began < 5  # a second is promised, to a machine that is not shared
        for gateway in (one, other):
            state = gateway.gateway.board.state
            assert (state.seq, state.settings.max_pixels) == (entry.seq, 7)
            shown = await config(gateway.address)
            assert (shown["maxPixels"], shown["cooldown"], shown["seq"]) == (7, 30, entry.seq)
        async with dial(other.address) as late:
            first = await late.join()
            assert (first["maxPixels"], first["cooldown"], first["remainingPixels"]) == (7, 30, 7)


async def test_nobody_gets_a_pixel_more_by_a_change_on_the_other_gateway(tmp_path: Path) -> None:
    """The one that places has not heard of the change: the log tells."""
    ports = shared_ports(bus=False) | {"MAX_PIXELS": 3, "COOLDOWN": 600}
    async with (
        gateways(2, tmp_path, **ports) as (one, other),
        dial(one.address) as here,
        dial(other.address) as there,
    ):
        await here.join({"fingerprint": "ann"})
        await there.join({"fingerprint": "ann"})
        assert (await here.place(1, 1, 1))["remainingPixels"] == 2
        await adjust(other, maxPixels=1)
        assert (await here.place(2, 1, 1))["code"] == "cooldown"
        raised = await adjust(one, maxPixels=4)  # until a gateway has heard of more, it refuses by what it knows
        await until(lambda: other.gateway.board.state.seq >= raised.seq)
        answers = [await phone.place(x, 2, 1) for x, phone in enumerate((there, here, there, here, there))]
        assert [answer["ok"] for answer in answers] == [True, True, True, False, False]
        opened = await adjust(other, cooldown=0)
        await until(lambda: one.gateway.board.state.seq >= opened.seq)
        assert [(await here.place(x, 3, 1))["ok"] for x in range(6)] == [True] * 6
        await adjust(other, cooldown=600)
        refused = await here.place(1, 4, 1)
        assert (refused["code"], 0 < refused["retryIn"] <= 600_000) == ("cooldown", True)


async def test_the_refresh_interval_follows(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, COOLDOWN=0, SOCKET_EVENTS_PER_SECOND=10_000) as [one], dial(one.address) as phone:
        await phone.join()
        await adjust(one, refreshRate=20)
        quick = await seconds_of_batches(phone, 1)
        await adjust(one, refreshRate=600)
        await told(phone, refreshRate=600)
        slow = await seconds_of_batches(phone, 2)
        await adjust(one, refreshRate=20)
        await told(phone, refreshRate=20)
        again = await seconds_of_batches(phone, 3)
        assert slow > 1.2  # of 4 batches at least 2 whole intervals lie in between
        assert min(quick, again) < slow / 2


async def seconds_of_batches(phone: Phone, color: int) -> float:
    """How long four batches take, each awaited before the next pixel is placed."""
    clock = asyncio.get_running_loop().time
    began = clock()
    for x in range(4):
        assert (await phone.place(x, 0, color))["ok"]
        await phone.until(lambda x=x: phone.board[x] == color)  # type: ignore[misc]
    return clock() - began


async def test_sockets_of_one_identity_follow(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, SOCKETS_PER_IDENTITY=1) as [one]:
        async with dial(one.address) as first, dial(one.address) as second:
            await first.join({"fingerprint": "ann"})
            await second.join({"fingerprint": "ann"})
            assert await first.closed() == 4409
        await adjust(one, socketsPerIdentity=2)
        async with dial(one.address) as first, dial(one.address) as second, dial(one.address) as third:
            await first.join({"fingerprint": "ann"})
            await second.join({"fingerprint": "bob"})
            await third.join({"fingerprint": "bob"})
            assert (await second.place(1, 1, 1))["ok"]


async def test_events_per_second_follow_for_sockets_that_are_open(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, SOCKET_EVENTS_PER_SECOND=10_000) as [one]:
        wire = await WebSocket.open(int(one.address.rsplit(":", 1)[1]))
        await wire.join()
        for _ in range(50):
            wire.send('42["pixelFromPlayer",{"x":1,"y":1,"color":1}]')
        await adjust(one, eventsPerSecond=5)
        for _ in range(100):
            wire.send('42["pixelFromPlayer",{"x":1,"y":1,"color":1}]')
        assert await wire.close_code() == 4429
        wire.close()
        assert await wire.ended()


async def test_limits_of_the_server_are_not_told_to_clients(tmp_path: Path) -> None:
    async with gateways(1, tmp_path) as [one], dial(one.address) as phone:
        state = await phone.join()
        await adjust(one, socketsPerIdentity=9, eventsPerSecond=99)
        await adjust(one, initialScale=5, minScale=2, initialColor=1)
        assert (await phone.event("settings"))[0] == {"initialScale": 5, "minScale": 2, "initialColor": 1}
        assert not {"socketsPerIdentity", "eventsPerSecond"} & {*state, *await config(one.address)}


async def test_a_value_that_cannot_be_is_no_entry(tmp_path: Path) -> None:
    async with gateways(1, tmp_path) as [one]:
        for values in (
            {"maxPixels": 0},
            {"cooldown": True},
            {"nothing": 1},
            {"initialColor": 16},
            {"minScale": 41},
            {},
        ):
            assert await one.gateway.commits.act(Action(Adjust(tuple(values.items())), ORGANISER)) is None
        assert one.gateway.board.state.seq == 0


async def test_an_organiser_s_choice_survives_a_restart_and_the_environment_has_the_rest(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, MAX_PIXELS=4, COOLDOWN=5) as [one]:
        assert (one.gateway.board.state.seq, one.gateway.board.state.settings.max_pixels) == (0, 4)
        await adjust(one, maxPixels=9)
    async with gateways(1, tmp_path, MAX_PIXELS=2, COOLDOWN=60) as [one], dial(one.address) as phone:
        settings = one.gateway.board.state.settings
        assert (settings.max_pixels, settings.cooldown_seconds, settings.chosen) == (9, 60, frozenset(["maxPixels"]))
        state = await phone.join()
        assert (state["maxPixels"], state["cooldown"], one.gateway.board.state.seq) == (9, 60, 2)
        [entry] = await one.gateway.reads.excerpt(1, 9)
        assert entry.change == Adjust((("cooldown", 60),), from_environment=True)
    async with gateways(1, tmp_path, MAX_PIXELS=2, COOLDOWN=60) as [one]:
        assert one.gateway.board.state.seq == 2  # the same environment is no news


def test_a_start_says_what_an_organiser_chose_otherwise(start_server: StartServer, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/board.db"

    async def choose() -> None:
        async with gateways(1, tmp_path) as [one]:
            await adjust(one, maxPixels=9)

    asyncio.run(choose())
    server = start_server(DATABASE_URL=database, MAX_PIXELS=2, LOG_FORMAT="json")
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    [line] = [line for line in lines if "an organiser chose" in line["event"]]
    assert (line["level"], line["maxPixels"]) == ("warning", 9)

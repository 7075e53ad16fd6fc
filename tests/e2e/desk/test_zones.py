"""Zones end to end: on every gateway at the same seq, told to clients, and gone when they end."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from beeplace.board.allowance import Limits
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.changes.moderation.zone import Zone
from beeplace.board.geometry import Area
from beeplace.board.in_force import End
from beeplace.board.rules import Action
from beeplace.lifecycle import Running
from tests.clients.phone import Phone, dial
from tests.e2e.inside import gateways
from tests.e2e.pair import shared_ports
from tests.e2e.test_live_settings import ORGANISER, config

KINDS = pytest.mark.parametrize("bus", [True, False], ids=["with Redis", "by the log alone"])
INSIDE = Area(10, 10, 4, 4)


async def zone(one: Running, *, seconds: int | None = None, of: int = 0, lifted: bool = False, **rules: Any) -> int:
    """Its seq; `seconds` from now it ends."""
    now_ms, ms = one.gateway.commits.now_ms(), (seconds or 0) * 1000
    end = End(now_ms + ms, time.time_ns() // 1_000_000 + ms) if seconds else None
    entry = await one.gateway.commits.act(Action(Zone(Span(end, now_ms, of, lifted), INSIDE, **rules), ORGANISER))
    assert entry
    return entry.seq


async def zones(phone: Phone) -> list[dict[str, Any]]:
    """What it is told of zones next."""
    while True:
        [fields] = await phone.event("settings")
        if "zones" in fields:
            found: list[dict[str, Any]] = fields["zones"]
            return found


@KINDS
async def test_a_closed_zone_holds_on_every_gateway_and_is_shown(tmp_path: Path, *, bus: bool) -> None:
    async with (
        gateways(2, tmp_path, **shared_ports(bus=bus), COOLDOWN=0) as (one, other),
        dial(one.address) as here,
        dial(other.address) as there,
    ):
        await here.join({})
        await there.join({})
        seq = await zone(one, closed=True, reason="the stage's")
        shown = {
            "id": seq, "x": 10, "y": 10, "width": 4, "height": 4, "closed": True, "until": None,
            "reason": "the stage's",
        }  # fmt: skip
        for phone in (here, there):
            assert await zones(phone) == [shown]
            refused = await phone.place(13, 13, 1)
            told = {name: refused[name] for name in ("ok", "code", "zone", "reason", "until")}
            assert told == {"ok": False, "code": "protected", "zone": seq, "reason": "the stage's", "until": None}
            assert (await phone.place(14, 13, 1))["ok"]
        assert (await config(other.address))["zones"] == [shown]
        async with dial(other.address) as late:
            assert (await late.join())["zones"] == [shown]
        await zone(other, closed=True, of=seq, lifted=True)
        for phone in (here, there):
            assert await zones(phone) == []
            assert (await phone.place(13, 13, 1))["ok"]


@KINDS
async def test_an_allowance_of_its_own_is_one_on_all_gateways(tmp_path: Path, *, bus: bool) -> None:
    """Also where the one that places has not heard of the zone: the log tells."""
    ports = shared_ports(bus=bus) | {"MAX_PIXELS": 2, "COOLDOWN": 600}
    async with (
        gateways(2, tmp_path, **ports) as (one, other),
        dial(one.address) as here,
        dial(other.address) as there,
    ):
        await here.join({"fingerprint": "ann"})
        await there.join({"fingerprint": "ann"})
        seq = await zone(one, limits=Limits(1, 60_000))
        first = await there.place(10, 10, 1)
        assert (first["ok"], first["remainingPixels"]) == (True, 2)
        refused = await here.place(11, 10, 1)
        assert (refused["code"], refused["zone"], 0 < refused["retryIn"] <= 60_000) == ("cooldown", seq, True)
        answers = [await phone.place(x, 1, 1) for x, phone in enumerate((here, there, here))]
        assert [answer["ok"] for answer in answers] == [True, True, False]
        assert "zone" not in answers[2]


async def test_colours_of_its_own_are_told_where_they_are_broken(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, COOLDOWN=0) as [one], dial(one.address) as phone:
        await phone.join({})
        seq = await zone(one, colors=(3, 5), reason="black and white")
        refused = await phone.place(10, 10, 4)
        assert (refused["code"], refused["zone"], refused["reason"]) == ("bad_color", seq, "black and white")
        assert (await phone.place(10, 10, 5))["ok"]
        assert (await zones(phone))[0]["colors"] == [3, 5]


async def test_phones_hear_when_it_ends(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, COOLDOWN=0) as [one], dial(one.address) as phone:
        await phone.join({})
        await zone(one, closed=True, seconds=2)
        [told] = await zones(phone)
        assert told["until"][-1] == "Z"
        assert (await phone.place(10, 10, 1))["code"] == "protected"
        assert await zones(phone) == []
        assert (await phone.place(10, 10, 1))["ok"]
        assert (await config(one.address))["zones"] == []

"""Bans end to end: at once on open sockets, on every gateway, with why and until when; and over again as before."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.in_force import End
from beeplace.board.rules import Action
from beeplace.lifecycle import Running
from tests.clients.http import get
from tests.clients.phone import dial
from tests.e2e.inside import gateways
from tests.e2e.pair import shared_ports
from tests.e2e.test_live_settings import ORGANISER

KINDS = pytest.mark.parametrize("bus", [True, False], ids=["with Redis", "by the log alone"])
HOUR_MS = 3_600_000


async def who_drew(one: Running, x: int, y: int) -> str:
    """As everybody sees it."""
    name: str = json.loads((await get(one.address, f"/api/pixels/{x}/{y}"))[1])["changes"][0]["by"]
    return name


async def ban(one: Running, *people: str, seconds: int | None = None, **more: Any) -> int:
    """Its seq; `seconds` from now it ends."""
    now_ms = one.gateway.commits.now_ms()
    end = None if seconds is None else End(now_ms + seconds * 1000, time.time_ns() // 1_000_000 + seconds * 1000)
    entry = await one.gateway.commits.act(Action(Ban(Span(end, now_ms, **more), people, "a flood"), ORGANISER))
    assert entry
    return entry.seq


@KINDS
async def test_it_holds_at_once_on_open_sockets_of_every_gateway(tmp_path: Path, *, bus: bool) -> None:
    async with (
        gateways(2, tmp_path, **shared_ports(bus=bus), COOLDOWN=0) as (one, other),
        dial(one.address) as ann,
        dial(other.address) as ann_again,
        dial(other.address) as bob,
    ):
        token = (await ann.join({}))["token"]
        await ann_again.join({"token": token})
        await bob.join({})
        assert (await ann.place(1, 1, 1))["ok"]
        name = await who_drew(one, 1, 1)
        seq = await ban(one, name, seconds=3600)
        for phone in (ann, ann_again):
            [told] = await phone.event("banned")
            assert (told["reason"], 0 < told["retryIn"] <= HOUR_MS, told["until"][-1]) == ("a flood", True, "Z")
            assert await phone.event("readOnly") == [True]
            refused = await phone.place(2, 2, 2)
            assert (refused["ok"], refused["code"]) == (False, "banned")
            assert (refused["reason"], refused["until"]) == ("a flood", told["until"])
        assert (await bob.place(3, 3, 3))["ok"]
        await bob.until(lambda: bob.board[3 * 64 + 3] == 3)
        assert not [told for told in bob.told if told[0] == "banned"]
        await ban(other, name, of=seq, lifted=True)
        for phone in (ann, ann_again):
            assert await phone.event("banned") == [None]
            assert await phone.event("readOnly") == [False]
            assert (await phone.place(4, 4, 4))["ok"]


async def test_who_is_banned_is_not_let_in_but_may_watch_and_hears_of_the_end(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, COOLDOWN=0) as [one]:
        async with dial(one.address) as ann:
            token = (await ann.join({}))["token"]
            await ann.place(1, 1, 1)
        seq = await ban(one, name := await who_drew(one, 1, 1))
        async with dial(one.address) as ann:
            refused = await ann.call("join", {"token": token})
            assert {name: refused[name] for name in ("ok", "code", "reason", "until")} == {
                "ok": False, "code": "banned", "reason": "a flood", "until": None,
            }  # fmt: skip
            assert "retryIn" not in refused
            assert (await ann.place(2, 2, 2))["code"] == "banned"
            await ann.join({"token": token, "watch": True})
            assert (await ann.place(2, 2, 2))["code"] == "banned"
            await ban(one, name, of=seq, lifted=True)
            assert await ann.event("banned") == [None]
            await ann.join({"token": token})
            assert (await ann.place(2, 2, 2))["ok"]


async def test_an_original_client_is_told_in_its_own_words(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, COOLDOWN=0) as [one], dial(one.address) as ann:
        await ann.join("a fingerprint")
        await ann.emit("pixelFromPlayer", {"x": 1, "y": 1, "color": 1})
        await ann.until(lambda: ann.board[65] == 1)
        await ban(one, await who_drew(one, 1, 1))
        assert await ann.event("readOnly") == [True]
        await ann.emit("pixelFromPlayer", {"x": 1, "y": 1, "color": 2})
        [rejected] = await ann.event("pixelRejected")
        assert (rejected["code"], rejected["current"], rejected["reason"]) == ("banned", 1, "a flood")


async def test_it_ends_by_itself(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, COOLDOWN=0, SOCKET_EVENTS_PER_SECOND=10_000) as [one], dial(one.address) as ann:
        await ann.join({})
        await ann.place(1, 1, 1)
        await ban(one, await who_drew(one, 1, 1), seconds=2)
        while not (answer := await ann.place(2, 2, 2))["ok"]:
            assert answer["code"] == "banned"

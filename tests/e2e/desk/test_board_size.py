"""The board's size as a live setting: on every gateway at one seq, for every client, while people go on drawing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from beeplace.history.backup import backup, restore
from beeplace.history.verify.check import Check, ShownBoard
from beeplace.lifecycle import Running
from beeplace.log.postgres.archive import PostgresArchive
from beeplace.log.sqlite.archive import SqliteArchive
from tests.clients.http import get
from tests.clients.phone import Phone, dial
from tests.closed_store import archive
from tests.e2e.inside import gateways
from tests.e2e.pair import shared_ports
from tests.log.samples import STORES, Session
from tests.servers import API_KEY
from tests.waiting import until

FREE = {"COOLDOWN": 0, "SOCKET_EVENTS_PER_SECOND": 10_000}
LARGER, SMALLER = {"width": 100, "height": 80}, {"width": 20, "height": 30}
KINDS = pytest.mark.parametrize("kind", ["one with SQLite", "two with Redis", "two by the log alone"])
Ask = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@asynccontextmanager
async def running_as(kind: str, folder: Path) -> AsyncIterator[list[Running]]:
    """The first and the last are one or two gateways."""
    shared = {} if kind.startswith("one") else shared_ports(bus="Redis" in kind)
    async with gateways(1 if kind.startswith("one") else 2, folder, **FREE, **shared) as found:
        yield found


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[Ask]:
    async with aiohttp.ClientSession(url, headers={"apiKey": API_KEY}) as http:

        async def ask(method: str, path: str, body: object = None, key: str = "") -> tuple[int, dict[str, Any]]:
            headers = {"Idempotency-Key": key} if key else {}
            async with http.request(method, path, json=body, headers=headers) as response:
                return response.status, await response.json()

        yield ask


async def shown(one: Running) -> tuple[int, int, bytes]:
    _, pixels, headers = await get(one.address, "/api/board")
    return int(headers["X-Board-Width"]), int(headers["X-Board-Height"]), pixels


async def draw_on(phone: Phone, drawn: list[tuple[int, int, int]]) -> None:
    """Places pixels one after another for as long as it is let; keeps those that were confirmed."""
    number = 0
    while True:
        number += 1
        x, y, color = number * 7 % 64, number // 9 % 64, 1 + number % 15
        answer = await phone.place(x, y, color)
        if answer["ok"]:
            drawn.append((x, y, color))
        else:
            assert answer["code"] == "out_of_board", answer


def has(one: Running, seq: int) -> bool:
    return one.gateway.board.state.seq >= seq


async def until_size(phone: Phone, width: int, height: int) -> None:
    await phone.until(lambda: phone.canvas.width == width and len(phone.board) == width * height)


@KINDS
async def test_a_board_grows_and_shrinks_under_placements_for_everybody(tmp_path: Path, kind: str) -> None:
    async with (
        running_as(kind, tmp_path) as found,
        asking(found[0].address) as ask,
        dial(found[0].address) as ann,
        dial(found[-1].address) as bob,
        dial(found[-1].address) as old,
    ):
        for phone in (ann, bob):
            phone.on_gap = phone.sync
            await phone.join()
        await old.join("an original client")
        drawn: list[tuple[int, int, int]] = []
        drawing = asyncio.create_task(draw_on(ann, drawn))
        await until(lambda: len(drawn) > 50)
        status, answer = await ask("PATCH", "/api/settings", {**LARGER, "reason": "no room left"})
        assert (status, answer["settings"]["width"], answer["settings"]["height"]) == (200, 100, 80)
        for phone in (ann, bob):
            await until_size(phone, 100, 80)
            assert ["settings", {"canvasSize": 100, "width": 100, "height": 80}] in phone.told
        assert await old.closed() == 4503  # it knows no ranges, and joins again
        await bob.place(99, 79, 5)
        count = len(drawn)
        await until(lambda: len(drawn) > count + 50)
        status, smaller = await ask("PATCH", "/api/settings", SMALLER)
        for phone in (ann, bob):
            await until_size(phone, 20, 30)
        assert (await bob.place(20, 0, 5))["code"] == "out_of_board"
        drawing.cancel()
        with suppress(asyncio.CancelledError):
            await drawing
        status, undone = await ask("POST", f"/api/actions/{smaller['seq']}/undo", {"reason": "too small"})
        assert (status, undone["left"]) == (200, 0)
        last = {(x, y): color for x, y, color in drawn} | {(99, 79): 5}
        for one in found:
            await until(partial(has, one, undone["seq"]))
            width, height, pixels = await shown(one)
            assert (width, height) == (100, 80)
            assert {at: pixels[at[1] * width + at[0]] for at in last} == last
        for phone in (ann, bob):
            await until_size(phone, 100, 80)
            await phone.reached(found[0].gateway.board.state.seq)
            assert bytes(phone.board) == pixels
        listed = (await ask("GET", "/api/actions?kind=size"))[1]["actions"]
        assert [one["size"] for one in listed] == [LARGER, SMALLER, LARGER]
        assert (listed[0]["undoes"], listed[1]["undoneBy"]) == (smaller["seq"], undone["seq"])
        assert listed[2]["reason"] == "no room left"


async def test_what_a_size_would_do_is_said_before(tmp_path: Path) -> None:
    async with gateways(1, tmp_path, **FREE) as [one], asking(one.address) as ask, dial(one.address) as ann:
        ann.on_gap = ann.sync
        await ann.join()
        await ann.place(63, 0, 5)
        _, answer = await ask("PATCH", "/api/settings?dry-run", {"width": 32})
        assert answer["size"] == {
            "pixelsAdded": 0, "pixelsCut": 32 * 64, "pixelsLost": 1, "bytesToAll": 4 * -(-32 * 64 // 3)
        }  # fmt: skip
        assert (await shown(one))[:2] == (64, 64)
        for refused in ({"width": 7}, {"height": 4097}, {"width": 64.5}, {"width": 80, "cooldown": 5}, {"width": 64}):
            status, said = await ask("PATCH", "/api/settings", refused)
            assert (status, said["statusCode"]) == (422, 422), refused
        first = await ask("PATCH", "/api/settings", {"width": 80}, "once")
        again = await ask("PATCH", "/api/settings", {"width": 80}, "once")
        assert (first[0], again[0], again[1]["seq"]) == (200, 200, first[1]["seq"])
        _, settings = await ask("GET", "/api/settings")
        assert settings["environment"] == {"width": 64}
        assert {"width", "height"} <= {*settings["chosen"]}


@pytest.mark.parametrize("kind", sorted(STORES))
async def test_sizes_are_proved_kept_and_restored(tmp_path: Path, kind: str) -> None:
    settings = {} if kind == "sqlite" else shared_ports(bus=False)
    session = Session(tmp_path / "again", STORES[kind])
    async with gateways(1, tmp_path, **FREE, **settings) as [one], asking(one.address) as ask, dial(one.address) as ann:
        ann.on_gap = ann.sync
        await ann.join()
        for number, size in enumerate((LARGER, SMALLER, {"width": 64, "height": 8})):
            await ann.place(1 + number, 1, 3)
            _, answer = await ask("PATCH", "/api/settings", size)
        await ask("POST", f"/api/actions/{answer['seq']}/undo")
        await ask("PATCH", "/api/settings", {"colors": [*(one.gateway.board.state.palette.colors), "#123456"]})
        _, _, pixels = await shown(one)
        state = one.gateway.board.state
    kept = PostgresArchive(str(settings["DATABASE_URL"])) if settings else SqliteArchive(tmp_path / "board.db")
    check = Check(kept, [ShownBoard("shown", state.name, state.seq, pixels)])
    await check.run()
    assert {done.name: done.details for done in check.checks if done.word != "ok"} == {}
    await backup(kept, tmp_path / "file")
    await restore(archive(session), tmp_path / "file")
    await session.open()
    found = session.board.state
    assert (found.width, found.height, bytes(session.board.pixels)) == (20, 30, pixels)
    await session.store.close()
    async with gateways(1, tmp_path, **FREE, **settings) as [again]:  # BOARD_SIZE still says 64
        assert (await shown(again)) == (20, 30, pixels)
        assert json.loads((await get(again.address, "/api/config"))[1])["canvasSize"] == 20

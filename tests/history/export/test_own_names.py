"""A person finds their own pixels in an export, by what a running gateway tells them alone."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import aiohttp

from tests.clients.session import Session
from tests.conftest import StartServer
from tests.e2e.process import run_beeplace
from tests.history.export.exports import rows_of
from tests.placing import FREELY

PIXELS = {"ann": [(1, 2, 3), (4, 5, 6)], "bob": [(1, 2, 5)]}


async def draw(url: str, pixels: list[tuple[int, int, int]]) -> str:
    """The token of a newcomer who placed these."""
    session = Session(url)
    await session.open()
    token: str = (await session.call("join", {"board": "none"}))["initialState"]["token"]
    for x, y, color in pixels:
        assert (await session.call("pixelFromPlayer", {"x": x, "y": y, "color": color}))["ok"]
    await session.close()
    return token


async def own_names(url: str, token: str) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{url}/api/me", headers={"token": token}) as by_header,
        client.get(f"{url}/api/me", cookies={"beeplace": token}) as by_cookie,
    ):
        assert by_header.headers["Cache-Control"] == "no-store"
        told = [await by_header.json(), await by_cookie.json()]
        assert told[0] == told[1]
        return dict(told[0])


async def test_each_finds_the_own_pixels_and_nobody_elses(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(**FREELY)
    tokens = {name: await draw(server.url, pixels) for name, pixels in PIXELS.items()}
    for form in ("csv", "pxls"):
        url = f"sqlite:///{server.folder}/data/beeplace.db"
        ended = await asyncio.to_thread(
            run_beeplace, tmp_path, "export", "--as", form, "--to", f"out.{form}", DATABASE_URL=url
        )
        assert (ended.returncode, ended.stderr) == (0, "")
    rows, lines = rows_of(tmp_path / "out.csv", "csv"), (tmp_path / "out.pxls").read_text().splitlines()
    for name, pixels in PIXELS.items():
        told = await own_names(server.url, tokens[name])
        assert [(r["x"], r["y"], r["color"]) for r in rows if r["person"] == told["exportName"]] == pixels
        assert told["person"].removeprefix("bee-") not in (tmp_path / "out.csv").read_text()
        assert [place for line in lines if (place := own(line, told["pxlsKey"]))] == pixels
        async with aiohttp.ClientSession() as client, client.get(f"{server.url}/api/pixels/1/2") as answer:
            by = [change["by"] for change in (await answer.json())["changes"]]
        assert by.count(told["person"]) == 1
    await nobody_is_told(server.url)


def own(line: str, key: str) -> tuple[int, ...] | None:
    """Where a line is, if the key finds it."""
    moment, code, x, y, color, _ = line.split("\t")
    found = hashlib.sha256(f"{moment},{x},{y},{color},{key}".encode()).hexdigest() == code
    return (int(x), int(y), int(color)) if found else None


async def nobody_is_told(url: str) -> None:
    for headers in ({}, {"token": "nobody.forged"}, {"Cookie": "beeplace=forged"}):
        async with aiohttp.ClientSession() as client, client.get(f"{url}/api/me", headers=headers) as answer:
            assert (answer.status, (await answer.json())["statusCode"]) == (401, 401)

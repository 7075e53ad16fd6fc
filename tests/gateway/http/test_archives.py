"""Archive folders that are asked for over HTTP: made beside the gateway, once, whole or not at all."""

from __future__ import annotations

import json
import os
import resource
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests import waiting
from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.e2e.pair import shared_ports, two
from tests.servers import API_KEY, ServerProcess

DEADLINE_SECONDS = 600  # a second of work, behind everything else that a machine does
HEADERS = {"apiKey": API_KEY}
LONG = {"filmSeconds": 3600, "name": "long"}  # it takes minutes: every test that asks for it ends it


async def ask(server: ServerProcess, body: Any = None, key: str | None = None) -> tuple[int, dict[str, Any]]:
    """Status and answer."""
    headers = HEADERS | ({"Idempotency-Key": key} if key else {})
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/api/archives", json=body, headers=headers) as response,
    ):
        return response.status, await response.json()


async def listed(server: ServerProcess) -> list[dict[str, Any]]:
    """What was asked for."""
    status, body, _ = await get(server.url, "/api/archives", headers=HEADERS)
    assert status == 200
    found: list[dict[str, Any]] = json.loads(body)["archives"]
    return found


async def becomes(server: ServerProcess, so: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """Asks until the list is as wanted."""
    found: list[dict[str, Any]] = []

    async def is_so() -> bool:
        found[:] = await listed(server)
        return so(found)

    await waiting.becomes(is_so, wanted=True, within=DEADLINE_SECONDS)
    return found


def states(*wanted: str) -> Callable[[list[dict[str, Any]]], bool]:
    """Whether those are the states, the last one first."""
    return lambda found: [one["state"] for one in found] == [*wanted]


def folders(place: Path) -> set[str]:
    """What is in it for people."""
    return {path.name for path in place.glob("[!.]*")}


def making(server: ServerProcess) -> list[int]:
    """Processes that it has begun and that run."""
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    return [int(number) for task in tasks for number in task.read_text().split() if _runs(int(number))]


def _runs(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def _end_of(process: int) -> None:
    await waiting.until(lambda: not _runs(process), within=DEADLINE_SECONDS)


async def _gone(place: Path, name: str) -> None:
    await waiting.until(lambda: not any(place.glob(f"{name}*")), within=DEADLINE_SECONDS)


def _filming(number: int, found: list[dict[str, Any]]) -> bool:
    return len(found) == number and found[0]["step"] == "film"


async def draw(server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        await phone.join()
        assert (await phone.place(1, 2, 3))["ok"]


async def close(server: ServerProcess, *, closed: bool = True) -> None:
    assert (await post(server.url, "/board/read-only", {"readOnly": closed}, API_KEY))[0] == 200


async def test_an_archive_is_made_once_for_one_key_and_told_of(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(ARCHIVE_FOLDER=tmp_path / "kept", ARCHIVE_FILM=0)
    await draw(server)
    status, told = await ask(server, key="the evening")
    assert (status, told["state"], told["by"], told["seq"]) == (200, "running", "API_KEY", 1)
    [done] = await becomes(server, states("done"))
    assert (done["name"], done["seq"], done["error"]) == (told["name"], 1, None)
    assert folders(tmp_path / "kept") == {told["name"]}
    assert (tmp_path / "kept" / told["name"] / "SHA256SUMS").exists()
    again = await ask(server, key="the evening")
    assert (again[0], again[1]["name"], again[1]["state"]) == (200, told["name"], "done")
    assert (await ask(server, {"filmSeconds": 1}, key="the evening"))[0] == 422
    assert (await ask(server, {"name": told["name"]}))[0] == 409
    assert await listed(server) == [done]


@pytest.mark.parametrize(
    "body", [{"name": ".."}, {"name": "a/b"}, {"name": ""}, {"filmSeconds": -1}, {"filmSeconds": 3601}, {"to": "x"}, []]
)
async def test_what_no_folder_can_be_is_refused(shared_server: ServerProcess, body: Any) -> None:
    assert (await ask(shared_server, body))[0] == 422


async def test_nothing_is_made_where_no_folder_is_set(shared_server: ServerProcess) -> None:
    status, told = await ask(shared_server)
    assert (status, told["message"]) == (409, "no archive can be made here: ARCHIVE_FOLDER does not say where")
    _, body, _ = await get(shared_server.url, "/api/archives", headers=HEADERS)
    assert json.loads(body) == {"possible": False, "archives": []}


async def test_a_folder_that_cannot_be_written_is_said(start_server: StartServer) -> None:
    server = start_server(ARCHIVE_FOLDER="/proc/archives")
    status, told = await ask(server)
    assert (status, told["message"]) == (503, "the folder for archives cannot be used: No such file or directory")
    assert await listed(server) == []


async def test_one_is_made_at_a_time_and_one_that_is_killed_leaves_nothing(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(ARCHIVE_FOLDER=tmp_path / "kept")
    await draw(server)
    assert (await ask(server, LONG))[0] == 200
    await becomes(server, lambda found: found[0]["step"] == "film" and 0 < found[0]["share"] < 1)
    assert await ask(server) == (
        409,
        {"statusCode": 409, "message": "An archive is being made; another one can begin when it has ended."},
    )
    [process] = making(server)
    os.kill(process, signal.SIGKILL)
    await becomes(server, states("stopped"))
    assert folders(tmp_path / "kept") == set()


async def test_a_full_disk_is_told_and_leaves_nothing(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(ARCHIVE_FOLDER=tmp_path / "kept", ARCHIVE_FILM=0)
    await draw(server)
    _, most = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (20_000, most))  # what it starts has it, too
    assert (await ask(server))[0] == 200
    [failed] = await becomes(server, states("failed"))
    assert failed["error"].startswith("File too large")
    assert folders(tmp_path / "kept") == set()


async def test_the_end_of_the_drawing_makes_one_each_time_on_one_of_the_gateways(
    start_server: StartServer, tmp_path: Path
) -> None:
    settings = {"ARCHIVE_FOLDER": tmp_path / "kept", "ARCHIVE_FILM": 0, "ARCHIVE_WHEN_CLOSED": "on"}
    one, other = two(start_server, **shared_ports(), **settings)
    await draw(one)
    await close(other)
    [first] = await becomes(one, states("done"))
    assert (first["by"], first["seq"]) == (None, 2)
    await close(one, closed=False)
    await close(one)
    [second, _] = await becomes(other, lambda found: len(found) == 2)
    assert second["seq"] == 4


async def test_one_that_is_cut_off_with_its_gateway_leaves_nothing_and_begins_anew_with_it(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(ARCHIVE_FOLDER=tmp_path / "kept", ARCHIVE_FILM=3600, ARCHIVE_WHEN_CLOSED="on")
    await draw(server)
    await close(server)
    for ended, end in enumerate((server.kill, server.stop)):
        [cut_off, *_] = await becomes(server, partial(_filming, ended + 1))
        [process] = making(server)
        end()
        await _end_of(process)
        server.start()
        await _gone(tmp_path / "kept", cut_off["name"])
    await becomes(server, states("running", "stopped", "stopped"))


async def test_what_a_machine_that_died_has_left_is_taken_away_at_the_next_start(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(ARCHIVE_FOLDER=tmp_path / "kept")
    await draw(server)
    assert (await ask(server, LONG))[0] == 200
    await becomes(server, lambda found: found[0]["step"] == "film")
    [process] = making(server)
    os.kill(process, signal.SIGSTOP)  # it hears of nothing, and so cleans nothing up
    server.kill()
    os.kill(process, signal.SIGKILL)
    await _end_of(process)
    (tmp_path / "kept" / "mine").mkdir()
    assert len(folders(tmp_path / "kept")) == 2
    server.start()
    await _gone(tmp_path / "kept", "long")
    assert folders(tmp_path / "kept") == {"mine"}
    assert states("stopped")(await listed(server))

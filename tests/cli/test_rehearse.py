"""`beeplace rehearse`: a crowd of synthetic people against a real server, and sites where nobody may rehearse."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from beeplace.cli import rehearse_parser
from beeplace.people import rehearsals
from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.servers import API_KEY, ServerProcess
from tests.waiting import becomes

SECONDS = 120


def test_as_many_may_come_as_a_site_gives_names_to() -> None:
    assert rehearse_parser.MAX_PEOPLE == rehearsals.MAX_PEOPLE


def command(server: ServerProcess, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "beeplace", "rehearse", "--url", server.url, *arguments]


def rehearse(server: ServerProcess, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A whole rehearsal, in the folder of a server and with its key."""
    return subprocess.run(
        command(server, *arguments), cwd=server.folder, env={**server.environment, **settings},
        capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip


def row(report: str, name: str) -> str:
    """What the report says under a name."""
    found = re.search(rf"^ *{name} {{2,}}(.*)$", report, re.MULTILINE)
    assert found, report
    return found[1]


async def board(server: ServerProcess) -> bytes:
    return (await get(server.url, "/api/board"))[1]


async def test_a_hundred_people_come_draw_return_and_leave_the_board_as_it_was(start_server: StartServer) -> None:
    """It goes on until the report can say something of all, and is ended by Ctrl-C, which ends it in order."""
    server = start_server(COOLDOWN=1, MAX_PIXELS=1)
    async with dial(server.url) as honest:
        await honest.join()
        assert (await honest.place(3, 4, 9))["ok"]
        before = await board(server)
        process = await asyncio.create_subprocess_exec(
            *command(server, "--people", "100", "--minutes", "60"), cwd=server.folder, env=server.environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout
        try:
            assert b"100 people rehearse" in await process.stdout.readline()
            assert await process.stdout.readline() == b"100 have come; 60 minutes from now on\n"
            await honest.reached(81)  # all who draw have drawn
            await becomes(lambda: returned(server, 3), wanted=True)
            process.send_signal(signal.SIGINT)
            told, wrong = (text.decode() for text in await process.communicate())
        finally:
            if process.returncode is None:
                process.kill()
    assert (process.returncode, wrong) == (130, "")
    assert "100 of 100" in row(told, "joined")
    assert int(row(told, "left and returned").split()[0]) >= 3
    assert int(row(told, "placements").split()[0]) >= 80
    assert re.fullmatch(r"p50 [\d,]+ ms, p99 [\d,]+ ms; the refresh is 100 ms", row(told, "placement to frame"))
    assert re.fullmatch(r"[\d.]+ MB received, [\d.]+ MB sent; [\d,]+ a second to each person", row(told, "bytes"))
    assert int(row(told, "taken back").split()[0]) > 0
    assert "What to change" in told
    assert await board(server) == before


async def returned(server: ServerProcess, times: int) -> bool:
    """Whether people have come again, beyond the hundred and the honest one."""
    found = re.search(rb"^beeplace_joins_total ([0-9.e+]+)$", (await get(server.url, "/metrics"))[1], re.MULTILINE)
    assert found
    return float(found[1]) >= 101 + times


def test_it_ends_by_itself_and_says_what_is_to_be_changed(start_server: StartServer) -> None:
    """Where drawing is closed, the report says so; what is drawn stays if that is wished."""
    server = start_server()
    closed = subprocess.run(
        [sys.executable, "-m", "beeplace", "board", "read-only", "on", "--url", server.url], cwd=server.folder,
        env=server.environment, check=True, timeout=SECONDS, capture_output=True,
    )  # fmt: skip
    assert closed.returncode == 0
    done = rehearse(server, "--people", "10", "--minutes", "0.01", "--keep")
    assert done.returncode == 1, done.stderr
    assert "10 of 10" in row(done.stdout, "joined")
    assert row(done.stdout, "placements").startswith("0 confirmed")
    assert "read_only" in done.stdout.partition("What to change:")[2]
    assert "taken back" not in done.stdout


async def test_nobody_rehearses_without_a_key_of_the_sites_operator(shared_server: ServerProcess) -> None:
    people = ("--people", "3", "--minutes", "0.01")
    assert rehearse(shared_server, *people, API_KEY="").returncode == 78
    wrong = rehearse(shared_server, *people, API_KEY="a-key-of-some-other-site-of-ours")
    assert (wrong.returncode, wrong.stdout) == (77, "")
    assert "no leave to rehearse there: Unauthorized" in wrong.stderr
    assert (await post(shared_server.url, "/api/rehearsals", {"people": 3}))[0] == 401
    assert (await post(shared_server.url, "/api/rehearsals", {"people": 5_001}, API_KEY))[0] == 422


@pytest.fixture
async def stranger() -> AsyncIterator[str]:
    """The address of a site that is none of ours, and answers everything kindly."""

    async def kind(_: web.Request) -> web.Response:
        return web.json_response({"statusCode": 200, "message": "welcome"})

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", kind)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_site_that_answers_with_no_token_is_left_alone(stranger: str, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "beeplace", "rehearse", "--url", stranger, cwd=tmp_path,
        env={"API_KEY": API_KEY, "PATH": ""}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    told, wrong = await process.communicate()
    assert (process.returncode, told) == (65, b"")
    assert b"it answers with no token" in wrong


@pytest.mark.parametrize(
    "arguments",
    [("--people", "0"), ("--people", "5001"), ("--minutes", "0"), ("--minutes", "nan"), ("--url", "ftp://x")],
)
def test_nonsense_is_refused(tmp_path: Path, arguments: tuple[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "beeplace", "rehearse", *arguments], cwd=tmp_path, env={"API_KEY": API_KEY, "PATH": ""},
        capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode in (64, 78)
    assert arguments[0] in done.stderr
    assert done.stdout == ""

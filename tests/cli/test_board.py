"""`beeplace board`: the desk from a shell, against a real server."""

from __future__ import annotations

import argparse
import json
import subprocess
from typing import Any

import pytest

from beeplace.cli.board import desk_request, table
from beeplace.cli.board_parser import add_board_arguments
from tests import preloaded
from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.keys import add_key
from tests.servers import API_KEY, ServerProcess

SECONDS = 60


@pytest.fixture
def server(start_server: StartServer) -> ServerProcess:
    """One for each test."""
    return start_server()


def board(server: ServerProcess, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`beeplace board` with the settings and in the folder of a server, asking it."""
    environment = {**server.environment, **settings}
    return preloaded.run(server.folder, environment, SECONDS, "board", *arguments, "--url", server.url)


def answer(server: ServerProcess, *arguments: str) -> dict[str, Any]:
    """What the server said, as JSON."""
    done = board(server, *arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


async def color_at(server: ServerProcess, x: int, y: int) -> int:
    return int(json.loads((await get(server.url, f"/api/pixels/{x}/{y}"))[1])["color"])


async def test_an_evening_from_a_shell(server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        await phone.join()
        assert (await phone.place(1, 1, 5))["ok"]
        filled = answer(server, "fill", "0,0,2,2", "#0000EA", "--reason", "a logo")
        assert (filled["seq"], await color_at(server, 1, 1)) == (2, 13)
        assert answer(server, "undo", "2")["changed"] == 4
        assert await color_at(server, 1, 1) == 5
        [author] = answer(server, "authors", "--area", "0,0,9,9", "--kinds", "placement")["people"]
        assert answer(server, "preview", "--people", author["person"])["pixels"] == 1
        assert answer(server, "rewind", "--people", author["person"], "--reason", "spam")["changed"] == 1
        assert await color_at(server, 1, 1) == 0
        answer(server, "settings", "cooldown=0", "eventName=Bees on the wall", "disabledColors=[5]")
        assert answer(server, "settings")["settings"]["eventName"] == "Bees on the wall"
        assert answer(server, "settings", "cooldown=9", "--dry-run")["dryRun"] is True
        answer(server, "read-only", "on", "--reason", "the band plays")
        assert (await phone.place(2, 2, 6))["code"] == "read_only"
        answer(server, "read-only", "off")
        answer(server, "panic", "on")
        assert answer(server, "panic", "off")["statusCode"] == 200
        assert (await phone.place(2, 2, 6))["ok"]
        answer(server, "clear", "2,2,1,1")
        answer(server, "reset")
    assert answer(server, "state")["you"]["role"] == "operator"
    told = board(server, "actions", "--limit", "20").stdout.splitlines()
    assert told[0].split()[:3] == ["SEQ", "EPOCH", "AT"]
    assert [line for line in told if "a logo" in line and "API_KEY" in line and " fill " in line]
    assert len(answer(server, "actions", "--kind", "fill")["actions"]) == 1


async def test_reports_from_a_shell(server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        token = (await phone.join())["token"]
        seq = (await phone.place(1, 1, 5))["seq"]
        area = {"x": 0, "y": 0, "width": 4, "height": 4}
        for _ in range(2):
            await post(server.url, "/api/reports", {"token": token, "area": area, "reason": "hate"})
    assert "REPORTER" in board(server, "reports").stdout
    evidence = board(server, "report", "1", "evidence").stdout
    assert f"selection.from: {seq - 1}" in evidence
    assert "data:" not in evidence
    status, filled = await post(server.url, "/api/panic", {}, API_KEY)
    assert status == 200
    assert answer(server, "report", "1", "acted", "--action", str(filled["seq"]))["closed"] == [1, 2]
    assert board(server, "report", "2", "acted").returncode == 64


@pytest.mark.parametrize(
    ("line", "request_of_it"),
    [
        ("reports --state all", ("GET", "/api/reports?state=all&limit=20", None)),
        ("report 7 claim", ("POST", "/api/reports/7/claim", None)),
        ("report 7 release", ("DELETE", "/api/reports/7/claim", None)),
        ("report 7 dismiss", ("POST", "/api/reports/7/decision", {"outcome": "dismissed"})),
        (
            "report 7 mute --until 2100-01-01T00:00:00Z",
            ("POST", "/api/reports/7/mute", {"until": "2100-01-01T00:00:00Z"}),
        ),
    ],
)
def test_each_verb_of_reports_is_its_request(line: str, request_of_it: tuple[object, ...]) -> None:
    parser = argparse.ArgumentParser()
    add_board_arguments(parser, argparse.ArgumentParser)
    assert tuple(desk_request(parser.parse_args(line.split()))) == request_of_it


async def test_a_key_of_a_lower_role_may_what_its_role_may(server: ServerProcess) -> None:
    viewer = add_key(server, "Vera", "viewer")
    assert board(server, "state", API_KEY=viewer).returncode == 0
    refused = board(server, "reset", API_KEY=viewer)
    assert (refused.returncode, refused.stdout) == (77, "")
    assert "moderator" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["fill", "0,0,65,1", "5"], 65, "board"),
        (["fill", "0,0,1,1", "red"], 65, "color"),
        (["undo", "99"], 65, "no action"),
        (["settings", "maxPixels=0"], 65, "maxPixels"),
        (["settings", "maxPixels"], 64, "NAME=VALUE"),
        (["settings", "maxPixels=1", "maxPixels=2"], 64, "once"),
        (["fill", "0,0,1", "5"], 64, "four"),
        (["undo", "x"], 64, "number"),
        (["undo"], 64, "SEQ"),
        (["dance"], 64, "dance"),
        (["read-only", "maybe"], 64, "maybe"),
    ],
)
def test_what_makes_no_sense_is_one_line(start_server: StartServer, arguments: list[str], code: int, word: str) -> None:
    ended = board(start_server(), *arguments)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert word in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_without_a_server_or_a_key_nothing_is_done(server: ServerProcess) -> None:
    assert board(server, "state", API_KEY="a-wrong-key-of-enough-length").returncode == 77
    keyless = board(server, "state", API_KEY="")
    assert (keyless.returncode, "API_KEY" in keyless.stderr) == (78, True)
    server.stop()
    away = board(server, "reset")
    assert (away.returncode, "does not answer" in away.stderr) == (69, True)


def test_an_answer_is_a_table_or_lines() -> None:
    told = {"statusCode": 200, "people": [{"person": "bee-1", "pixels": 12}, {"person": "bee-22"}], "bus": {"a": [1]}}
    assert list(table(told)) == ["PERSON  PIXELS", "bee-1   12", "bee-22", "bus.a: [1]"]


async def test_order_is_kept_from_a_shell(server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        await phone.join({})
        assert (await phone.place(1, 1, 5))["ok"]
        who = json.loads((await get(server.url, "/api/pixels/1/1"))[1])["changes"][0]["by"]
        done = board(server, "ban", who, "--rewind", "--reason", "a flood", "--json")
        assert (done.returncode, json.loads(done.stdout)["changed"]) == (0, 1), done.stderr
        assert (await phone.place(2, 2, 5))["code"] == "banned"
        assert board(server, "unban", who).returncode == 0
        gone = board(server, "unban", who)
        assert (gone.returncode, "no ban" in gone.stderr) == (65, True)
        zone = json.loads(board(server, "zone", "2,2,3,3", "--colors", "3", "--json").stdout)["seq"]
        assert (await phone.place(2, 2, 5))["code"] == "bad_color"
        assert board(server, "announce", "en=Hello", "de=Hallo", "--until", "2099-01-01T00:00:00Z").returncode == 0
        assert board(server, "announce", "en=Hello", "Hallo").returncode == 64
        assert board(server, "safe-picture").returncode == 0
        listed = answer(server, "actions", "--area", "4,4,9,9", "--undone", "false")["actions"]
        assert [one["seq"] for one in listed] == [zone]

"""`beeplace keys`: keys are made, listed and revoked beside a server that runs, which knows within a second."""

from __future__ import annotations

import asyncio
import json
import re
import time
from datetime import UTC, datetime

import pytest

from beeplace.cli.keys import moment
from tests.clients.http import post
from tests.conftest import StartServer
from tests.e2e.pair import shared_ports, two
from tests.keys import add_key, keys_command
from tests.servers import ServerProcess
from tests.waiting import until

NOW_MS = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)


async def closed(server: ServerProcess, key: str) -> int:
    """The status of an action under a key."""
    return (await post(server.url, "/board/read-only", {"readOnly": False}, key))[0]


async def test_a_key_is_shown_once_with_the_address_that_signs_in(server: ServerProcess) -> None:
    made = keys_command(server, "add", "Anna", "--role", "moderator", "--url", "https://bee.example/")
    assert (made.returncode, made.stderr) == (0, "")
    [key] = re.findall(r"^  (\S{43})$", made.stdout, re.MULTILINE)
    assert f"https://bee.example/admin#key={key}" in made.stdout
    assert "█" in made.stdout
    assert await closed(server, key) == 200
    listed = keys_command(server, "list")
    assert re.search(r"^Anna +moderator +\S+Z +valid until it is revoked$", listed.stdout, re.MULTILINE)
    for told in (listed.stdout, keys_command(server, "list", "--json").stdout, server.log.read_text()):
        assert key not in told
    for file in (server.folder / "data").iterdir():
        assert key.encode() not in file.read_bytes()


async def test_a_revoked_key_stops_on_every_gateway(start_server: StartServer) -> None:
    gateways = two(start_server, **shared_ports())
    key = add_key(gateways[0], "Anna", "moderator")
    assert [await closed(gateway, key) for gateway in gateways] == [200, 200]
    assert keys_command(gateways[1], "revoke", "Anna").returncode == 0
    revoked = time.monotonic()
    for gateway in gateways:
        while await closed(gateway, key) != 401:
            assert time.monotonic() < revoked + 5.0  # half a second where nothing else runs
    assert [(k["name"], k["valid"]) for k in json.loads(keys_command(gateways[0], "list", "--json").stdout)] == [
        ("Anna", False)
    ]


async def test_keys_stay_over_a_restart(start_server: StartServer) -> None:
    server = start_server()
    key = add_key(server, "Anna", "operator", "--until", "12h")
    server.kill()
    server.start()
    assert await closed(server, key) == 200


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["add", "Anna"], 64, "--role"),
        (["add", "--role", "viewer"], 64, "NAME"),
        (["add", "Anna", "--role", "emperor"], 64, "emperor"),
        (["add", "", "--role", "viewer"], 64, "NAME"),
        (["add", "API_KEY", "--role", "viewer"], 64, "API_KEY"),
        (["add", "Anna", "--role", "viewer", "--until", "yesterday"], 64, "--until"),
        (["add", "Anna", "--role", "viewer", "--until", "2020-01-01T00:00Z"], 64, "past"),
        (["add", "Anna", "--role", "viewer", "--url", "ftp://x"], 64, "--url"),
        (["revoke", "Nobody"], 65, "Nobody"),
        (["sell"], 64, "sell"),
        ([], 64, "add|list|revoke"),
    ],
)
def test_what_makes_no_sense_is_one_line(server: ServerProcess, arguments: list[str], code: int, word: str) -> None:
    ended = keys_command(server, *arguments)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert word in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_name_in_use_is_not_given_twice(server: ServerProcess) -> None:
    add_key(server, "Anna", "viewer")
    again = keys_command(server, "add", "Anna", "--role", "operator")
    assert (again.returncode, again.stdout) == (65, "")
    assert "in use" in again.stderr


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30m", 1_800), ("12h", 43_200), ("7d", 604_800), ("2026-01-01T00:00:01Z", 1), ("2026-01-01T02:00+01:00", 3_600)],
)
def test_an_end_is_a_duration_or_a_moment(text: str, seconds: int) -> None:
    assert moment(text, NOW_MS) == NOW_MS + 1_000 * seconds


@pytest.mark.parametrize(
    "text", ["", "0h", "-1h", "1w", "12", "h", "2025-12-31T00:00Z", "2026-13-01", "９h", "9999-12-31"]
)
def test_an_end_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        moment(text, NOW_MS)


async def test_wrong_keys_wait_longer_and_longer_and_the_right_one_never(server: ServerProcess) -> None:
    key = add_key(server, "Anna", "moderator")

    def answers() -> list[int]:
        return [guess.result() for guess in guesses if guess.done()]

    began = time.monotonic()
    guesses = [asyncio.create_task(closed(server, f"wrong {number}")) for number in range(60)]
    assert await guesses[0] == 401
    assert await closed(server, key) == 200
    assert len(answers()) < 60, "the right one has waited behind the wrong ones"
    await until(lambda: answers().count(429) >= 5)  # beyond half a minute of waiting
    assert answers().count(401) <= 21 + time.monotonic() - began  # twenty are free and one more comes each second
    for guess in guesses:
        guess.cancel()
    await asyncio.gather(*guesses, return_exceptions=True)

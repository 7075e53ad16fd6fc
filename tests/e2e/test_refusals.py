"""Whoever is refused is counted by reason, and the log says in one line what was compared and what to set."""

from __future__ import annotations

import asyncio
import json
import resource
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.catalogue.freed import kicked, metric
from tests.clients.phone import dial
from tests.clients.raw_http import exchanged, request
from tests.clients.websocket import WebSocket
from tests.conftest import StartServer
from tests.servers import ServerProcess
from tests.waiting import until

POLL = "/socket.io/?EIO=4&transport=polling"
SOCKET = "/socket.io/?EIO=4&transport=websocket"
UPGRADE = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
]
DEADLINE_SECONDS = 30


def lines(server: ServerProcess, event: str) -> list[dict[str, Any]]:
    rows = (json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{"))
    return [row for row in rows if row["event"] == event]


async def asked(server: ServerProcess, path: str, *headers: str, host: str = "localhost") -> int:
    text = "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""])
    return (await exchanged(server.port, text.encode())).status


PLACE = "https://place.example.org"
TRUSTED = {"TRUSTED_PROXIES": "127.0.0.1"}
LISTED = {"ALLOWED_ORIGINS": "https://other.example.org"}


class Compared(NamedTuple):
    """What a page of PLACE asked for through some proxy, and what the log is to say of that."""

    settings: dict[str, str]
    host: str
    forwarded: str
    named: str
    advice: str


@pytest.mark.parametrize("path", [POLL, SOCKET])
@pytest.mark.parametrize(
    "page",
    [
        Compared({}, "127.0.0.1:8000", "", "127.0.0.1:8000", "pass Host on"),
        Compared({}, "app:8000", "X-Forwarded-Host: place.example.org", "app:8000", "TRUSTED_PROXIES does not name"),
        Compared({}, "app", "X-Forwarded-For: 1.2.3.4", "app", "TRUSTED_PROXIES does not name (127.0.0.1)"),
        Compared(TRUSTED, "app", "X-Forwarded-For: 1.2.3.4", "app", "X-Forwarded-Host"),
        Compared({}, "place.example.org", "", "place.example.org", "X-Forwarded-Proto"),
        Compared({}, "place.example.org:8443", "", "place.example.org:8443", "loses the port"),
        Compared(LISTED, "app", "", "app", "ALLOWED_ORIGINS"),
        Compared({}, "", "", "none that is one", "pass Host on"),
    ],
)
async def test_a_page_that_may_not_open_a_socket_is_named_with_what_was_compared(
    start_server: StartServer, path: str, page: Compared
) -> None:
    server = start_server(LOG_FORMAT="json", **page.settings)
    headers = [f"Origin: {PLACE}", *UPGRADE, *([page.forwarded] if page.forwarded else [])]
    for _ in range(5):
        assert await asked(server, path, *headers, host=page.host) == 403
    assert await metric(server, 'refused_total{reason="origin"}') == 5
    [line] = lines(server, "refused")
    assert (line["origin"], line["host"]) == (PLACE, page.named)
    assert page.advice in line["why"]
    assert "1.2.3.4" not in server.log.read_text()


@pytest.mark.parametrize("origin", ["null", "file://", "x" * 5000, "https://a\x1b[31mb", "https://a https://b"])
async def test_of_an_origin_that_is_none_the_log_repeats_nothing(start_server: StartServer, origin: str) -> None:
    server = start_server(LOG_FORMAT="json")
    await asked(server, POLL, f"Origin: {origin}")
    text = server.log.read_text()
    assert "names no site" in text or lines(server, "refused")[0]["reason"] == "head"
    assert origin not in text


@pytest.mark.parametrize(
    ("settings", "path", "headers", "reason"),
    [
        ({}, SOCKET, [], "upgrade"),
        ({}, SOCKET, ["Connection: close", *UPGRADE[1:]], "upgrade"),
        ({}, POLL.replace("4", "3"), [], "version"),
        ({}, SOCKET.replace("4", "3"), UPGRADE, "version"),
        ({"POLLING": "off"}, POLL, [], "polling"),
        ({}, POLL + "&sid=AAAAAAAAAAAAAAAAAAAA", [], "session"),
        ({}, "/socket.io/", [], "request"),
        ({}, "/socket.io/?EIO=4&transport=carrier-pigeon", [], "request"),
        ({}, "/", [f"Cookie: {'a' * 20_000}"], "head"),
        ({}, "/", ["no header at all"], "head"),
    ],
)
async def test_each_way_to_be_refused_has_its_reason(
    start_server: StartServer, settings: dict[str, str], path: str, headers: list[str], reason: str
) -> None:
    server = start_server(LOG_FORMAT="json", **settings)
    assert 400 <= await asked(server, path, *headers) < 500
    assert await metric(server, f'refused_total{{reason="{reason}"}}') == 1
    assert [line["reason"] for line in lines(server, "refused")] == [reason]


async def test_a_key_that_is_wrong_is_counted_and_not_repeated(start_server: StartServer) -> None:
    server = start_server(LOG_FORMAT="json")
    assert (await request(server.port, "POST", "/board/reset", ["apiKey: not-the-key-of-this-board"])).status == 401
    assert await metric(server, 'refused_total{reason="key"}') == 1
    assert [line["reason"] for line in lines(server, "refused")] == ["key"]
    assert "not-the-key" not in server.log.read_text()


async def test_handshakes_and_sockets_that_are_too_many_name_their_setting(start_server: StartServer) -> None:
    server = start_server(LOG_FORMAT="json", HANDSHAKES_PER_SECOND=2, SOCKETS_PER_IDENTITY=1)
    async with dial(server.url) as one:
        await one.join("me")
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await asked(server, POLL) != 503:
                pass
            while await asked(server, POLL) != 200:
                pass
        assert await metric(server, 'refused_total{reason="handshakes"}') >= 1
    [line] = lines(server, "refused")
    assert "HANDSHAKES_PER_SECOND" in line["why"]


async def test_a_join_that_is_refused_has_its_reason(start_server: StartServer) -> None:
    server = start_server(LOG_FORMAT="json", SOCKETS_PER_IDENTITY=1)
    async with dial(server.url) as one, dial(server.url) as two, dial(server.url) as three:
        await one.join("me")
        await two.join("me")
        assert (await three.call("join", "me"))["code"] == "busy"
        assert (await three.call("join", 7))["code"] == "bad_join"
    assert await metric(server, 'refused_total{reason="sockets"}') == 1
    assert await metric(server, 'refused_total{reason="join"}') == 1
    said = {line["reason"]: line["why"] for line in lines(server, "refused")}
    assert "SOCKETS_PER_IDENTITY" in said["sockets"]
    assert set(said) == {"sockets", "join"}


async def test_a_process_without_free_descriptors_says_so(start_server: StartServer) -> None:
    server = start_server(LOG_FORMAT="json")
    most = len(await asyncio.to_thread(descriptors, server.process.pid)) + 8
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (most, most))
    open_ones = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(20)]
    await until(lambda: bool(lines(server, "refused")))
    for _, writer in open_ones:
        writer.transport.abort()
    [line] = lines(server, "refused")
    assert (line["reason"], "LimitNOFILE" in line["why"]) == ("descriptors", True)
    assert await metric(server, 'refused_total{reason="descriptors"}') >= 1


def descriptors(pid: int) -> list[str]:
    """The open files of a process."""
    return [one.name for one in Path(f"/proc/{pid}/fd").iterdir()]


async def test_who_leaves_is_not_counted_as_ended_by_us(start_server: StartServer) -> None:
    server = start_server()
    for _ in range(3):
        async with dial(server.url) as phone:
            await phone.join("me")
    assert await kicked(server, [1000, 1001, 1005, 1006]) == 0


@pytest.mark.parametrize(("code", "names"), [(4400, "Socket.IO"), (4429, "SOCKET_EVENTS_PER_SECOND")])
async def test_the_line_of_a_socket_that_we_end_says_why(start_server: StartServer, code: int, names: str) -> None:
    server = start_server(LOG_FORMAT="json", SOCKET_EVENTS_PER_SECOND=1)
    wire = await WebSocket.open(server.port)
    for _ in range(1 if code == 4400 else 20):
        wire.send("nonsense" if code == 4400 else '42["sync",{}]')
    assert await wire.close_code() == code
    wire.close()
    assert await kicked(server, [code]) == 1
    [line] = lines(server, "socket closed")
    assert (line["code"], names in line["why"]) == (code, True)

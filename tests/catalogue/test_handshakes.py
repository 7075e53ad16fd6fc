"""Bad handshakes and polls over real sockets, row by row (`handshakes.json`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from tests.catalogue.freed import clients, freed, metric
from tests.catalogue.rows import Row, expanded, whole_rows
from tests.catalogue.undisturbed import undisturbed
from tests.clients.http import get
from tests.clients.phone import dial
from tests.clients.polling import POLL, Poller, open_poller
from tests.clients.raw_http import Answer, exchanged, request
from tests.conftest import StartServer
from tests.servers import ServerProcess

KEY = (
    "Connection: Upgrade~Upgrade: websocket~Sec-WebSocket-Version: 13~"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==~Sec-WebSocket-Extensions: permessage-deflate"
)


async def answered(server: ServerProcess, text: str, sid: str) -> Answer:
    """Sends one line of `handshakes`."""
    for name, value in {"$POLL": POLL, "$WS": POLL.replace("polling", "websocket"), "$KEY": KEY, "$SID": sid}.items():
        text = text.replace(name, value)
    method, path, given, body = ([part.strip(" ") for part in expanded(text).split("|", 3)] + ["", "", ""])[:4]
    headers = given.split("~") if given else []
    if body and not any(line.startswith(("Content-Length", "Transfer-Encoding")) for line in headers):
        headers.append(f"Content-Length: {len(body.encode('utf-8', 'surrogateescape'))}")
    if not any(line.startswith("Connection") for line in headers):
        headers.append("Connection: close")
    whole = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", body])
    return await exchanged(server.port, whole.encode("utf-8", "surrogateescape"))


def check(row: Row, answer: Answer, text: str) -> None:
    """What came back says no, and nothing else."""
    assert answer.status in row["status"], text
    assert not [name for name in answer.headers if name.startswith("access-control")], text
    assert "allow" not in row or answer.headers["allow"] == row["allow"], text
    assert "echo" not in row or row["echo"] not in f"{answer.headers}{answer.body!r}", text
    if "code" in row and not text.startswith("HEAD"):
        assert json.loads(answer.body)["code"] == row["code"], text


@pytest.mark.parametrize("row", whole_rows("handshakes", "handshakes"))
async def test_a_bad_handshake_has_its_answer_and_opens_nothing(server: ServerProcess, row: Row) -> None:
    async with undisturbed(server), freed(server):
        before = await metric(server, "clients")
        for text in row["handshakes"]:
            one = await open_poller(server) if "$SID" in text else None
            check(row, await answered(server, text, one.sid if one else ""), text)
            if one and not row.get("ends"):
                await leave(server, one)
            await clients(server, before)


async def leave(server: ServerProcess, one: Poller) -> None:
    """The session has not suffered, and says goodbye."""
    assert await one.post(b'421["join","me"]') == 200
    assert "initialState" in await one.answer(1)
    assert await one.post(b"1") == 200


@pytest.mark.parametrize("row", whole_rows("handshakes", "raw"))
async def test_what_is_hardly_a_request_is_refused(server: ServerProcess, row: Row) -> None:
    async with undisturbed(server), freed(server):
        for text in row["raw"]:
            data = expanded(text.replace("$POLL", POLL)).encode("utf-8", "surrogateescape")
            check(row, await exchanged(server.port, data), text)


async def two_polls(start_server: StartServer) -> None:
    """Messages would be split between them: the second is an error, and the session is over for both."""
    server = start_server()
    one = await open_poller(server)
    held = asyncio.create_task(get(server.url, one.path))
    async with undisturbed(server):
        while (second := (await get(server.url, one.path))[0]) == 200:
            pass  # this one was first, and ended by the other
        assert second == 400
        status, body, _ = await held
        assert (status, body) in ((200, b"1"), (400, b'{"code":3,"message":"Bad request"}'))
        assert (await get(server.url, one.path))[0] == 400
        await clients(server, 1)


async def a_foreign_host(start_server: StartServer) -> None:
    """Without a list nothing tells a rebound name from our own; with one, no other site may, whatever the host."""
    server = start_server(ALLOWED_ORIGINS="https://place.example.org")
    for host in ("evil", "localhost", "place.example.org"):
        headers = [f"Host: {host}", "Connection: close"]
        for origin in ("http://evil", "http://localhost", "http://place.example.org", "https://place.example.org.evil"):
            text = "\r\n".join([f"GET {POLL} HTTP/1.1", *headers, f"Origin: {origin}", "", ""])
            answer = await exchanged(server.port, text.encode())
            assert (answer.status, answer.headers.get("access-control-allow-origin")) == (403, None), text
    answer = await request(server.port, "GET", POLL, ["Origin: https://place.example.org"])
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "https://place.example.org"


async def foreign_tokens(start_server: StartServer) -> None:
    """The contract has no 401 for them: who shows no token of ours is somebody new, and never who it names."""
    server = start_server()
    async with dial(server.url) as phone:
        mine = (await phone.join({}))["token"]
        await phone.place(1, 1, 1)
    name, _, seal = mine.rpartition(".")
    other = ("A" if seal[0] != "A" else "B") + seal[1:]
    wrong = [
        f"{name}.{other}",
        f"{name}.",
        name,
        f"{name}.{seal}x",
        f"x{mine}",
        f".{seal}",
        "a.b",
        "é.é",
        "{}.none",
        "null",
    ]
    seen = set()
    for token in wrong:
        async with dial(server.url) as phone:
            state = await phone.join({"token": token})
            assert (state["token"] != mine, state["remainingPixels"]) == (True, 3), token
            seen.add(state["token"])
    for cookie in [*wrong[:7], f"{mine}x; beeplace={name}", '"', "a=b", " "]:
        async with dial(server.url, headers={"Cookie": f"beeplace={cookie}"}) as phone:
            state = await phone.join({})
            assert (state["token"] != mine, state["remainingPixels"]) == (True, 3), cookie
    assert len(seen) == len(wrong)


STORIES: dict[str, Callable[[StartServer], Awaitable[None]]] = {
    play.__name__: play for play in (two_polls, a_foreign_host, foreign_tokens)
}


@pytest.mark.parametrize("row", whole_rows("handshakes", "story"))
async def test_a_longer_story_ends_as_it_must(start_server: StartServer, row: Row) -> None:
    await STORIES[row["story"]](start_server)

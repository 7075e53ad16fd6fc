"""Long-polling with several workers: whichever of them a request comes to, the owner of its session answers it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from tests import postgres, redis
from tests.clients.frames import SOCKET, masked
from tests.clients.http import get
from tests.clients.polling import POLL, TEXT, open_poller
from tests.clients.raw_http import Answer, HttpConnection
from tests.e2e.thesis.conversation import THESIS, converse
from tests.e2e.thesis.javascript_client import javascript_client
from tests.supervisor.crew import MAX_DIALS, WORKERS, Crew, bound, folders, open_files
from tests.waiting import wait_until

UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)
NAME = 4  # characters of a session id that name its worker


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """Three workers that stay."""
    server = Crew(tmp_path_factory.mktemp("crew"), DATABASE_URL=postgres.shared().url(), COOLDOWN=0)
    yield server
    assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()


@asynccontextmanager
async def two_workers(server: Crew) -> AsyncIterator[tuple[HttpConnection, str, HttpConnection, str]]:
    """Two connections at different workers, each with a session that its own worker has opened."""
    first: tuple[HttpConnection, str] | None = None
    async with AsyncExitStack() as stack:
        for _ in range(MAX_DIALS):
            line = await HttpConnection.open(server.port)
            stack.callback(line.writer.close)
            sid = json.loads((await line.ask("GET", POLL)).body[1:])["sid"]
            if first is None:
                first = line, sid
            elif first[1][:NAME] != sid[:NAME]:
                yield *first, line, sid
                return
        raise AssertionError("one worker has taken all")


def owner_of(server: Crew, sid: str) -> int:
    """The process of the worker that has a session: the one with the socket of its name."""
    (inode,) = [inode for inode, path in bound().items() if path.name == sid[:NAME]]
    return next(pid for pid in server.workers() if inode in open_files(pid))


@pytest.mark.parametrize("transports", ["default", "polling"])
async def test_the_thesis_conversation_is_kept_by_several_workers(tmp_path: Path, transports: str) -> None:
    urls = {"DATABASE_URL": postgres.shared().url(), "REDIS_URL": redis.shared_url()}
    server = Crew(tmp_path, **urls, **THESIS["settings"])
    try:
        await converse(server, transports)
    finally:
        assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()


async def test_twenty_polling_sessions_at_once_all_work(crew: Crew) -> None:
    pollers = await asyncio.gather(*(open_poller(crew) for _ in range(20)))

    async def draw(number: int) -> None:
        poller = pollers[number]
        assert await poller.post(b'421["join","poller-%d"]' % number) == 200
        assert "initialState" in await poller.answer(1)
        for x in range(3):
            assert await poller.post(b'42%d["pixelFromPlayer",{"x":%d,"y":%d,"color":3}]' % (x + 2, x, number)) == 200
            assert (await poller.answer(x + 2))["ok"]

    await asyncio.gather(*map(draw, range(20)))
    assert len({poller.sid for poller in pollers}) == 20


async def test_one_connection_serves_sessions_of_different_workers_in_turn(crew: Crew) -> None:
    async with two_workers(crew) as (_, one, line, two):
        for sid in (one, two):
            assert (await line.ask("POST", f"{POLL}&sid={sid}", TEXT, b"40")).status == 200
            assert (await line.ask("GET", f"{POLL}&sid={sid}")).body.startswith(b"40{")
        for number in range(1, 4):
            for sid in (one, two):
                body = b'42%d["join","me"]' % number
                assert (await line.ask("POST", f"{POLL}&sid={sid}", TEXT, body)).body == b"ok"
                assert b"43%d[" % number in (await line.ask("GET", f"{POLL}&sid={sid}")).body


async def test_a_body_that_arrives_slowly_is_whole_at_the_owner(crew: Crew) -> None:
    async with two_workers(crew) as (_, sid, line, _own):
        line.begin("POST", f"{POLL}&sid={sid}", [*TEXT, "Content-Length: 2", "Expect: 100-continue"], b"4")
        assert (await line.answer()).status == 100
        line.writer.write(b"0")
        assert (await line.answer()).body == b"ok"
        assert (await line.ask("GET", f"{POLL}&sid={sid}")).body.startswith(b"40{")


async def test_an_upgrade_reaches_the_owner_with_what_was_sent_behind_it(crew: Crew) -> None:
    async with two_workers(crew) as (_, sid, line, _own):
        line.begin("GET", f"{SOCKET}&sid={sid}", UPGRADE, masked(b"2probe"))
        assert (await line.answer()).status == 101
        assert await line.read(8) == b"\x81\x063probe"
        line.writer.write(masked(b"5") + masked(b"40"))
        assert (await line.read(5))[2:] == b"40{"


async def test_the_limits_of_a_body_hold_at_whichever_worker(crew: Crew) -> None:
    too_long = ("POST", [*TEXT, "Content-Length: 100000"], b"4" * 100_000)
    chunked = ("POST", [*TEXT, "Transfer-Encoding: chunked"], b"2\r\n40\r\n0\r\n\r\n")
    packed = ("POST", [*TEXT, "Content-Encoding: gzip", "Content-Length: 2"], b"40")
    never = ("POST", [*TEXT, "Content-Length: 2"], b"4")

    async def status(method: str, headers: list[str], body: bytes) -> int:
        async with two_workers(crew) as (_, sid, line, _own):
            line.begin(method, f"{POLL}&sid={sid}", headers, body)
            return (await line.answer()).status

    assert await asyncio.gather(*(status(*one) for one in (too_long, chunked, packed, never))) == [413, 411, 415, 408]


async def test_no_request_can_be_hidden_in_a_body_on_its_way(crew: Crew) -> None:
    hidden = b"0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(hidden), hidden)
    async with two_workers(crew) as (_, sid, line, _own):
        line.begin("POST", f"{POLL}&sid={sid}", [*TEXT, "Transfer-Encoding: chunked"], chunked)
        assert (await line.answer()).status == 411
        assert (await line.ask("GET", "/ready")).status == 200


def test_nobody_else_can_enter_the_folder_of_their_sockets(crew: Crew) -> None:
    (folder,) = folders(crew.workers())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sum(path.is_socket() for path in folder.iterdir()) == WORKERS


async def test_a_foreign_session_is_refused_to_a_forged_site(crew: Crew) -> None:
    forged = ("Origin: http://elsewhere", "X-Forwarded-Host: elsewhere", "X-Forwarded-For: 127.0.0.1")
    async with two_workers(crew) as (_, sid, line, own):
        for one in (sid, own):
            assert (await line.ask("GET", f"{POLL}&sid={one}", forged)).status == 403
        assert (await line.ask("POST", f"{POLL}&sid={sid}", TEXT, b"40")).status == 200


async def test_a_session_of_nobody_is_unknown(crew: Crew) -> None:
    async with two_workers(crew) as (_, sid, line, own):
        here = await line.ask("GET", f"{POLL}&sid={own[:NAME]}{'x' * 16}")
        there = await line.ask("GET", f"{POLL}&sid={sid[:NAME]}{'x' * 16}")
        nowhere = await line.ask("GET", f"{POLL}&sid={'x' * 20}")
        outside = await line.ask("GET", f"{POLL}&sid=../../../../../etc/x")
        for answer in (here, there, nowhere, outside):
            assert (answer.status, json.loads(answer.body)["message"]) == (400, "Session ID unknown")
            assert comparable(answer) == comparable(here)


def comparable(answer: Answer) -> dict[str, str]:
    """The headers but for the time."""
    return {name: value for name, value in answer.headers.items() if name != "date"}


async def test_who_sends_more_requests_before_an_answer_is_refused(crew: Crew) -> None:
    async with two_workers(crew) as (_, sid, line, _own):
        head = f"GET {POLL}&sid={sid} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        line.writer.write(head + head)
        assert (await line.answer()).status == 400


async def test_requests_wait_for_a_worker_that_is_busy_but_not_for_ever(crew: Crew) -> None:
    most_waiting = int(Path("/proc/sys/net/unix/max_dgram_qlen").read_text()) + 1
    async with two_workers(crew) as (_, sid, line, _own), AsyncExitStack() as stack:
        assert (await line.ask("POST", f"{POLL}&sid={sid}", TEXT, b"40")).status == 200
        pid = owner_of(crew, sid)
        os.kill(pid, signal.SIGSTOP)
        try:
            lines = [await HttpConnection.open(crew.port) for _ in range(most_waiting + 1)]
            for one in lines:
                stack.callback(one.writer.close)
            ask = partial(
                HttpConnection.ask, method="POST", path=f"{POLL}&sid={sid}", headers=TEXT, body=b'42["join","me"]'
            )
            asked = [asyncio.create_task(ask(one)) for one in lines]
            done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
            assert {task.result().status for task in done} == {400}
        finally:
            os.kill(pid, signal.SIGCONT)
        assert {(await task).status for task in waiting} == {200}


async def test_polling_clients_go_through_a_rolling_restart(crew: Crew) -> None:
    done = crew.count("rolling restart done")
    async with javascript_client(crew.url, "polling") as client:
        await client.ask("join", "me")
        crew.process.send_signal(signal.SIGHUP)
        await client.event("bye")
        await client.sign("disconnected")
        await client.sign("connected")
        assert "initialState" in (await client.ask("join", "me"))[0]
    wait_until(lambda: crew.count("rolling restart done") > done)


async def test_the_polling_clients_of_a_killed_worker_come_back(crew: Crew) -> None:
    started = crew.count("] listening")
    async with javascript_client(crew.url, "polling") as client:
        await client.ask("join", "me")
        client.do(session=None)
        sid = await client.sign("session")
        os.kill(owner_of(crew, sid), signal.SIGKILL)
        await client.sign("disconnected")
        await client.sign("connected")
        assert "initialState" in (await client.ask("join", "me"))[0]
    status, body, _ = await get(crew.url, f"{POLL}&sid={sid}")
    assert (status, json.loads(body)["message"]) == (400, "Session ID unknown")
    wait_until(lambda: crew.count("] listening") > started)
    assert len(crew.workers()) == WORKERS

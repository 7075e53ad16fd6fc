"""Whatever request a client makes up has one answer, and leaves at most one line in the log (`odd_requests.py`)."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.catalogue.odd_requests import KINDS
from tests.catalogue.undisturbed import undisturbed
from tests.clients.raw_http import exchanged
from tests.servers import ServerProcess

AT_ONCE = 8
LINES_OF_A_KIND = 3  # of what may be said once a minute: more than one kind may be among them


@pytest.fixture(scope="module", params=["", "127.0.0.0/8"], ids=["alone", "behind a proxy"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One for all of them."""
    folder = tmp_path_factory.mktemp("server")
    running = ServerProcess(
        folder, BOARD_REFRESH_RATE=20, HANDSHAKES_PER_SECOND=1_000_000, TRUSTED_PROXIES=request.param
    )
    yield running
    if running.process.poll() is None:
        running.kill()


async def answered(server: ServerProcess, data: bytes) -> None:
    """Sends one, and checks its answer."""
    try:
        answer = await exchanged(server.port, data)
    except (TimeoutError, OSError, EOFError) as error:
        raise AssertionError(f"no answer to {data[:200]!r}") from error
    assert 200 <= answer.status < 500, data[:200]
    assert answer.headers["server"] == "BeePlace", data[:200]
    if answer.status >= 400 and not data.startswith(b"HEAD"):
        said = json.loads(answer.body)
        assert said["message"], data[:200]
        assert said.get("statusCode", answer.status) == answer.status, data[:200]


def logged(server: ServerProcess, since: int) -> bytes:
    """What the log has got since then, which has no trace and few lines."""
    text = server.log.read_bytes()[since:]
    assert b"Traceback" not in text, text[-4000:].decode(errors="replace")
    assert text.count(b"\n") <= LINES_OF_A_KIND, text.decode(errors="replace")
    return text


@pytest.mark.parametrize("kind", list(KINDS))
async def test_every_request_has_one_answer_and_leaves_no_trace(server: ServerProcess, kind: str) -> None:
    since, turn = server.log.stat().st_size, asyncio.Semaphore(AT_ONCE)

    async def one(data: bytes) -> None:
        async with turn:
            await answered(server, data)

    may_change = "bodies" in kind or "organisers" in kind
    async with undisturbed(server, board_may_change=may_change), asyncio.TaskGroup() as group:
        for data in KINDS[kind]:
            group.create_task(one(data))
    logged(server, since)


@pytest.mark.parametrize("kind", list(KINDS))
async def test_a_request_that_breaks_off_leaves_no_trace(server: ServerProcess, kind: str) -> None:
    since, draw = server.log.stat().st_size, random.Random(kind)
    async with undisturbed(server, board_may_change="bodies" in kind or "organisers" in kind):
        for data in KINDS[kind]:
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(data[: draw.randrange(1, len(data) + 1)])
            with suppress(ConnectionError):
                await writer.drain()
            if draw.random() < 0.5:
                writer.transport.abort()
            else:
                writer.close()
    logged(server, since)


async def test_what_is_repeated_a_thousand_times_is_at_most_a_line(server: ServerProcess) -> None:
    since = server.log.stat().st_size
    async with undisturbed(server):
        for _ in range(500):
            await answered(server, KINDS["queries"][3])
            await answered(server, b"GET /health HTTP/1.1\r\nHost: a\r\nExpect: \xff\r\nConnection: close\r\n\r\n")
    lines = logged(server, since).splitlines()
    kinds = {line.split(b"]", 1)[-1].split(b"(")[0].strip() for line in lines}
    assert len(kinds) == len(lines), lines

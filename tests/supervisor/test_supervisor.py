"""`beeplace serve --workers N`: gateways on one port, kept running by a parent. PostgreSQL and Redis are real."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from tests import postgres, redis
from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.e2e.process import run_beeplace
from tests.supervisor.crew import DEADLINE_SECONDS, WORKERS, Crew, Keyless, Pair, folders, gone, one_on_each
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def shared_settings() -> dict[str, object]:
    """A database and a Redis of this module's own."""
    return {"DATABASE_URL": postgres.shared().url(), "REDIS_URL": redis.shared_url(), "COOLDOWN": 0}


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory, shared_settings: dict[str, object]) -> Iterator[Crew]:
    """Three workers that the tests leave running."""
    server = Crew(tmp_path_factory.mktemp("crew"), **shared_settings)
    yield server
    if server.process.poll() is None:
        assert server.stop() == 0


@pytest.fixture(scope="module")
def lasting_pair(tmp_path_factory: pytest.TempPathFactory, shared_settings: dict[str, object]) -> Iterator[Keyless]:
    """Two workers, ended and started again by the tests."""
    server = Keyless(tmp_path_factory.mktemp("pair"), **shared_settings)
    yield server
    if server.process.poll() is None:
        server.kill()


@pytest.fixture
def pair(lasting_pair: Keyless) -> Keyless:
    """Two workers for a test that ends them."""
    if lasting_pair.process.poll() is not None:
        lasting_pair.start()
    return lasting_pair


@pytest.fixture(scope="module")
def dying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """A parent whose workers are killed in the middle of the first migration, which is never done."""
    settings = {"DATABASE_URL": postgres.shared().url(), "CRASH_AT": "migrating:1", "HOST": "127.0.0.1", "PORT": "0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "beeplace", "serve", "--workers", "2"],
        cwd=tmp_path_factory.mktemp("dying"),
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


async def test_all_workers_serve_on_one_port_and_show_what_any_of_them_took(crew: Crew) -> None:
    assert len(crew.workers()) == WORKERS
    async with one_on_each(crew) as phones:
        for number, phone in enumerate(phones):
            placed = await phone.place(number, 5, 7 + number)
            assert placed["ok"], placed
            for other in phones:
                await other.reached(placed["seq"])
        for phone in phones:
            assert [phone.board[5 * 64 + x] for x in range(WORKERS)] == [7, 8, 9]


async def test_workers_without_redis_hear_of_each_other_as_well(
    tmp_path: Path, shared_settings: dict[str, object]
) -> None:
    server = Pair(tmp_path, DATABASE_URL=shared_settings["DATABASE_URL"], COOLDOWN=0)
    try:
        async with one_on_each(server) as (one, other):
            placed = await one.place(9, 9, 4)
            await other.reached(placed["seq"])
            assert other.board[9 * 64 + 9] == 4
    finally:
        assert server.stop() == 0


def test_only_the_parent_says_where_it_listens(crew: Crew) -> None:
    assert crew.count("listens on") == 0
    for worker in range(1, WORKERS + 1):
        assert f"worker={worker}" in crew.log.read_text()


async def test_a_killed_worker_is_replaced_while_the_others_serve(crew: Crew) -> None:
    before, started = crew.workers(), crew.count("] listening")
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: killed not in crew.workers())
    deadline = time.monotonic() + DEADLINE_SECONDS
    while crew.count("] listening") == started:
        assert (await get(crew.url, "/ready"))[0] == 200
        assert time.monotonic() < deadline
    assert len(crew.workers()) == WORKERS
    assert before - crew.workers() == {killed}


def test_a_parent_that_cannot_start_another_worker_tries_again(crew: Crew) -> None:
    limits = resource.prlimit(crew.process.pid, resource.RLIMIT_NOFILE)
    killed, lacking, started = min(crew.workers()), crew.count("no new worker"), crew.count("] listening")
    resource.prlimit(crew.process.pid, resource.RLIMIT_NOFILE, (4, limits[1]))
    try:
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: crew.count("no new worker") > lacking)
        assert len(crew.workers()) == WORKERS - 1
    finally:
        resource.prlimit(crew.process.pid, resource.RLIMIT_NOFILE, limits)
    wait_until(lambda: crew.count("] listening") > started)
    assert len(crew.workers()) == WORKERS


async def test_a_rolling_restart_renews_all_and_keeps_answering(crew: Crew) -> None:
    before, done = crew.workers(), crew.count("rolling restart done")
    crew.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + DEADLINE_SECONDS
    answered = broken = 0
    while crew.count("rolling restart done") == done:
        try:
            status = (await get(crew.url, "/ready"))[0]
        except aiohttp.ClientConnectionError:
            status = 0
        answered, broken = answered + (status == 200), broken + (status != 200)
        assert time.monotonic() < deadline
    assert answered > 10
    assert broken <= WORKERS, "at most the one that was under way when a worker began to leave"
    assert len(crew.workers()) == WORKERS
    assert not before & crew.workers()
    assert all(map(gone, before))


async def test_who_is_on_a_worker_that_leaves_is_told_to_come_back_soon(crew: Crew) -> None:
    async with dial(crew.url) as phone:
        await phone.join({"fingerprint": "stays"})
        crew.process.send_signal(signal.SIGHUP)
        (bye,) = await phone.event("bye")
        assert 100 <= bye["reconnectIn"] <= 1_000
        async with dial(crew.url) as again:
            await again.join({"fingerprint": "stays"})
    wait_until(lambda: crew.count("rolling restart") % 2 == 0)  # begun and done each time


async def test_the_random_key_is_the_same_for_all_and_no_argument(pair: Keyless) -> None:
    for _ in range(20):
        assert (await post(pair.url, "/board/read-only", {"readOnly": False}, key=pair.key))[0] == 200
    for pid in {*pair.workers(), pair.process.pid}:
        for file in ("cmdline", "environ"):
            assert pair.key.encode() not in Path(f"/proc/{pid}/{file}").read_bytes()


async def test_the_end_of_all_is_clean_and_the_next_start_has_the_board(pair: Pair) -> None:
    pids = pair.workers()
    (folder,) = folders(pids)
    async with dial(pair.url) as phone:
        await phone.join({"fingerprint": "me"})
        assert (await phone.place(20, 21, 6))["ok"]
        pair.process.send_signal(signal.SIGTERM)
        await phone.event("bye")
    assert await asyncio.to_thread(pair.stop) == 0
    assert all(map(gone, pids))
    assert not folder.exists()
    with pytest.raises(aiohttp.ClientConnectionError):
        await get(pair.url, "/ready")
    assert "Traceback" not in pair.log.read_text()
    pair.start()
    _, board, _ = await get(pair.url, "/api/board")
    assert board[21 * 64 + 20] == 6


async def test_who_is_sent_away_by_all_is_given_time(pair: Pair) -> None:
    async with AsyncExitStack() as stack:
        phones = [await stack.enter_async_context(dial(pair.url)) for _ in range(20)]
        pair.process.send_signal(signal.SIGTERM)
        byes = [(await phone.event("bye"))[0]["reconnectIn"] for phone in phones]
    assert await asyncio.to_thread(pair.stop) == 0
    assert min(byes) >= 500
    assert max(byes) > 1_000, "twenty at random between 500 and 5,000"


def test_workers_end_in_good_order_when_their_parent_is_killed(pair: Pair) -> None:
    pids, stopped = pair.workers(), pair.count("] stopping ")
    (folder,) = folders(pids)
    pair.kill()
    wait_until(lambda: all(map(gone, pids)))
    assert not folder.exists()
    assert pair.count("] stopping ") == stopped + len(pids)


@pytest.mark.usefixtures("dying")  # meanwhile
def test_a_worker_that_hangs_is_killed_in_the_end(pair: Pair) -> None:
    hangs = max(pair.workers())
    os.kill(hangs, signal.SIGSTOP)
    try:
        assert pair.stop() == 70
        assert gone(hangs)
    finally:
        if not gone(hangs):
            os.kill(hangs, signal.SIGKILL)


def test_a_database_that_cannot_be_shared_has_one_gateway(tmp_path: Path) -> None:
    ended = run_beeplace(tmp_path, "serve", "--workers", "2", PORT=0, HOST="127.0.0.1")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (78, "", 1)
    assert "PostgreSQL" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_with_the_settings_ends_all_and_is_said_once(
    crew: Crew, tmp_path: Path, shared_settings: dict[str, object]
) -> None:
    ended = run_beeplace(
        tmp_path, "serve", "--workers", "3", **{**shared_settings, "HOST": "127.0.0.1", "PORT": 0, "BOARD_SIZE": 32}
    )
    assert (ended.returncode, ended.stdout) == (78, "")
    assert ended.stderr.count("beeplace: BOARD_SIZE: the stored board is 64 x 64") == 1


def test_a_port_that_is_used_ends_all(crew: Crew, tmp_path: Path, shared_settings: dict[str, object]) -> None:
    ended = run_beeplace(tmp_path, "serve", "--workers", "3", **{**shared_settings, "PORT": crew.port})
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (75, "", 1)


def test_workers_that_only_die_end_all(dying: subprocess.Popen[str]) -> None:
    told, errors = dying.communicate(timeout=2 * DEADLINE_SECONDS)
    assert dying.returncode == 128 + signal.SIGKILL
    assert errors.count("a worker ended") == 5
    assert "listens" not in told

"""A start whose PostgreSQL or Redis cannot be reached says so at once and again, with host and port."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests import postgres
from tests.conftest import StartServer
from tests.e2e.process import run_beeplace
from tests.ports import free_port
from tests.redis import RedisServer
from tests.waiting import until


def outages(text: str) -> list[dict[str, Any]]:
    rows = (json.loads(line) for line in text.splitlines() if line.startswith("{"))
    return [row for row in rows if "server" in row and "reached" in row["event"]]


def test_a_start_without_its_database_says_where_it_looks_until_it_gives_up(tmp_path: Path) -> None:
    port = free_port()
    ended = run_beeplace(
        tmp_path, DATABASE_URL=f"postgresql://ann:horse@127.0.0.1:{port}/board", PORT=0, LOG_FORMAT="json"
    )
    assert ended.returncode == 69
    rows = outages(ended.stderr)
    assert len(rows) >= 2
    assert {(row["server"], row["at"]) for row in rows} == {("PostgreSQL", f"127.0.0.1:{port}")}
    assert rows[0]["seconds"] == 0
    assert "horse" not in ended.stderr


async def test_redis_is_missed_at_the_start_and_welcomed(start_server: StartServer) -> None:
    with RedisServer() as redis:
        redis.stop()
        server = start_server(DATABASE_URL=postgres.shared().url(), REDIS_URL=redis.url(), LOG_FORMAT="json")

        def read() -> list[dict[str, Any]]:
            return outages(server.log.read_text())

        assert read(), "listens, and has not said that Redis is away"
        await until(lambda: len(read()) >= 2)
        assert {row["event"] for row in read()} == {"a server cannot be reached"}
        assert read()[0]["at"] == redis.url().partition("://")[2].rpartition("@")[2].partition("/")[0]
        redis.start()
        await until(lambda: read()[-1]["event"] == "a server is reached again")
        redis.stop()
        await until(lambda: read()[-1]["event"] == "a server cannot be reached")
        redis.start()
        await until(lambda: read()[-1]["event"] == "a server is reached again")


async def test_a_database_that_goes_and_comes_back_while_a_gateway_runs_is_said(start_server: StartServer) -> None:
    with postgres.PostgresServer() as database:
        server = start_server(DATABASE_URL=database.url(), LOG_FORMAT="json")

        def read() -> list[dict[str, Any]]:
            return outages(server.log.read_text())

        assert read() == []
        database.stop()
        await until(lambda: bool(read()))
        assert read()[0]["event"] == "a server cannot be reached"
        assert (read()[0]["server"], read()[0]["at"]) == ("PostgreSQL", f"127.0.0.1:{database.port}")
        assert read()[0]["why"]
        database.start()
        await until(lambda: read()[-1]["event"] == "a server is reached again")
        beginnings = [row for row in read() if row.get("seconds") == 0 and "why" in row]
        assert len(beginnings) < 3, "a line for each of its connections"

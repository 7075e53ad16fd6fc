"""What the public is told of a database or a Redis that fails: our words and no host; the log has theirs."""

from __future__ import annotations

import json
from collections.abc import Callable

import apsw
import pytest

from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.ports import free_port
from tests.postgres import USER, PostgresServer, memory, schema, shared
from tests.servers import API_KEY, ServerProcess
from tests.waiting import until

SECRET = "permission denied for the vault on db-7.internal"
MAY_NOT = "saving is paused: the database's user may not do this any more"
AREA = {"x1": 0, "y1": 0, "x2": 1, "y2": 1}


async def ready_says(server: ServerProcess, is_so: Callable[[int, dict[str, str]], bool]) -> str:
    """All that `/ready` says, once it is so."""
    said = ""
    async with dial(server.url):
        while True:
            status, body, _ = await get(server.url, "/ready")
            said = body.decode()
            if is_so(status, json.loads(said)):
                return said


def denied() -> int:
    """How often the database has refused a row of the log."""
    return shared().log.read_text().count("permission denied for table log")


@pytest.mark.parametrize("code", ["P0001", "XX000", "23514"])
async def test_a_database_that_refuses_is_not_quoted(start_server: StartServer, code: str) -> None:
    name = schema(f"public reasons {code}")
    server = start_server(DATABASE_URL=shared().inside(name))
    says = f"RAISE EXCEPTION '{SECRET}' USING ERRCODE = '{code}'"
    shared().sql(f"CREATE FUNCTION {name}.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {says}; END $$")
    shared().sql(f"CREATE TRIGGER no BEFORE INSERT ON {name}.log FOR EACH ROW EXECUTE FUNCTION {name}.no()")
    status, told = await post(server.url, "/board/area", AREA, API_KEY)
    ready = await ready_says(server, lambda status, _: status == 503)
    assert (status, told["message"]) == (503, "The log cannot be written now.")
    assert json.loads(ready)["message"] == "saving is paused: the database refused"
    await until(lambda: SECRET in server.log.read_text())


async def test_a_database_that_takes_no_rows_is_said_until_it_does(start_server: StartServer) -> None:
    """The role may read and lock, and no more insert: what else could be stored changes nothing of that."""
    name = schema("public reasons of a role")
    role = f"role_{name}"
    shared().sql(f"CREATE ROLE {role} LOGIN")
    shared().sql(f"GRANT ALL ON SCHEMA {name} TO {role}")
    server = start_server(DATABASE_URL=shared().inside(name).replace(USER, role, 1), COOLDOWN=0)
    async with dial(server.url) as phone:
        await phone.join()
        assert (await phone.place(1, 1, 1))["ok"]
        shared().sql(f"REVOKE INSERT ON {name}.log FROM {role}")
        assert (await phone.place(2, 2, 2))["code"] == "store_unavailable"
        tried = denied()
        while denied() < tried + 3:  # the server looks whether it is over
            status, body, _ = await get(server.url, "/ready")
            assert (status, json.loads(body)["message"]) == (503, MAY_NOT)
        shared().sql(f"GRANT INSERT ON {name}.log TO {role}")
        await ready_says(server, lambda status, _: status == 200)
        assert (await phone.place(2, 2, 2))["ok"]


async def test_a_database_that_is_away_is_not_named(start_server: StartServer) -> None:
    with PostgresServer(memory()) as database:
        server = start_server(DATABASE_URL=database.url("vault"))
        database.stop("immediate")
        status, told = await post(server.url, "/board/area", AREA, API_KEY)
        assert (status, told["message"]) == (503, "The log cannot be written now.")
        said = await ready_says(server, lambda status, _: status == 503)
        for word in ("127.0.0.1", "localhost", str(database.port), "vault", USER, "Errno", "Connect"):
            assert word not in said
        await until(lambda: str(database.port) in server.log.read_text())


async def test_a_file_that_is_held_is_said_in_our_words(start_server: StartServer) -> None:
    server = start_server()
    db = apsw.Connection(str(server.folder / "data" / "beeplace.db"))
    db.execute("BEGIN IMMEDIATE")
    status, told = await post(server.url, "/board/area", AREA, API_KEY)
    assert (status, told["message"]) == (503, "The log cannot be written now.")
    ready = await ready_says(server, lambda status, _: status == 503)
    assert json.loads(ready)["message"] == "saving is paused: another program holds the database file"
    db.close()
    await until(lambda: "database is locked" in server.log.read_text())


async def test_a_redis_that_is_away_is_not_named(start_server: StartServer) -> None:
    port = free_port()
    url = shared().inside(schema("public reasons of Redis"))
    server = start_server(DATABASE_URL=url, REDIS_URL=f"redis://localhost:{port}/0")
    said = await ready_says(server, lambda _, told: "degraded" in told)
    for word in ("localhost", "127.0.0.1", str(port), "Connect", "Redis"):
        assert word not in said
    await until(lambda: "beeplace.bus" in server.log.read_text() or str(port) in server.log.read_text())

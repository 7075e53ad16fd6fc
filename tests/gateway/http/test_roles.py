"""Every route has its role: nobody gets further than the table says, with any key or none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from aiohttp import web

from beeplace.gateway.http.access.roles import ACCESS, ROLES, AccessRules, check_table
from beeplace.people.roles import Role
from tests.clients.raw_http import request
from tests.keys import add_key
from tests.servers import API_KEY, ServerProcess

FILLED = {"x": "1", "y": "1", "code": "1x1", "seq": "1"}
ROUTES = [name for name in ROLES if not name.startswith("*")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One for all of them."""
    running = ServerProcess(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def keys(server: ServerProcess) -> dict[Role, str]:
    """A key of each role."""
    return {role: add_key(server, role.word, role.word) for role in Role if role is not Role.EVERYONE}


async def answered(server: ServerProcess, route: str, key: str | None, sender: str = "127.0.0.1") -> int:
    """The status of a request without a body."""
    method, path = route.split(" ")
    path = re.sub(r"{(\w+)}", lambda found: FILLED.get(found[1], "1"), path)
    headers = [] if key is None else [f"apiKey: {key}"]
    return (await request(server.port, method, path, headers, sender=sender)).status


# Routes for everyone that refuse for a reason of their own: no participant's token, no such way to come in.
REFUSALS = {"GET /api/me": 401, "POST /api/entry/work": 403}


@pytest.mark.parametrize("route", ROUTES)
async def test_a_route_opens_for_its_role_and_no_lower_one(
    server: ServerProcess, keys: dict[Role, str], route: str
) -> None:
    needed = ROLES[route]
    if needed is Role.EVERYONE:
        assert await answered(server, route, None) not in {401, 403} - {REFUSALS.get(route)}
        return
    assert await answered(server, route, None) == 401
    assert await answered(server, route, "") == 401
    for role, key in keys.items():
        status = await answered(server, route, key)
        assert (status == 403) is (role < needed), (role, status)
        assert status != 401
    assert await answered(server, route, API_KEY) not in (401, 403)


async def test_a_wrong_key_opens_no_route(server: ServerProcess, keys: dict[Role, str]) -> None:
    wrong = keys[Role.OPERATOR][:-1] + ("A" if keys[Role.OPERATOR][-1] != "A" else "B")
    closed = [route for route, needed in ROLES.items() if needed is not Role.EVERYONE]
    for number, route in enumerate(closed, start=2):  # each from an address that has no wrong key to wait for
        assert await answered(server, route, wrong, f"127.0.0.{number}") == 401


async def test_who_may_not_is_told_what_it_takes(server: ServerProcess, keys: dict[Role, str]) -> None:
    answer = await request(server.port, "POST", "/board/reset", [f"apiKey: {keys[Role.VIEWER]}"])
    message = "this needs the role operator, and this key is of a viewer"
    assert (answer.status, json.loads(answer.body)) == (403, {"statusCode": 403, "message": message})


async def test_a_key_is_taken_from_either_header(server: ServerProcess, keys: dict[Role, str]) -> None:
    for header in ("apiKey: ", "APIKEY: ", "Authorization: Bearer ", "authorization: bearer "):
        answer = await request(server.port, "POST", "/board/reset", [header + keys[Role.OPERATOR]])
        assert answer.status == 200


async def test_a_key_of_the_table_is_never_taken_from_an_address(server: ServerProcess, keys: dict[Role, str]) -> None:
    key = keys[Role.OPERATOR]
    assert (await request(server.port, "POST", f"/board/reset?x={key}")).status == 401
    assert (await request(server.port, "POST", f"/board/reset?x={key}", [f"apiKey: {key}"])).status == 400
    assert key not in server.log.read_text()


def test_a_route_without_a_role_stops_the_start() -> None:
    async def forgotten(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app[ACCESS] = AccessRules(None, dict(ROLES))  # type: ignore[arg-type]  # no key is looked at
    app.router.add_post("/api/forgotten", forgotten)
    with pytest.raises(LookupError, match="POST /api/forgotten has no role"):
        check_table(app)

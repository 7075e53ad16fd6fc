"""Every error over HTTP has the thesis's form; what goes wrong inside stays inside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from beeplace.errors import BadRequest, Busy, Restarting, StoreUnavailable
from beeplace.gateway.http import errors as http_errors

Client = TestClient[web.Request, web.Application]
RAISED = {
    "bad": (BadRequest(422, "wrong"), 422, "wrong"),
    "store": (StoreUnavailable(), 503, "The log cannot be written now."),
    "database": (StoreUnavailable("no route to db.internal:5432"), 503, "The log cannot be written now."),
    "busy": (Busy(), 503, "Too many placements wait for their commit."),
    "restarting": (Restarting(), 503, "The gateway is stopping and takes no more placements."),
    "missing": (web.HTTPNotFound(), 404, "Not Found"),
    "broken": (RuntimeError("a secret"), 500, "something went wrong here"),
}


async def fail(request: web.Request) -> web.Response:
    raise RAISED[request.match_info["name"]][0]


async def hang(_: web.Request) -> web.StreamResponse:
    return await forever()


def forever() -> asyncio.Future[web.StreamResponse]:
    return asyncio.get_running_loop().create_future()


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    monkeypatch.setattr(http_errors, "REQUEST_SECONDS", 0.05)
    app = web.Application(middlewares=[http_errors.errors])
    app.router.add_get("/fail/{name}", fail)
    app.router.add_get("/hang", hang)
    async with TestClient(TestServer(app)) as found:
        yield found


@pytest.mark.parametrize("name", list(RAISED))
async def test_what_a_route_raises_becomes_an_answer(client: Client, name: str) -> None:
    _, status, message = RAISED[name]
    response = await client.get(f"/fail/{name}")
    assert (response.status, json.loads(await response.read())) == (status, {"statusCode": status, "message": message})
    assert ("Retry-After" in response.headers) == (status == 503)


async def test_a_request_that_takes_too_long_is_ended(client: Client) -> None:
    assert (await client.get("/hang")).status == 408


async def test_a_method_that_is_not_allowed_names_those_that_are(client: Client) -> None:
    response = await client.post("/hang")
    assert (response.status, response.headers["Allow"]) == (405, "GET,HEAD")
